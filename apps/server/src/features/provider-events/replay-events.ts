import type { Author } from '../../access/audit-trail.js';
import { notFound, Refusal } from '../../platform/refusal.js';
import type { HttpPorts } from '../http-ports.js';

type Ports = Pick<HttpPorts, 'changes' | 'jobs' | 'clock'>;

/** So many are woken at once. The rest is due as well, and the sweeper wakes it. */
const WOKEN_AT_ONCE = 500;

/** Every event that failed too often is tried again; answers how many. */
export async function replayAllEvents(
  { changes, jobs, clock }: Ports,
  author: Author,
): Promise<number> {
  const { count, first } = await changes.run(async (stores, record) => {
    const answer = await stores.providerEvents.replayAll(clock.now(), WOKEN_AT_ONCE);
    record({ ...author, action: 'events_replayed', details: { events: answer.count } });
    return answer;
  });
  for (const id of first) jobs.wake({ job: 'process-event', id });
  return count;
}

/** One event that failed too often is tried again. */
export async function replayEvent(
  { changes, jobs, clock }: Ports,
  eventId: string,
  author: Author,
): Promise<void> {
  await changes.run(async (stores, record) => {
    const answer = await stores.providerEvents.replay(eventId, clock.now());
    if (answer === 'not_found') throw notFound('provider event');
    if (answer === 'not_dead') {
      const event = await stores.providerEvents.get(eventId);
      throw new Refusal(
        'event_not_dead',
        `The event is ${event?.state}. Only one that failed too often (DEAD) can be replayed.`,
      );
    }
    record({
      ...author,
      action: 'events_replayed',
      target: { kind: 'provider_event', id: eventId },
      details: { events: 1 },
    });
  });
  jobs.wake({ job: 'process-event', id: eventId });
}
