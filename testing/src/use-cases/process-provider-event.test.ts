import {
  type DialerPorts,
  type DialerStore,
  type InterpretedEvent,
  processProviderEvent,
  type Telephony,
} from '@outdial/core';
import { expect, it } from 'vitest';
import { aSessionWithCalls, first, minutesAfter, NOON, newId } from '../contracts/store-world.js';
import { createMemoryCrm } from '../fakes/memory-crm.js';
import { openMemoryStoreWorld } from '../fakes/memory-store-world.js';

/** One line, no id on placing: how a call is told apart by who called whom (Aircall). */
const telephony: Telephony = {
  name: 'simulator',
  capabilities: {
    maxLinesPerAgent: 1,
    canHangUp: false,
    detectsMachines: false,
    returnsCallId: false,
    reportsAvailability: true,
    reachesRealPhones: true,
  },
  place: async () => ({ kind: 'accepted', providerCallId: null }),
  hangUp: async () => ({ kind: 'unsupported' }),
  lookUp: async () => ({ kind: 'not_found' }),
  availability: async () => ({ kind: 'ready' }),
  interpret: (payload) => revived(payload),
};

/** The inbox keeps JSON. */
const revived = (payload: unknown): InterpretedEvent =>
  JSON.parse(JSON.stringify(payload), (key, value: unknown) =>
    key.endsWith('At') && typeof value === 'string' ? new Date(value) : value,
  ) as InterpretedEvent;

async function aPlacedCall() {
  const world = openMemoryStoreWorld();
  const { store, inbox } = world;
  const setting = await aSessionWithCalls(world, 1, 1, { session: { lines: 1 } });
  const call = first(setting.calls);
  await store.beginPlacing(call.id, NOON, minutesAfter(1));
  const ports: DialerPorts = {
    store,
    inbox,
    crm: createMemoryCrm(),
    crmSync: world.crm,
    telephony,
    jobs: { wake: () => undefined },
    announcements: { announce: () => undefined },
    journal: { note: () => undefined },
    clock: { now: () => minutesAfter(0.5) },
    ids: { next: newId },
    prefixZones: new Map(),
  };
  const told = async (event: string, facts: object): Promise<string> => {
    const id = newId();
    const match = {
      providerCallId: '780000001',
      placed: {
        agentProviderUserId: '456',
        agentEmail: setting.agent.email,
        to: call.phone,
        startedAt: NOON,
      },
    };
    const payload = { kind: 'call', match, facts, manualIfUnmatched: true };
    await inbox.store({ id, provider: 'simulator', dedupeKey: event, payload, receivedAt: NOON });
    return id;
  };
  return { ...setting, call, ports, told };
}

it('knows its own call when two of its first events are worked on at once', async () => {
  const { call, session, ports, told } = await aPlacedCall();
  const created = await told('call.created', { ringingAt: NOON });
  const answered = await told('call.answered', { answeredAt: minutesAfter(0.1) });

  // The one has looked for the id, which no call has yet; before it looks further, the other is through.
  const overtaken: DialerStore = {
    ...ports.store,
    async findPlacedCall(search) {
      await processProviderEvent(ports, created);
      return ports.store.findPlacedCall(search);
    },
  };
  await processProviderEvent({ ...ports, store: overtaken }, answered);

  expect(await ports.store.findCall(call.id)).toMatchObject({
    state: 'IN_PROGRESS',
    winner: true,
    providerCallId: '780000001',
  });
  expect(await ports.store.findSession(session.id)).toMatchObject({ status: 'RUNNING' });
});
