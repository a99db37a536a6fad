import type { Call, DialerStore, QueuedCall, Scene, SceneChange } from '@outdial/core';
import {
  aSessionWithLeads,
  claiming,
  minutesAfter,
  NOON,
  newId,
  over,
} from '@outdial/testing/contracts/store-world';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAgentStore, createDialerStore } from '../src/index.js';
import { type MigratedDatabase, onServer } from './migrated-database.js';
import { storeWorldOn } from './store-world.js';

/** What may happen to a session; `call` picks one of its live calls. */
const step = fc.record({
  node: fc.constantFrom(0, 1),
  does: fc.constantFrom('claim', 'begin', 'accept', 'end', 'round', 'nothing'),
  call: fc.nat(9),
});
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never;

describe('what a node remembers of a session', () => {
  let database: MigratedDatabase;
  beforeAll(async () => {
    database = await onServer(8);
  });
  afterAll(() => database?.close());

  async function take({ does, call: pick }: Step, store: DialerStore, sessionId: string) {
    const scene = await store.peek(sessionId, 'fresh');
    const chosen = scene?.live[pick % Math.max(1, scene.live.length)]?.call;
    const onCall = (change: (call: Call, scene: Scene) => SceneChange) =>
      chosen === undefined
        ? undefined
        : store.changeByCall(chosen.id, (current) => ({
            change:
              current.subject.call.state === 'COMPLETED'
                ? {}
                : change(current.subject.call, current),
            answer: null,
          }));
    switch (does) {
      case 'claim':
        return store.fillLines(sessionId, NOON, claiming(1 + (pick % 3)));
      case 'begin':
        return chosen && store.beginPlacing(chosen.id, NOON, minutesAfter(1));
      case 'accept':
        return onCall((call) =>
          call.state === 'DIALING'
            ? { calls: [{ ...call, placement: 'ACCEPTED', providerCallId: newId() }] }
            : {},
        );
      case 'end':
        return onCall((call, { session }) => ({
          // Whatever state it was in.
          calls: [over(call as QueuedCall)],
          session: {
            ...session,
            metrics: { ...session.metrics, failed: session.metrics.failed + 1 },
          },
        }));
      case 'round':
        return store.changeSession(sessionId, ({ session }) => ({
          change: { session: { ...session, round: session.round + 1 } },
          answer: null,
        }));
      case 'nothing':
        return store.changeSession(sessionId, () => ({ change: {}, answer: null }));
    }
  }

  it('what a node remembers of a session is what the rows say after everything that it does itself', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const world = storeWorldOn(database.opened.db);
        const { session } = await aSessionWithLeads(world, 6);
        for (const each of steps) {
          await take(each, world.store, session.id);
          expect(await world.store.peek(session.id, 'remembered')).toEqual(
            await world.store.peek(session.id, 'fresh'),
          );
        }
      }),
      { numRuns: 40, seed: 3 },
    );
  });

  it('what a node remembers of a session never lets one node write over what another one did meanwhile', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 16 }), async (steps) => {
        const world = storeWorldOn(database.opened.db);
        const nodes = [
          createDialerStore(database.opened.db),
          createDialerStore(database.opened.db),
        ];
        const { session } = await aSessionWithLeads(world, 6);
        // Side by side: each step of a node begins when its last one ended, whatever the other one is doing.
        await Promise.all(
          nodes.map(async (store, node) => {
            for (const each of steps) if (each.node === node) await take(each, store, session.id);
          }),
        );
        const scene = await world.store.peek(session.id, 'fresh');
        const calls = await database.opened.db
          .selectFrom('calls')
          .select('state')
          .where('session_id', '=', session.id)
          .execute();
        const rounds = steps.filter(({ does }) => does === 'round').length;
        expect(scene?.session.round).toBe(session.round + rounds);
        expect(scene?.session.metrics.failed).toBe(
          calls.filter(({ state }) => state === 'COMPLETED').length,
        );
        expect(scene?.live).toHaveLength(calls.filter(({ state }) => state !== 'COMPLETED').length);
      }),
      { numRuns: 40, seed: 4 },
    );
  });

  it('what a node remembers of a session does not hide from it that the agent asked not to be disturbed', async () => {
    const world = storeWorldOn(database.opened.db);
    const { session, agent } = await aSessionWithLeads(world, 2);
    const look = () =>
      world.store.changeSession(session.id, ({ session, agent }) => ({
        change: { session: { ...session, round: session.round + 1 } },
        answer: agent.presence,
      }));
    await look();
    await createAgentStore(database.opened.db).setPresence(agent.id, 'DO_NOT_DISTURB', NOON);
    expect((await look())?.answer).toBe('DO_NOT_DISTURB');
  });
});
