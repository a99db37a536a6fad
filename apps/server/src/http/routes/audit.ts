import { AuditList, AuditQuery, AuditVerification, AuditVerifyQuery } from '@outdial/protocol';
import type { HttpPorts } from '../http-ports.js';
import { type App, operation } from '../operation.js';
import { toWireAuditEntry } from '../translate/audit.js';
import { fromWirePage, pageFields } from '../translate/page.js';

export function auditRoutes(app: App, { auditLog }: Pick<HttpPorts, 'auditLog'>): void {
  app.get(
    '/api/audit',
    {
      schema: operation(
        {
          id: 'listAudit',
          tag: 'security',
          summary: 'What happened, by whom, the newest first',
          errors: ['invalid_cursor'],
        },
        { querystring: AuditQuery, response: { 200: AuditList } },
      ),
    },
    async ({ query }) => {
      const { action, actor_id, target_id, from, to, q } = query;
      const page = await auditLog.list(
        {
          action,
          actorId: actor_id,
          targetId: target_id,
          from: from === undefined ? undefined : new Date(from),
          to: to === undefined ? undefined : new Date(to),
          q,
        },
        fromWirePage(query),
      );
      return { entries: page.rows.map(toWireAuditEntry), ...pageFields(page) };
    },
  );

  app.get(
    '/api/audit/verify',
    {
      schema: operation(
        {
          id: 'verifyAudit',
          tag: 'security',
          summary: 'Whether every entry is as it was written, and none is missing',
          description:
            'Walks the whole log, up to a minute for each million entries. `npm run audit:verify` does the same past the server.',
        },
        { querystring: AuditVerifyQuery, response: { 200: AuditVerification } },
      ),
    },
    ({ query }) => auditLog.verify(query.head),
  );
}
