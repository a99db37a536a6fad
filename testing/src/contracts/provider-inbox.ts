import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { minutesAfter, NOON, newId, type StoreWorld } from './store-world.js';

const anEvent = (more: { provider?: string; dedupeKey?: string; payload?: unknown } = {}) => ({
  id: newId(),
  provider: 'aircall',
  dedupeKey: newId(),
  payload: { event: 'call.answered', data: { id: 812, tags: ['a', 'b'], user: null } } as unknown,
  receivedAt: NOON,
  ...more,
});

/** What every inbox of provider events promises. */
export function providerInboxContract(openWorld: () => Promise<StoreWorld>): void {
  let world: StoreWorld;
  beforeAll(async () => {
    world = await openWorld();
  }, 60_000);
  afterAll(() => world?.close());
  const isDue = async (eventId: string, at: Date) =>
    (await world.reconciliation.dueWork('process-event', at, { limit: 10_000 })).some(
      ({ id }) => id === eventId,
    );

  describe('a provider’s event', () => {
    it('is kept as it came, and waits to be looked at', async () => {
      const event = anEvent();
      expect(await world.inbox.store(event)).toBe('stored');
      expect(await world.inbox.find(event.id)).toEqual({
        ...event,
        state: 'PENDING',
        attempts: 0,
        note: null,
        callId: null,
      });
      expect(await isDue(event.id, NOON)).toBe(true);
      expect(await world.inbox.find(newId())).toBeNull();
    });

    it.each([
      ['a list', [1, 'two', null]],
      ['a word', 'hello'],
      ['nothing', null],
      ['half a letter and a NUL', { text: 'a\u0000b\ud800c' }],
    ])('is kept even when it is %s', async (_what, payload) => {
      const event = anEvent({ payload });
      expect(await world.inbox.store(event)).toBe('stored');
      expect(await world.inbox.find(event.id)).toMatchObject({ state: 'PENDING' });
    });

    it('that comes twice is one, and the second changes nothing (P7)', async () => {
      const event = anEvent();
      await world.inbox.store(event);
      await world.inbox.settle(event.id, 'PROCESSED', 'done', null);
      const again = { ...anEvent({ dedupeKey: event.dedupeKey }), payload: { other: true } };
      expect(await world.inbox.store(again)).toBe('duplicate');
      expect(await world.inbox.find(again.id)).toBeNull();
      expect(await world.inbox.find(event.id)).toMatchObject({
        payload: event.payload,
        state: 'PROCESSED',
      });
    });

    it('that comes many times at the same moment is one', async () => {
      const dedupeKey = newId();
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => world.inbox.store(anEvent({ dedupeKey }))),
      );
      expect(answers.filter((answer) => answer === 'stored')).toHaveLength(1);
    });

    it('of another provider is another event, whatever its key', async () => {
      const event = anEvent();
      await world.inbox.store(event);
      expect(
        await world.inbox.store(anEvent({ provider: 'twilio', dedupeKey: event.dedupeKey })),
      ).toBe('stored');
    });

    it('is settled with what became of it, and is not due any more', async () => {
      const [event, callId] = [anEvent(), newId()];
      await world.inbox.store(event);
      await world.inbox.settle(event.id, 'IGNORED', 'an inbound call', callId);
      expect(await world.inbox.find(event.id)).toMatchObject({
        state: 'IGNORED',
        note: 'an inbound call',
        callId,
      });
      expect(await isDue(event.id, minutesAfter(600))).toBe(false);
    });

    it('that could not be worked on is due again later, and is given up in the end', async () => {
      const event = anEvent();
      await world.inbox.store(event);
      await world.inbox.failed(event.id, 'the database was away', minutesAfter(5));
      expect(await world.inbox.find(event.id)).toMatchObject({
        state: 'PENDING',
        attempts: 1,
        note: 'the database was away',
      });
      expect(await isDue(event.id, minutesAfter(4))).toBe(false);
      expect(await isDue(event.id, minutesAfter(5))).toBe(true);
      await world.inbox.failed(event.id, 'away for good', null);
      expect(await world.inbox.find(event.id)).toMatchObject({ state: 'DEAD', attempts: 2 });
      expect(await isDue(event.id, minutesAfter(600))).toBe(false);
    });
  });
}
