import { type AuditLogStore, type ChainedEntry, NO_HASH } from '@outdial/postgres';
import type { AuditFinding, AuditVerification } from '@outdial/protocol';
import { createChain } from './chain.js';

export interface VerifyPorts {
  readonly store: Pick<AuditLogStore, 'after' | 'end'>;
  /** `InternalKeys.audit`. */
  readonly key: Uint8Array;
  /** Lets others have their turn between two batches. */
  readonly breathe?: () => Promise<void>;
}

/** An end that was noted elsewhere, such as in the log of the server: `<seq>:<hash in hexadecimal>`. */
export interface NotedHead {
  readonly seq: number;
  readonly hash: string;
}

/** Two megabytes with usual entries; a million take some 500 of them. */
const BATCH = 2_000;
/** More tell nothing new. */
const FINDINGS_TOLD = 100;

/**
 * Walks the whole log from its first entry to its last. Finds every entry that was changed in any column, moved, inserted or
 * removed, by its number, and entries cut off the end. Holds no transaction; what is appended meanwhile is looked at too.
 *
 * What it cannot find by itself: the log and its head put back together to how they were at an earlier time, by a person who
 * kept a copy. That is what `noted` is for. And a person who has SECRET_KEY beside the database can make a log that fits.
 */
export async function verifyAudit(
  { store, key, breathe = async () => undefined }: VerifyPorts,
  noted: NotedHead | null = null,
): Promise<AuditVerification> {
  const chain = createChain(key);
  const findings: AuditFinding[] = [];
  let found = 0;
  const tell = (finding: AuditFinding): void => {
    found += 1;
    if (findings.length < FINDINGS_TOLD) findings.push(finding);
  };

  let seq = 0;
  let hash = NO_HASH;
  let rows = 0;
  let notedHash: string | null = null;
  function look(entry: ChainedEntry): void {
    rows += 1;
    if (entry.seq !== seq + 1) tell(missing(seq + 1, entry.seq - 1));
    else if (!equal(entry.prevHash, hash)) {
      tell({
        seq: entry.seq,
        problem: 'does_not_follow',
        message: `Entry ${entry.seq} does not follow the one before it: one of the two was put in the other's place, or written anew.`,
      });
    }
    const { prevHash, hash: stored, ...fields } = entry;
    if (!equal(chain.hash(fields, prevHash), stored)) {
      tell({
        seq: entry.seq,
        problem: 'altered',
        message: `Entry ${entry.seq} is not as it was written: it was changed, moved, or never written by this program.`,
      });
    }
    if (entry.action === 'audit_head_lost') {
      tell({
        seq: entry.seq,
        problem: 'end_was_lost',
        message: `Before entry ${entry.seq} the log did not end as its head said: entries before it may have been cut off or added. Its details tell what was found.`,
      });
    }
    // At the first start it is entry 1 and says so; any other was made for a log whose key had been removed.
    if (entry.action === 'audit_begun' && !isFirstStart(entry)) {
      tell({
        seq: entry.seq,
        problem: 'end_was_lost',
        message: `Entry ${entry.seq} begins the log anew, as its key was missing: what was in it before is gone or cannot be verified.`,
      });
    }
    if (entry.seq === noted?.seq) notedHash = hex(stored);
    seq = entry.seq;
    hash = stored;
  }

  for (;;) {
    for (;;) {
      const batch = await store.after(seq, BATCH);
      for (const entry of batch) look(entry);
      if (batch.length < BATCH) break;
      await breathe();
    }
    const { head, lastSeq } = await store.end();
    // Appended since the last batch.
    if (lastSeq > seq) continue;
    if (head === null) {
      tell({
        seq: null,
        problem: 'head_missing',
        message: 'The head of the log, which says where it ends, was removed.',
      });
    } else if (!equal(chain.seal(head), head.seal)) {
      tell({
        seq: head.seq,
        problem: 'head_altered',
        message:
          head.seq === 0
            ? 'The head of the log, which says where it ends, was put back to the beginning: the log was emptied.'
            : 'The head of the log, which says where it ends, was changed.',
      });
    } else if (head.seq > seq) {
      tell(missing(seq + 1, head.seq));
    } else if (head.seq < seq) {
      tell({
        seq: head.seq + 1,
        problem: 'beyond_head',
        message: `The log should end at entry ${head.seq}, and goes on to ${seq}: entries were added past this program, or an older head was put back.`,
      });
    } else if (!equal(head.hash, hash)) {
      tell({
        seq,
        problem: 'altered',
        message: `Entry ${seq}, the last one, is not the one that the head of the log names.`,
      });
    }
    break;
  }
  if (noted !== null && notedHash !== noted.hash.toLowerCase()) {
    tell({
      seq: noted.seq,
      problem: 'not_as_noted',
      message:
        notedHash === null
          ? `Entry ${noted.seq}, whose hash was noted, is not there.`
          : `Entry ${noted.seq} has another hash than was noted.`,
    });
  }
  return {
    ok: found === 0,
    entries: rows,
    head: rows === 0 ? null : { seq, hash: hex(hash) },
    findings,
    findings_total: found,
  };
}

/** `12:0f3c…`; null: it is none. */
export function parseNotedHead(text: string): NotedHead | null {
  const match = /^(\d{1,15}):([0-9a-f]{64})$/i.exec(text.trim());
  return match ? { seq: Number(match[1]), hash: String(match[2]) } : null;
}

const isFirstStart = ({ seq, details }: ChainedEntry): boolean =>
  seq === 1 && (JSON.parse(details) as { because?: unknown }).because === 'first start';

const missing = (from: number, to: number): AuditFinding => ({
  seq: from,
  problem: 'missing',
  message: to > from ? `Entries ${from} to ${to} are missing.` : `Entry ${from} is missing.`,
});

const equal = (one: Uint8Array, other: Uint8Array): boolean => Buffer.compare(one, other) === 0;
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
