import { operations } from '@outdial/protocol';
import { type Handled, handle } from '../../operations/handle.js';
import { fromWirePage, pageFields } from '../../operations/to-page.js';
import type { HttpPorts } from '../http-ports.js';
import { toWireAuditEntry } from './to-wire.js';

export function auditHandlers({ auditLog }: Pick<HttpPorts, 'auditLog'>): readonly Handled[] {
  return [
    handle(operations.audit.list, async ({ query }) => {
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
    }),

    handle(operations.audit.verify, ({ query }) => auditLog.verify(query.head)),
  ];
}
