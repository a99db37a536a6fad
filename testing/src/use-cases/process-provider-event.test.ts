import {
  type CallMatch,
  checkCall,
  createEventSerializer,
  type DialerPorts,
  type DialerStore,
  type InterpretedEvent,
  type OutsideCall,
  oneCarrier,
  processProviderEvent,
  receiveProviderEvent,
  STANDARD_CRM_RECORDS,
  type Telephony,
  unseenCalls,
} from '@outdial/core';
import { expect, it } from 'vitest';
import {
  aSessionWithCalls,
  first,
  minutesAfter,
  NOON,
  newId,
  over,
} from '../contracts/store-world.js';
import { createMemoryCrm } from '../fakes/memory-crm.js';
import { openMemoryStoreWorld } from '../fakes/memory-store-world.js';

/** One line, no id on placing: how a call is identified by its agent and number (Aircall). */
const telephony: Telephony = {
  name: 'simulator',
  capabilities: {
    maxLinesPerAgent: 1,
    canHangUp: false,
    detectsMachines: false,
    returnsCallId: false,
    reportsAvailability: true,
    presenceBy: 'provider',
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
    reconciliation: world.reconciliation,
    presence: world.presence,
    crm: createMemoryCrm(),
    crmSync: world.crm,
    carriers: oneCarrier(telephony),
    jobs: { wake: () => undefined },
    announcements: { announce: () => undefined },
    journal: { note: () => undefined },
    clock: { now: () => minutesAfter(0.5) },
    ids: { next: newId },
    prefixZones: new Map(),
    crmRecords: async () => STANDARD_CRM_RECORDS,
    eventSerializer: createEventSerializer(),
    stopwatchMs: () => 0,
    unseenCalls: unseenCalls(() => 0),
  };
  let received = 0;
  const told = async (
    facts: object,
    { match: other, ...more }: { callKey?: string; match?: CallMatch } = {},
  ): Promise<string> => {
    const id = newId();
    const match = other ?? {
      providerCallId: '780000001',
      placed: {
        agentProviderUserId: '456',
        agentEmail: setting.agent.email,
        to: call.phone,
        startedAt: NOON,
      },
    };
    received += 1;
    await inbox.store({
      id,
      provider: 'simulator',
      dedupeKey: id,
      callKey: '780000001',
      payload: { kind: 'call', match, facts, manualIfUnmatched: true },
      receivedAt: minutesAfter(received / 60),
      ignoredBecause: null,
      ...more,
    });
    return id;
  };
  /** How often a decision about the call was written. */
  const decisions = { count: 0 };
  const counting: DialerStore = {
    ...store,
    changeByCall: (callId, decide) => {
      decisions.count += 1;
      return store.changeByCall(callId, decide);
    },
    changeByProviderCall: async (provider, providerCallId, decide) => {
      const applied = await store.changeByProviderCall(provider, providerCallId, decide);
      if (applied !== null) decisions.count += 1;
      return applied;
    },
  };
  const states = async (ids: readonly string[]) =>
    Promise.all(ids.map(async (id) => (await inbox.find(id))?.state));
  return { ...setting, call, ports: { ...ports, store: counting }, told, decisions, states };
}

/** Another process on the same rows, with an event serializer of its own. */
const onAnotherNode = (ports: DialerPorts): DialerPorts => ({
  ...ports,
  eventSerializer: createEventSerializer(),
});

it('knows its own call when two nodes work on its first events at once', async () => {
  const { call, session, ports, told } = await aPlacedCall();
  const created = await told({ ringingAt: NOON }, { callKey: 'another key' });
  const answered = await told({ answeredAt: minutesAfter(0.1) });

  // The one has looked for the id, which no call has yet; before it looks further, the other is through.
  const overtaken: DialerStore = {
    ...ports.store,
    async findPlacedCall(search) {
      await processProviderEvent(onAnotherNode(ports), created);
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

const RANG = { ringingAt: NOON };
const ANSWERED = { answeredAt: minutesAfter(0.1) };
const ENDED = { endedAt: minutesAfter(0.2), endCause: 'hangup' };

it('takes the events of one call that wait together as one decision', async () => {
  const { call, ports, told, decisions, states } = await aPlacedCall();
  const ids = [await told(RANG), await told(ANSWERED), await told(ENDED)];
  await Promise.all([...ids].reverse().map((id) => processProviderEvent(ports, id)));
  expect(decisions.count).toBe(1);
  expect(await states(ids)).toEqual(['PROCESSED', 'PROCESSED', 'PROCESSED']);
  expect(await ports.store.findCall(call.id)).toMatchObject({
    state: 'COMPLETED',
    outcome: 'CONNECTED',
    ringingAt: NOON,
    answeredAt: ANSWERED.answeredAt,
  });
});

it('lets events of one call wait while one of them is worked on, and then takes them in order', async () => {
  const { ports, told, decisions, states } = await aPlacedCall();
  const ids = [await told(RANG), await told(ANSWERED), await told(ENDED)];
  const [rang, ...later] = ids as [string, ...string[]];
  const order: string[] = [];
  let waiting: Promise<unknown> = Promise.resolve();
  const slow: DialerStore = {
    ...ports.store,
    async findPlacedCall(search) {
      waiting = Promise.all(later.map((id) => processProviderEvent(ports, id)));
      await Promise.resolve();
      order.push(`meanwhile ${decisions.count}`);
      return ports.store.findPlacedCall(search);
    },
  };
  await processProviderEvent({ ...ports, store: slow }, rang);
  await waiting;
  expect(order).toEqual(['meanwhile 0']);
  expect(decisions.count).toBe(2);
  expect(await states(ids)).toEqual(['PROCESSED', 'PROCESSED', 'PROCESSED']);
});

it('applies first what another node stored earlier and never came to', async () => {
  const { call, ports, told, decisions, states } = await aPlacedCall();
  const ids = [await told(RANG), await told(ANSWERED), await told(ENDED)];
  const seen: unknown[] = [];
  const watched = {
    ...ports,
    carriers: oneCarrier({
      ...telephony,
      interpret: (payload: unknown) => {
        seen.push((payload as { facts: unknown }).facts);
        return telephony.interpret(payload);
      },
    }),
  };
  await processProviderEvent(watched, ids[2] as string);
  // Its own event comes first, as the others are not known yet.
  expect(seen.slice(1)).toEqual(
    [RANG, ANSWERED, ENDED].map((facts) => JSON.parse(JSON.stringify(facts))),
  );
  expect(await states(ids)).toEqual(['PROCESSED', 'PROCESSED', 'PROCESSED']);
  expect(await ports.store.findCall(call.id)).toMatchObject({ ringingAt: NOON, winner: true });
  const before = decisions.count;
  for (const id of ids) await processProviderEvent(ports, id);
  expect(decisions.count).toBe(before);
});

it('is not held up by an earlier event that cannot be applied', async () => {
  const { call, ports, told, states } = await aPlacedCall();
  const poisoned = await told({ ...RANG, poison: true });
  const answered = await told(ANSWERED);
  const failing = {
    ...ports,
    carriers: oneCarrier({
      ...telephony,
      interpret: (payload: unknown) => {
        if (JSON.stringify(payload).includes('poison')) throw new Error('Not to be read.');
        return telephony.interpret(payload);
      },
    }),
  };
  await processProviderEvent(failing, answered);
  expect(await ports.store.findCall(call.id)).toMatchObject({ state: 'IN_PROGRESS', winner: true });
  expect(await states([poisoned, answered])).toEqual(['PENDING', 'PROCESSED']);
  expect(await ports.inbox.find(poisoned)).toMatchObject({ attempts: 1, note: 'Not to be read.' });
});

it('tells events of one call apart when one of them makes the decision fail', async () => {
  const { call, ports, told, states } = await aPlacedCall();
  const [rang, odd, ended] = [
    await told(RANG),
    await told({ endedAt: 'never' }),
    await told(ENDED),
  ];
  const failing: DialerStore = {
    ...ports.store,
    changeByCall: (callId, decide) =>
      ports.store.changeByCall(callId, (scene) => {
        const decision = decide(scene);
        if (decision.change.processedEventIds?.includes(odd)) throw new Error('An odd event.');
        return decision;
      }),
    changeByProviderCall: (provider, id, decide) =>
      ports.store.changeByProviderCall(provider, id, (scene) => {
        const decision = decide(scene);
        if (decision.change.processedEventIds?.includes(odd)) throw new Error('An odd event.');
        return decision;
      }),
  };
  const ids = [rang, odd, ended];
  await Promise.all(ids.map((id) => processProviderEvent({ ...ports, store: failing }, id)));
  expect(await states(ids)).toEqual(['PROCESSED', 'PENDING', 'PROCESSED']);
  expect(await ports.inbox.find(odd)).toMatchObject({ attempts: 1, note: 'An odd event.' });
  expect(await ports.store.findCall(call.id)).toMatchObject({ state: 'COMPLETED' });
});

it.each([
  ['one second before it was dialed, as the provider cuts seconds off', -1, 'IN_PROGRESS'],
  ['twelve seconds before, as the provider’s clock is behind', -12, 'IN_PROGRESS'],
  ['fourteen minutes before, likewise', -14 * 60, 'IN_PROGRESS'],
  ['an hour after, as the provider’s clock is ahead', 3600, 'IN_PROGRESS'],
  ['in 2100', (Date.UTC(2100, 0) - NOON.getTime()) / 1000, 'IN_PROGRESS'],
  ['in 1970', -NOON.getTime() / 1000 + 1, 'IN_PROGRESS'],
  ['an hour before: late news of one that the agent dialed by hand', -3600, 'DIALING'],
])('takes for the placed call one that started %s', async (_what, seconds, state) => {
  const { call, session, ports } = await aPlacedCall();
  const match = {
    providerCallId: '780000001',
    placed: {
      agentProviderUserId: '456',
      agentEmail: null,
      to: call.phone,
      startedAt: new Date(NOON.getTime() + seconds * 1000),
    },
  };
  const agent = await ports.store.findAgent(session.agentId);
  const payload = {
    kind: 'call',
    match: { ...match, placed: { ...match.placed, agentEmail: agent?.email } },
    facts: ANSWERED,
    manualIfUnmatched: true,
  };
  const hints: string[] = [];
  const jobs = { wake: ({ id }: { id: string }) => void hints.push(id) };
  await receiveProviderEvent(
    { ...ports, jobs },
    { provider: 'simulator', dedupeKey: newId(), payload },
  );
  for (const id of hints) await processProviderEvent(ports, id);
  expect(await ports.store.findCall(call.id)).toMatchObject({ state });
  expect(await ports.store.findSession(session.id)).toMatchObject({
    status: state === 'DIALING' ? 'PAUSED' : 'RUNNING',
  });
});

it('does not take for a manual call what comes too late about a call that was closed as lost', async () => {
  const { call, session, ports, told, states } = await aPlacedCall();
  await ports.store.changeSession(session.id, () => ({
    change: { calls: [over(call, { dialedAt: NOON, endedAt: minutesAfter(0.4) })] },
    answer: undefined,
  }));
  const late = await told({ ringingAt: NOON });
  await processProviderEvent(ports, late);
  expect(await states([late])).toEqual(['IGNORED']);
  expect(await ports.store.findSession(session.id)).toMatchObject({ status: 'RUNNING' });
});

it('needs no look at what is plainly nothing for us, and keeps what cannot be read for a person to see', async () => {
  const { ports } = await aPlacedCall();
  const woken: string[] = [];
  const receiving = {
    ...ports,
    jobs: { wake: ({ id }: { id: string }) => void woken.push(id) },
    carriers: oneCarrier({
      ...telephony,
      interpret: (payload: unknown): InterpretedEvent => {
        if (payload === 'unreadable') throw new Error('Not to be read.');
        return { kind: 'ignored', reason: 'An inbound call.' };
      },
    }),
  };
  const receive = (payload: unknown) =>
    receiveProviderEvent(receiving, { provider: 'simulator', dedupeKey: newId(), payload });
  await receive({ inbound: true });
  expect(woken).toEqual([]);
  await receive('unreadable');
  const [id] = woken as [string];
  for (let tries = 0; tries < 10; tries += 1) await processProviderEvent(receiving, id);
  expect(await ports.inbox.find(id)).toMatchObject({ state: 'DEAD', note: 'Not to be read.' });
});

it('a call that rings after it was closed as never placed is hung up, and the history stays', async () => {
  const { call, ports, told } = await aPlacedCall();
  const hungUp: (string | null)[] = [];
  const closing: DialerPorts = {
    ...ports,
    unseenCalls: { knownForMs: () => Number.POSITIVE_INFINITY, forget: () => undefined },
    carriers: oneCarrier({
      ...telephony,
      hangUp: async ({ providerCallId }) => {
        hungUp.push(providerCallId);
        return { kind: 'done' };
      },
      lookUp: async () => ({ kind: 'not_found' }),
    }),
  };
  await checkCall(closing, call.id, true);
  const closed = await ports.store.findCall(call.id);
  expect(closed).toMatchObject({ state: 'COMPLETED', outcome: 'FAILED', placement: 'ASKED' });

  const byOurId = (facts: object) =>
    told(facts, { match: { callId: call.id, providerCallId: 'p1' } });
  await processProviderEvent(closing, await byOurId({ ringingAt: NOON }));
  expect(hungUp).toEqual(['p1']);
  await processProviderEvent(closing, await byOurId({ endedAt: minutesAfter(1) }));
  expect(hungUp).toEqual(['p1']);
  expect(await ports.store.findCall(call.id)).toEqual(closed);
});

it('keeps what is reported of a call that the agent dialed by hand: it counts for its number, from its start to its end', async () => {
  const { session, ports, told } = await aPlacedCall();
  const agent = await ports.store.findAgent(session.agentId);
  const noted: OutsideCall[] = [];
  const store: DialerStore = {
    ...ports.store,
    noteOutsideCall: async (call) => {
      noted.push(call);
      await ports.store.noteOutsideCall(call);
    },
  };
  const match = {
    providerCallId: '790000001',
    placed: {
      agentProviderUserId: '456',
      agentEmail: agent?.email ?? null,
      to: '+15550009999',
      startedAt: NOON,
    },
  };
  const ids = [
    await told({ ringingAt: NOON }, { match, callKey: '790000001' }),
    await told({ endedAt: NOON, endCause: 'hangup' }, { match, callKey: '790000001' }),
  ];
  for (const id of ids) await processProviderEvent({ ...ports, store }, id);
  const { provider } = { provider: 'simulator' };
  const call = { provider, providerCallId: '790000001', phone: '+15550009999', dialedAt: NOON };
  expect(noted).toEqual([
    { ...call, endedAt: null },
    { ...call, endedAt: NOON },
  ]);
});

it('keeps nothing as a call outside the dialer that is one of its own', async () => {
  const { call, session, ports, told } = await aPlacedCall();
  const store: DialerStore = {
    ...ports.store,
    noteOutsideCall: () => Promise.reject(new Error('It is a call of the dialer.')),
  };
  await processProviderEvent({ ...ports, store }, await told(RANG));
  await processProviderEvent({ ...ports, store }, await told(ENDED));
  expect(await store.findCall(call.id)).toMatchObject({ state: 'COMPLETED' });

  const lost = await aPlacedCall();
  await lost.ports.store.changeSession(lost.session.id, () => ({
    change: { calls: [over(lost.call, { dialedAt: NOON, endedAt: minutesAfter(0.4) })] },
    answer: undefined,
  }));
  const late = await lost.told({ endedAt: minutesAfter(0.3) });
  await processProviderEvent(
    { ...lost.ports, store: { ...lost.ports.store, noteOutsideCall: store.noteOutsideCall } },
    late,
  );
  expect(await lost.states([late])).toEqual(['IGNORED']);
  expect(session.status).toBe('RUNNING');
});
