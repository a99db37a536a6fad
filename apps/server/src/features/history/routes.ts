import { Readable } from 'node:stream';
import type { HistoryFilter } from '@outdial/postgres';
import { CSV_BEGINNING, type HistoryExportQuery, operations } from '@outdial/protocol';
import type { z } from 'zod';
import { agentFilter, heldTo } from '../../access/principal.js';
import { type Handled, handle } from '../../operations/handle.js';
import { record } from '../../operations/record.js';
import { fromWirePage, pageFields } from '../../operations/to-page.js';
import { notFound } from '../../platform/refusal.js';
import { toWireCall } from '../calls/to-wire.js';
import type { HttpPorts } from '../http-ports.js';
import { csvHeading, toCsvRow } from './to-csv.js';

type Ports = Pick<HttpPorts, 'history' | 'calls' | 'clock' | 'audit' | 'alerts'>;

/** Calls in one file, from which on an admin should look: more than a day of ten agents. */
const LARGE_EXPORT = 10_000;

export function historyHandlers(ports: Ports): readonly Handled[] {
  const { history, calls, clock } = ports;
  return [
    handle(operations.history.list, async (request) => {
      const { query } = request;
      const agentId = agentFilter(request, 'calls.any', query.agent_id);
      const page = await history.list({ ...toFilter(query), agentId }, fromWirePage(query));
      return { calls: page.rows.map(toWireCall), ...pageFields(page) };
    }),

    handle(operations.history.exportCsv, async (request, reply) => {
      const { query } = request;
      const day = clock.now().toISOString().slice(0, 10);
      const filter = toFilter(query);
      const batches = history.export(filter);
      // The first batch is read before the status goes out, so that a database that is down is an error, not half a file.
      const first = await batches.next();
      // Before the first of them leaves, whether or not the reader stays for the last.
      const rows = await history.count(filter);
      await record(ports, request, {
        action: 'exported',
        target: { kind: 'history', id: 'export.csv' },
        details: { rows, filter: query },
      });
      if (rows >= LARGE_EXPORT) {
        ports.alerts.raise({
          kind: 'large_export',
          message: `A user exports ${rows} calls with names and numbers. The audit log says who, and from where.`,
        });
      }
      async function* lines() {
        yield CSV_BEGINNING + csvHeading();
        for (let batch = first; !batch.done; batch = await batches.next()) {
          yield batch.value.map(toCsvRow).join('');
        }
      }
      reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="outdial-history-${day}.csv"`);
      return Readable.from(lines());
    }),

    handle(operations.history.get, async (request) => {
      const held = heldTo(request, 'calls.any');
      const call = await calls.get(request.params.id);
      const theirs = held === null || call?.agentId === held;
      if (call === null || call.state !== 'COMPLETED' || !theirs) throw notFound('completed call');
      return toWireCall(call);
    }),
  ];
}

const toFilter = (query: z.infer<typeof HistoryExportQuery>): HistoryFilter => ({
  agentId: query.agent_id,
  leadId: query.lead_id,
  queueId: query.queue_id,
  sessionId: query.session_id,
  outcomes: query.outcome,
  disposition: query.disposition,
  dispositionCode: query.disposition_code,
  crmState: query.crm_state,
  from: query.from === undefined ? undefined : new Date(query.from),
  to: query.to === undefined ? undefined : new Date(query.to),
  q: query.q,
});
