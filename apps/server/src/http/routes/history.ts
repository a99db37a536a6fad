import { Readable } from 'node:stream';
import type { HistoryFilter } from '@outdial/postgres';
import { Call, HistoryExportQuery, HistoryList, HistoryQuery } from '@outdial/protocol';
import { z } from 'zod';
import { agentFilter, heldTo } from '../../access/principal.js';
import type { HttpPorts } from '../http-ports.js';
import { type App, ById, operation } from '../operation.js';
import { notFound } from '../problems.js';
import { record } from '../record.js';
import { toWireCall } from '../translate/call.js';
import { csvHeading, toCsvRow } from '../translate/history-csv.js';
import { fromWirePage, pageFields } from '../translate/page.js';

type Ports = Pick<HttpPorts, 'history' | 'calls' | 'clock' | 'audit' | 'alerts'>;

/** Calls in one file, from which on an admin should look: more than a day of ten agents. */
const LARGE_EXPORT = 10_000;

export function historyRoutes(app: App, ports: Ports): void {
  const { history, calls, clock } = ports;

  app.get(
    '/api/history',
    {
      schema: operation(
        {
          id: 'listHistory',
          tag: 'history',
          summary: 'Completed calls, the last ended first',
          errors: ['invalid_cursor'],
        },
        { querystring: HistoryQuery, response: { 200: HistoryList } },
      ),
    },
    async (request) => {
      const { query } = request;
      const agentId = agentFilter(request, 'calls.any', query.agent_id);
      const page = await history.list({ ...toFilter(query), agentId }, fromWirePage(query));
      return { calls: page.rows.map(toWireCall), ...pageFields(page) };
    },
  );

  app.get(
    '/api/history/export.csv',
    {
      schema: operation(
        {
          id: 'exportHistory',
          tag: 'history',
          summary: 'The same as a CSV file, all of it',
          description:
            'UTF-8. Text that a spreadsheet would take for a formula has an apostrophe in front.',
        },
        {
          querystring: HistoryExportQuery,
          response: {
            200: { description: 'The file.', content: { 'text/csv': { schema: z.string() } } },
          },
        },
      ),
    },
    async (request, reply) => {
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
          message: `Somebody exports ${rows} calls with names and numbers. The audit log says who, and from where.`,
        });
      }
      async function* lines() {
        yield csvHeading();
        for (let batch = first; !batch.done; batch = await batches.next()) {
          yield batch.value.map(toCsvRow).join('');
        }
      }
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', `attachment; filename="outdial-history-${day}.csv"`)
        .send(Readable.from(lines()) as never);
    },
  );

  app.get(
    '/api/history/:id',
    {
      schema: operation(
        {
          id: 'getHistoryCall',
          tag: 'history',
          summary: 'One completed call',
          errors: ['not_found'],
        },
        { params: ById, response: { 200: Call } },
      ),
    },
    async (request) => {
      const held = heldTo(request, 'calls.any');
      const call = await calls.get(request.params.id);
      const theirs = held === null || call?.agentId === held;
      if (call === null || call.state !== 'COMPLETED' || !theirs) throw notFound('completed call');
      return toWireCall(call);
    },
  );
}

const toFilter = (query: z.infer<typeof HistoryExportQuery>): HistoryFilter => ({
  agentId: query.agent_id,
  leadId: query.lead_id,
  queueId: query.queue_id,
  sessionId: query.session_id,
  outcomes: query.outcome,
  disposition: query.disposition,
  crmState: query.crm_state,
  from: query.from === undefined ? undefined : new Date(query.from),
  to: query.to === undefined ? undefined : new Date(query.to),
  q: query.q,
});
