import { operations } from '@outdial/protocol';
import { authorOf } from '../../access/audit-trail.js';
import { type Handled, handle } from '../../operations/handle.js';
import { fromWirePage, pageFields } from '../../operations/to-page.js';
import { notFound } from '../../platform/refusal.js';
import type { HttpPorts } from '../http-ports.js';
import { replayAllEvents, replayEvent } from './replay-events.js';
import { toWireProviderEvent } from './to-wire.js';

export function providerEventHandlers(
  ports: Pick<HttpPorts, 'providerEvents' | 'jobs' | 'clock' | 'changes'>,
): readonly Handled[] {
  const { providerEvents } = ports;
  return [
    handle(operations.providerEvents.list, async ({ query }) => {
      const page = await providerEvents.list({ state: query.state }, fromWirePage(query));
      return { events: page.rows.map(toWireProviderEvent), ...pageFields(page) };
    }),

    handle(operations.providerEvents.replayAll, async (request) => {
      const count = await replayAllEvents(ports, authorOf(request));
      return {
        message:
          count === 0
            ? 'There is nothing to replay: no event failed too often.'
            : `${count} ${count === 1 ? 'event is' : 'events are'} looked at again.`,
        events: count,
      };
    }),

    handle(operations.providerEvents.replay, async (request) => {
      const { params } = request;
      await replayEvent(ports, params.id, authorOf(request));
      const event = await providerEvents.get(params.id);
      if (event === null) throw notFound('provider event');
      return { message: 'The event is looked at again.', event: toWireProviderEvent(event) };
    }),
  ];
}
