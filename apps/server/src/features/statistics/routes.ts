import { isKnownZone } from '@outdial/core';
import { operations } from '@outdial/protocol';
import { heldTo } from '../../access/principal.js';
import { type Handled, handle } from '../../operations/handle.js';
import { fromWirePage, pageFields } from '../../operations/to-page.js';
import { doesNotFit } from '../../platform/does-not-fit.js';
import type { HttpPorts } from '../http-ports.js';
import { toWireReport, toWireStats } from './to-wire.js';

type Ports = Pick<HttpPorts, 'statistics' | 'reports' | 'connections' | 'clock'>;

const PERIOD = 7 * 24 * 3600_000;

/** Never mixed into real figures unless asked; an installation for practice alone has no others. */
const usualPractice = ({ connections }: Pick<Ports, 'connections'>): 'exclude' | 'include' =>
  connections
    .list()
    .some(({ row, manifest }) => row.removedAt === null && manifest.isPractice !== true)
    ? 'exclude'
    : 'include';

export function statsHandlers(ports: Ports): readonly Handled[] {
  return [
    handle(operations.stats.get, async (request) => {
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
      // A user who may see only their own figures gets those, whatever they ask for.
      const agentId = heldTo(request, 'stats.any') ?? query.agent_id;
      const practice = query.practice ?? usualPractice(ports);
      const stats = await ports.statistics.read({
        from,
        to,
        agentId,
        queueId,
        timeZone,
        practice: practice === 'include' ? undefined : practice,
      });
      return toWireStats(stats, { from, to, timeZone, practice });
    }),

    handle(operations.stats.reports, async ({ query }) => {
      const { from, to, agent_id: agentId, queue_id: queueId } = query;
      const page = await ports.reports.list({ from, to, agentId, queueId }, fromWirePage(query));
      return { reports: page.rows.map(toWireReport), ...pageFields(page) };
    }),
  ];
}
