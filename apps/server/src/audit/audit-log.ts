import { type AuditLogStore, createAuditLogStore, type OpenDatabase } from '@outdial/postgres';
import type { AuditVerification } from '@outdial/protocol';
import { createChain } from './chain.js';
import { parseNotedHead, verifyAudit } from './verify.js';

/** The audit log as people look at it. */
export interface AuditLog extends Pick<AuditLogStore, 'list'> {
  /** `noted`: an end that was noted elsewhere, `<seq>:<hash>`. One walk at a time: who asks meanwhile waits for the next. */
  verify(noted?: string): Promise<AuditVerification>;
  /** Where it ends now, for noting it elsewhere; null: it is empty. */
  head(): Promise<{ readonly seq: number; readonly hash: string } | null>;
  /** Whether the last entry is the one that the sealed head names. False: entries were cut off or added; `verify` says which. */
  endsAsSealed(): Promise<boolean>;
}

export function createAuditLog(db: OpenDatabase['db'], key: Uint8Array): AuditLog {
  const store = createAuditLogStore(db);
  const chain = createChain(key);
  const breathe = () => new Promise<void>((resolve) => setImmediate(resolve));
  let walk: Promise<unknown> = Promise.resolve();
  return {
    list: store.list,
    verify(noted) {
      const mine = walk
        .catch(() => undefined)
        .then(() =>
          verifyAudit({ store, key, breathe }, noted === undefined ? null : parseNotedHead(noted)),
        );
      walk = mine;
      return mine;
    },
    async endsAsSealed() {
      const { head, lastSeq } = await store.end();
      if (head === null || head.seq !== lastSeq) return false;
      return Buffer.from(chain.seal({ seq: head.seq, hash: head.hash })).equals(head.seal);
    },
    async head() {
      const { head } = await store.end();
      if (head === null || head.seq === 0) return null;
      return { seq: head.seq, hash: Buffer.from(head.hash).toString('hex') };
    },
  };
}
