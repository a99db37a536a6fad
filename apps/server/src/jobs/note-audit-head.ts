import type { AuditLog } from '../audit/audit-log.js';
import type { DailyWork } from './scheduled-work.js';

/**
 * Writes once a day into the log where the audit log ends. Logs are kept elsewhere, so a person who puts the database back to an
 * earlier day can be found out: `npm run audit:verify -- --head <seq>:<hash>`.
 */
export const noteAuditHead = (
  audit: Pick<AuditLog, 'head'>,
  log: { info(fields: object, message: string): void },
): DailyWork => ({
  name: 'audit head',
  hour: 1,
  async run() {
    const head = await audit.head();
    if (head === null) return 'The audit log is empty.';
    log.info({ audit_head: `${head.seq}:${head.hash}` }, 'the audit log ends here');
    return `The audit log ends at entry ${head.seq}.`;
  },
});
