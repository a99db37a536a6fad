import { AuditList, AuditQuery, AuditVerification, AuditVerifyQuery } from '../audit.js';
import { operation } from './define.js';

export const audit = {
  list: operation({
    id: 'listAudit',
    method: 'GET',
    path: '/api/audit',
    tag: 'security',
    summary: 'Audit entries, newest first',
    permission: ['audit.read'],
    query: AuditQuery,
    answers: { 200: AuditList },
    errors: ['invalid_cursor'],
  }),
  verify: operation({
    id: 'verifyAudit',
    method: 'GET',
    path: '/api/audit/verify',
    tag: 'security',
    summary: 'Checks that no audit entry was changed and none is missing',
    description:
      'Reads the whole log: up to a minute per million entries. `npm run audit:verify` does the same without the server.',
    permission: ['audit.read'],
    limit: 'costly',
    query: AuditVerifyQuery,
    answers: { 200: AuditVerification },
  }),
};
