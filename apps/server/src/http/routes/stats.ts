import { isKnownZone } from '@outdial/core';
import { ReportList, ReportQuery, Stats, StatsQuery } from '@outdial/protocol';
import { heldTo } from '../../access/principal.js';
import { doesNotFit } from '../check-request.js';
import type { HttpPorts } from '../http-ports.js';
import { type App, operation } from '../operation.js';
import { fromWirePage, pageFields } from '../translate/page.js';
import { toWireReport, toWireStats } from '../translate/stats.js';

type Ports = Pick<HttpPorts, 'statistics' | 'reports' | 'clock'>;

const PERIOD = 7 * 24 * 3600_000;

export function statsRoutes(app: App, ports: Ports): void {
  app.get(
    '/api/stats',
    {
      schema: operation(
        {
          id: 'getStats',
          tag: 'statistics',
          summary: 'Sums over the calls of a period, by outcome, agent, queue, hour and day',
        },
        { querystring: StatsQuery, response: { 200: Stats } },
      ),
    },
    async (request) => {
      const { query } = request;
      const to = query.to === undefined ? ports.clock.now() : new Date(query.to);
      const from =
        query.from === undefined ? new Date(to.getTime() - PERIOD) : new Date(query.from);
      const timeZone = query.time_zone;
      if (from > to) throw doesNotFit([{ field: 'from', message: 'must not be after to' }]);
      if (!isKnownZone(timeZone)) {
        throw doesNotFit([
          { field: 'time_zone', message: 'is not a time zone such as America/New_York' },
        ]);
      }
      const { queue_id: queueId } = query;
      // Whoever sees their own figures only gets those, whomever they ask for.
      const agentId = heldTo(request, 'stats.any') ?? query.agent_id;
      const stats = await ports.statistics.read({ from, to, agentId, queueId, timeZone });
      return toWireStats(stats, { from, to, timeZone });
    },
  );

  app.get(
    '/api/reports',
    {
      schema: operation(
        {
          id: 'listReports',
          tag: 'statistics',
          summary: 'Daily reports per agent and queue, the latest day first',
          errors: ['invalid_cursor'],
        },
        { querystring: ReportQuery, response: { 200: ReportList } },
      ),
    },
    async ({ query }) => {
      const { from, to, agent_id: agentId, queue_id: queueId } = query;
      const page = await ports.reports.list({ from, to, agentId, queueId }, fromWirePage(query));
      return { reports: page.rows.map(toWireReport), ...pageFields(page) };
    },
  );
}
