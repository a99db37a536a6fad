import { parseArgs } from 'node:util';
import {
  createAuditLogStore,
  createSecretStore,
  DataDirInUse,
  openDatabase,
  readMigrationState,
} from '@outdial/postgres';
import type { AuditVerification } from '@outdial/protocol';
import { type NotedHead, parseNotedHead, verifyAudit } from '../audit/verify.js';
import { environment } from '../config/environment.js';
import { type Config, readConfig } from '../config/read-config.js';
import { readInternalKey } from '../secrets/internal-keys.js';
import { CannotOpen } from '../secrets/keyring.js';
import { keyringOf, NoSecretKey, readSecretKeys } from '../secrets/secret-keys.js';

// npm run audit:verify [-- --head <seq>:<hash>] [-- --json]. Changes nothing. Exit code 0: every entry is as it was written;
// 1: it is not; 2: it could not be looked at.
const USAGE = 'npm run audit:verify [-- --head <seq>:<hash>] [-- --json]';

/** Why it cannot be looked at, in words. */
class CannotVerify extends Error {
  override readonly name = 'CannotVerify';
}

try {
  const { noted, forPrograms } = readArguments();
  const read = readConfig(environment());
  if (!read.ok)
    throw new CannotVerify(`The configuration is not right: ${read.problems.join(' ')}`);
  const verified = await verifyStored(read.config, noted);
  write(forPrograms ? JSON.stringify(verified, null, 2) : reportOf(verified, noted));
  process.exitCode = verified.ok ? 0 : 1;
} catch (error) {
  process.stderr.write(`The audit log could not be verified.\n  ${sentenceOf(error)}\n`);
  process.exitCode = 2;
}

function readArguments(): { readonly noted: NotedHead | null; readonly forPrograms: boolean } {
  let values: { head?: string | undefined; json?: boolean | undefined };
  try {
    ({ values } = parseArgs({ options: { head: { type: 'string' }, json: { type: 'boolean' } } }));
  } catch (error) {
    throw new CannotVerify(`${(error as Error).message} Use it so: ${USAGE}`, { cause: error });
  }
  const noted = values.head === undefined ? null : parseNotedHead(values.head);
  if (values.head !== undefined && noted === null) {
    throw new CannotVerify(
      `--head is not <seq>:<hash> with 64 hexadecimal digits, as the server writes it into its log once a day. Use it so: ${USAGE}`,
    );
  }
  return { noted, forPrograms: values.json === true };
}

async function verifyStored(config: Config, noted: NotedHead | null): Promise<AuditVerification> {
  // Before the database, which an embedded one would otherwise be made for.
  const keyring = keyringOf(await readSecretKeys(config, { make: false }));
  const database = await openDatabase(
    config.database.kind === 'server'
      ? { url: config.database.url, poolSize: 1 }
      : { dataDir: config.database.dataDir },
  );
  try {
    const { missing } = await readMigrationState(database.db);
    if (missing.length > 0) {
      throw new CannotVerify(
        'The database is of an older release. Start the server once, then try again.',
      );
    }
    const key = await readInternalKey(createSecretStore(database.db), keyring, 'audit');
    if (key === null) {
      throw new CannotVerify(
        'There is no key of the audit log. Where a server has run before, it was removed from the table secrets: put it back from a backup.',
      );
    }
    return await verifyAudit({ store: createAuditLogStore(database.db), key }, noted);
  } finally {
    await database.close();
  }
}

function reportOf(verified: AuditVerification, noted: NotedHead | null): string {
  const { entries, head, findings, findings_total: total } = verified;
  const lines = findings.map(({ message }) => `  - ${message}`);
  if (total > findings.length) lines.push(`  … and ${total - findings.length} more.`);
  const counted = `${entries} ${entries === 1 ? 'entry' : 'entries'}`;
  return [
    verified.ok
      ? `The audit log is as it was written: ${counted}, none changed, moved, added or missing.`
      : `The audit log is NOT as it was written (${counted} looked at):`,
    ...lines,
    ...(head === null ? [] : [`It ends at ${head.seq}:${head.hash}`]),
    noted === null && verified.ok
      ? 'That it was not put back to an earlier day as a whole, only an end that was noted elsewhere can show: --head <seq>:<hash>.'
      : '',
  ]
    .filter((line) => line !== '')
    .join('\n');
}

function sentenceOf(error: unknown): string {
  if (error instanceof CannotVerify || error instanceof CannotOpen) return error.message;
  if (error instanceof DataDirInUse) {
    return `${error.message} Stop the server first, or ask it: GET /api/audit/verify.`;
  }
  if (error instanceof NoSecretKey) {
    return `${error.message} Set SECRET_KEY to the server's, or DATA_DIR to where its data is.`;
  }
  return error instanceof Error ? error.message : String(error);
}

function write(text: string): void {
  process.stdout.write(`${text}\n`);
}
