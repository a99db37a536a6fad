import { NOON } from '@outdial/testing/builders';
import { expect, it } from 'vitest';
import type { ProviderEvent } from '../ports/provider-inbox.js';
import { createEventSerializer } from './event-serializer.js';

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
    const turns = createEventSerializer();
    const worked: string[] = [];
    const work = async (events: readonly ProviderEvent[]): Promise<readonly string[]> => {
      worked.push(...events.map(({ id }) => id));
      return events.map(({ id }) => id);
    };
    const first = turns.inBatch(anEvent('1 ringing'), work);
    for (let turn = 0; turn < later; turn += 1) await Promise.resolve();
    const second = turns.inBatch(anEvent('2 ended'), work);
    await Promise.all([first, second]);
    expect(worked, `${later} turns later`).toEqual(['1 ringing', '2 ended']);
  }
});

it('an event that comes while another one of its call arrives waits until that is stored or decided', async () => {
  const turns = createEventSerializer();
  const order: string[] = [];
  let arrived: () => void = () => undefined;
  const first = turns.ifIdle(anEvent('1 answered'), async () => {
    await new Promise<void>((resolve) => {
      arrived = resolve;
    });
    order.push('1 stored');
    return 'stored';
  });
  const work = async (events: readonly ProviderEvent[]): Promise<readonly string[]> => {
    order.push(...events.map(({ id }) => id));
    return events.map(({ id }) => id);
  };
  const second = turns.inBatch(anEvent('2 ended'), work);
  expect(turns.ifIdle(anEvent('3 tagged'), async () => 'decided')).toBeNull();
  arrived();
  expect(await first).toBe('stored');
  await second;
  expect(order).toEqual(['1 stored', '2 ended']);
  expect(await turns.ifIdle(anEvent('4 noted'), async () => 'decided')).toBe('decided');
});

it('an arrival that fails is its caller’s to hear of, and holds up nothing', async () => {
  const turns = createEventSerializer();
  const first = turns.ifIdle(anEvent('1 answered'), () =>
    Promise.reject(new Error('No database.')),
  );
  const worked: string[] = [];
  const second = turns.inBatch(anEvent('2 ended'), async (events) => {
    worked.push(...events.map(({ id }) => id));
    return worked;
  });
  await expect(first).rejects.toThrow('No database.');
  await second;
  expect(worked).toEqual(['2 ended']);
});
