import { AUDIT_ACTIONS, type AuditAction } from '@outdial/protocol';

/** What each entry of the audit log says happened; the protocol brings the English words with the code. */
export const AUDIT_ACTION_WORDS: Record<AuditAction, string> = AUDIT_ACTIONS;
