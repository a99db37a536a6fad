import {
  ProviderEventList,
  ProviderEventQuery,
  ProviderEventResult,
  ReplayedProviderEvents,
} from '@outdial/protocol';
import type { HttpPorts } from '../http-ports.js';
import { type App, ById, operation } from '../operation.js';
import { notFound, ProblemError } from '../problems.js';
import { record } from '../record.js';
import { fromWirePage, pageFields } from '../translate/page.js';
import { toWireProviderEvent } from '../translate/provider-event.js';

/** So many are woken at once. The rest is due as well, and the sweeper wakes it. */
const WOKEN_AT_ONCE = 500;

export function providerEventRoutes(
  app: App,
  ports: Pick<HttpPorts, 'providerEvents' | 'jobs' | 'clock' | 'audit'>,
): void {
  const { providerEvents, jobs, clock } = ports;

  app.get(
    '/api/provider-events',
    {
      schema: operation(
        {
          id: 'listProviderEvents',
          tag: 'operations',
          summary: 'What providers told us, as it came, the newest first',
          errors: ['invalid_cursor'],
        },
        { querystring: ProviderEventQuery, response: { 200: ProviderEventList } },
      ),
    },
    async ({ query }) => {
      const page = await providerEvents.list({ state: query.state }, fromWirePage(query));
      return { events: page.rows.map(toWireProviderEvent), ...pageFields(page) };
    },
  );

  app.post(
    '/api/provider-events/replay',
    {
      schema: operation(
        {
          id: 'replayProviderEvents',
          tag: 'operations',
          summary: 'Tries every event again that failed too often',
        },
        { response: { 200: ReplayedProviderEvents } },
      ),
    },
    async (request) => {
      const { count, first } = await providerEvents.replayAll(clock.now(), WOKEN_AT_ONCE);
      for (const id of first) jobs.wake({ job: 'process-event', id });
      await record(ports, request, { action: 'events_replayed', details: { events: count } });
      return {
        message:
          count === 0
            ? 'There is nothing to replay: no event failed too often.'
            : `${count} ${count === 1 ? 'event is' : 'events are'} looked at again.`,
        events: count,
      };
    },
  );

  app.post(
    '/api/provider-events/:id/replay',
    {
      schema: operation(
        {
          id: 'replayProviderEvent',
          tag: 'operations',
          summary: 'Tries an event again that failed too often',
          errors: ['not_found', 'event_not_dead'],
        },
        { params: ById, response: { 200: ProviderEventResult } },
      ),
    },
    async (request) => {
      const { params } = request;
      const answer = await providerEvents.replay(params.id, clock.now());
      const event = await providerEvents.get(params.id);
      if (answer === 'not_found' || event === null) throw notFound('provider event');
      if (answer === 'not_dead') {
        throw new ProblemError(
          'event_not_dead',
          `The event is ${event.state}. Only one that failed too often (DEAD) can be replayed.`,
        );
      }
      jobs.wake({ job: 'process-event', id: params.id });
      await record(ports, request, {
        action: 'events_replayed',
        target: { kind: 'provider_event', id: params.id },
        details: { events: 1 },
      });
      return { message: 'The event is looked at again.', event: toWireProviderEvent(event) };
    },
  );
}
