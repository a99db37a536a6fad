import type { NewProviderEvent } from '@outdial/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { minutesAfter, NOON, newId, type StoreWorld } from '../store-world.js';

const anEvent = (more: Partial<NewProviderEvent> = {}): NewProviderEvent => ({
  id: newId(),
  provider: 'aircall',
  dedupeKey: newId(),
  callKey: null,
  payload: { event: 'call.answered', data: { id: 812, tags: ['a', 'b'], user: null } },
  receivedAt: NOON,
  ignoredBecause: null,
  ...more,
});

/** What every inbox of provider events promises. */
export function providerInboxContract(openWorld: () => Promise<StoreWorld>): void {
  let world: StoreWorld;
  beforeAll(async () => {
    world = await openWorld();
  }, 60_000);
  afterAll(() => world?.close());
  /** As the rows have it: a process may remember what it has not looked at yet. */
  const asStored = async (eventId: string) => {
    await world.inbox.find(eventId);
    return world.inbox.find(eventId);
  };
  const isDue = async (eventId: string, at: Date) =>
    (await world.reconciliation.dueWork('process-event', at, { limit: 10_000 })).some(
      ({ id }) => id === eventId,
    );

  describe('a provider’s event', () => {
    it('a provider’s event is kept as it came, and waits to be looked at', async () => {
      const event = anEvent();
      expect(await world.inbox.store(event)).toBe('stored');
      const { ignoredBecause: _, ...kept } = event;
      const waiting = { ...kept, state: 'PENDING', attempts: 0, note: null, callId: null };
      expect(await world.inbox.find(event.id)).toEqual(waiting);
      expect(await asStored(event.id)).toEqual(waiting);
      expect(await isDue(event.id, NOON)).toBe(true);
      expect(await world.inbox.find(newId())).toBeNull();
    });

    it.each([
      ['a list', [1, 'two', null]],
      ['a word', 'hello'],
      ['nothing', null],
      ['half a letter and a NUL', { text: 'a\u0000b\ud800c', 'a\u0000b': '\\u0000' }],
      ['a number that no number can be', { length: Number.POSITIVE_INFINITY }],
    ])('is kept even when it is %s', async (_what, payload) => {
      const event = anEvent({ payload });
      expect(await world.inbox.store(event)).toBe('stored');
      expect(await world.inbox.find(event.id)).toMatchObject({ state: 'PENDING' });
    });

    it('a provider’s event that comes twice is one, and the second changes nothing (P7)', async () => {
      const event = anEvent();
      await world.inbox.store(event);
      await world.inbox.settle([event.id], 'PROCESSED', 'done');
      const again = { ...anEvent({ dedupeKey: event.dedupeKey }), payload: { other: true } };
      expect(await world.inbox.store(again)).toBe('duplicate');
      expect(await world.inbox.find(again.id)).toBeNull();
      expect(await asStored(event.id)).toMatchObject({
        payload: event.payload,
        state: 'PROCESSED',
      });
    });

    it('a provider’s event that comes many times at the same moment is one', async () => {
      const dedupeKey = newId();
      const answers = await Promise.all(
        Array.from({ length: 10 }, () => world.inbox.store(anEvent({ dedupeKey }))),
      );
      expect(answers.filter((answer) => answer === 'stored')).toHaveLength(1);
    });

    it('an event among many at the same moment is distinguished from earlier ones', async () => {
      const known = [anEvent(), anEvent()];
      for (const event of known) await world.inbox.store(event);
      const events = Array.from({ length: 450 }, (_, index) => {
        const dedupeKey = known[index % 3]?.dedupeKey;
        return anEvent(dedupeKey === undefined ? {} : { dedupeKey });
      });
      const answers = await Promise.all(events.map((event) => world.inbox.store(event)));
      expect(answers).toEqual(events.map((_, index) => (index % 3 === 2 ? 'stored' : 'duplicate')));
      for (const [index, event] of events.entries()) {
        if (index % 50 < 3) {
          const found = await world.inbox.find(event.id);
          expect(found === null).toBe(index % 3 !== 2);
        }
      }
    });

    it('an irrelevant event is kept with the reason, and needs no person', async () => {
      const event = anEvent({ ignoredBecause: 'an inbound call' });
      expect(await world.inbox.store(event)).toBe('stored');
      expect(await world.inbox.find(event.id)).toMatchObject({
        payload: event.payload,
        state: 'IGNORED',
        note: 'an inbound call',
      });
      expect(await isDue(event.id, minutesAfter(600))).toBe(false);
      expect(await world.inbox.store({ ...event, id: newId() })).toBe('duplicate');
    });

    it('a provider’s event of another provider is another event, whatever its key', async () => {
      const event = anEvent();
      await world.inbox.store(event);
      expect(
        await world.inbox.store(anEvent({ provider: 'twilio', dedupeKey: event.dedupeKey })),
      ).toBe('stored');
    });

    it('a provider’s event is settled with what became of it, and is not due any more', async () => {
      const [event, other] = [anEvent(), anEvent()];
      await world.inbox.store(event);
      await world.inbox.store(other);
      await world.inbox.settle([event.id, other.id], 'IGNORED', 'an inbound call');
      for (const { id } of [event, other]) {
        expect(await asStored(id)).toMatchObject({ state: 'IGNORED', note: 'an inbound call' });
      }
      // Too late: another node has settled it.
      await world.inbox.settle([event.id], 'PROCESSED', null);
      await world.inbox.failed(event.id, 'the database was away', minutesAfter(5));
      expect(await asStored(event.id)).toMatchObject({ state: 'IGNORED', attempts: 0 });
      expect(await isDue(event.id, minutesAfter(600))).toBe(false);
    });

    it('the untried events of one call are found in the order in which they came', async () => {
      const callKey = newId();
      const [second, first, tried, settledOne] = [
        anEvent({ callKey, receivedAt: minutesAfter(2) }),
        anEvent({ callKey, receivedAt: minutesAfter(1) }),
        anEvent({ callKey }),
        anEvent({ callKey }),
      ];
      const sameMoment = anEvent({ callKey, receivedAt: minutesAfter(2) });
      const others = [
        anEvent(),
        anEvent({ callKey: newId() }),
        anEvent({ callKey, provider: 'x' }),
      ];
      for (const event of [second, first, tried, settledOne, sameMoment, ...others]) {
        await world.inbox.store(event);
      }
      await world.inbox.failed(tried.id, 'not now', minutesAfter(5));
      await world.inbox.settle([settledOne.id], 'PROCESSED', null);
      const untried = await world.inbox.untried('aircall', callKey);
      expect(untried.map(({ id }) => id)).toEqual([first.id, second.id, sameMoment.id]);
      expect(untried[0]).toEqual(await world.inbox.find(first.id));
    });

    it('a provider’s event that could not be worked on is due again later, and is given up in the end', async () => {
      const event = anEvent();
      await world.inbox.store(event);
      await world.inbox.failed(event.id, 'the database was away', minutesAfter(5));
      expect(await asStored(event.id)).toMatchObject({
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
