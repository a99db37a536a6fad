import { NOON } from '@outdial/testing/builders';
import { expect, it } from 'vitest';
import type { ProviderEvent } from '../ports/provider-inbox.js';
import { eventTurns } from './event-turns.js';

const anEvent = (id: string): ProviderEvent => ({
  id,
  provider: 'simulator',
  dedupeKey: id,
  callKey: 'one call',
  payload: null,
  receivedAt: NOON,
  state: 'PENDING',
  attempts: 0,
  note: null,
  callId: null,
});

it('an event that comes at the very end of the work on the ones before is worked on, too', async () => {
  // However many turns of the event loop's small queue later it comes.
  for (let later = 0; later < 12; later += 1) {
    const turns = eventTurns();
    const worked: string[] = [];
    const work = async (events: readonly ProviderEvent[]): Promise<readonly string[]> => {
      worked.push(...events.map(({ id }) => id));
      return events.map(({ id }) => id);
    };
    const first = turns.together(anEvent('1 ringing'), work);
    for (let turn = 0; turn < later; turn += 1) await Promise.resolve();
    const second = turns.together(anEvent('2 ended'), work);
    await Promise.all([first, second]);
    expect(worked, `${later} turns later`).toEqual(['1 ringing', '2 ended']);
  }
});
