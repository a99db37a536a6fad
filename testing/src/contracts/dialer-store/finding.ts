import { describe, expect, it } from 'vitest';
import {
  anAgent,
  aSessionWithCalls,
  dialing,
  first,
  minutesAfter,
  NOON,
  newId,
  over,
} from '../store-world.js';
import type { OpenedStores } from './opened-stores.js';

/** What is found by agent, number, time and state. */
export function findingContract(stores: OpenedStores): void {
  describe('finding', () => {
    it('the call that an event means by agent, number and time', async () => {
      const { agent, session, calls } = await aSessionWithCalls(stores.world, 2, 2);
      const [call, queued] = calls as [(typeof calls)[0], (typeof calls)[0]];
      await stores.world.store.beginPlacing(call.id, minutesAfter(1), minutesAfter(2));
      const search = {
        provider: 'simulator',
        agentProviderUserId: 'unknown',
        agentEmail: agent.email.toUpperCase(),
        to: call.phone,
        dialedBefore: minutesAfter(1),
      };
      expect(await stores.world.store.findPlacedCall(search)).toBe(call.id);
      expect(await stores.world.store.findPlacedCall({ ...search, to: queued.phone })).toBeNull();
      expect(
        await stores.world.store.findPlacedCall({ ...search, provider: 'aircall' }),
      ).toBeNull();
      expect(
        await stores.world.store.findPlacedCall({ ...search, agentEmail: 'x@y.test' }),
      ).toBeNull();
      expect(await stores.world.store.findPlacedCall({ ...search, agentEmail: null })).toBeNull();
      expect(await stores.world.store.findPlacedCall({ ...search, dialedBefore: NOON })).toBeNull();
      await stores.world.store.changeSession(session.id, () => ({
        change: { calls: [{ ...dialing(call), providerCallId: newId() }] },
        answer: null,
      }));
      expect(await stores.world.store.findPlacedCall(search)).toBeNull();
    });

    it('the search finds that a call was closed before the provider’s id of it was known', async () => {
      const { agent, session, calls } = await aSessionWithCalls(stores.world, 2, 2);
      const [unknown, known] = calls as [(typeof calls)[0], (typeof calls)[0]];
      for (const call of calls) {
        await stores.world.store.beginPlacing(call.id, minutesAfter(1), minutesAfter(2));
      }
      const closed = {
        provider: 'simulator',
        agentId: agent.id,
        to: unknown.phone,
        dialedSince: NOON,
        dialedBefore: minutesAfter(1),
      };
      expect(await stores.world.store.wasClosedUnknown(closed)).toBe(false);
      const end = (call: (typeof calls)[0], providerCallId: string | null) => ({
        ...over(call),
        dialedAt: minutesAfter(1),
        endedAt: minutesAfter(2),
        providerCallId,
      });
      await stores.world.store.changeSession(session.id, () => ({
        change: { calls: [end(unknown, null), end(known, newId())] },
        answer: null,
      }));
      expect(await stores.world.store.wasClosedUnknown(closed)).toBe(true);
      for (const other of [
        { to: known.phone },
        { provider: 'aircall' },
        { agentId: newId() },
        { dialedSince: minutesAfter(1.5) },
        { dialedBefore: minutesAfter(0.5) },
      ]) {
        expect(await stores.world.store.wasClosedUnknown({ ...closed, ...other })).toBe(false);
      }
    });

    it('the agent by the provider’s user, else by the address in any case', async () => {
      const userId = newId();
      const configured = anAgent({ identities: { one: { userId, numberId: null } } });
      const plain = anAgent({ email: `Plain.${newId()}@Example.test` });
      await stores.world.add({ agents: [configured, plain] });
      const find = (user: string, email: string | null, connectionId = 'one') =>
        stores.world.store.findAgentAtProvider(connectionId, user, email);
      expect(await find(userId, plain.email)).toEqual(configured);
      // At another connection the same user id is another user, and the address says who the agent is.
      expect(await find(userId, null, 'other')).toBeNull();
      expect(await find('any', configured.email, 'other')).toEqual(configured);
      expect(await find('other', plain.email.toLowerCase())).toEqual(plain);
      // Another provider user is configured for the agent, so the address does not count.
      expect(await find('other', configured.email)).toBeNull();
      expect(await find('other', null)).toBeNull();
      expect(await stores.world.store.findAgent(plain.id)).toEqual(plain);
      expect(await stores.world.store.findAgent(newId())).toBeNull();
    });
  });

  describe('work', () => {
    it('work that is open is found when a process starts', async () => {
      const { session, calls } = await aSessionWithCalls(stores.world, 2, 2);
      const stopped = await aSessionWithCalls(stores.world, 1, 1);
      await stores.world.store.changeSession(stopped.session.id, (scene) => ({
        change: {
          session: { ...scene.session, status: 'STOPPED', stoppedAt: NOON },
          calls: [over(first(stopped.calls))],
        },
        answer: null,
      }));
      const { callIds, sessionIds } = await stores.world.store.openWork();
      expect(callIds).toEqual(expect.arrayContaining(calls.map(({ id }) => id)));
      expect(callIds).not.toContain(first(stopped.calls).id);
      expect(sessionIds).toContain(session.id);
      expect(sessionIds).not.toContain(stopped.session.id);
    });
  });
}
