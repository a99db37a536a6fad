import type { Scene, SceneOfCall } from '@outdial/core';
import { describe, expect, it } from 'vitest';
import { NO_FAULTS, planWorld, type WorldFaults, type WorldPlan } from './plan.js';
import { runWorld, type WorldFailure, type WorldOptions } from './run-world.js';

/** Whatever is broken is found within so many worlds. */
const WORLDS = 12;

interface Broken {
  readonly what: string;
  /** What the watch says of it. `defect`: rows refuse what would break the promise, as the database would. */
  readonly caughtBy: readonly WorldFailure['promise'][];
  readonly faults?: Partial<WorldFaults>;
  readonly plan?: Partial<WorldPlan>;
  readonly breakIt: NonNullable<WorldOptions['breakIt']>;
}

/** A world that is calm but for one thing, so that the thing shows soon. */
const planFor = (seed: number, { faults, plan }: Broken): WorldPlan => ({
  ...planWorld(seed),
  network: 'wired',
  clocksOffBy: [0],
  ...plan,
  faults: { ...NO_FAULTS, ...faults },
});

const BROKEN: readonly Broken[] = [
  {
    what: 'two workers are both told to place the same call',
    caughtBy: ['P3', 'P1'],
    faults: { hintTwice: 0.3 },
    breakIt: ({ store }, state) => ({
      store: {
        ...store,
        beginPlacing: async (callId, now, deadlineAt) => {
          const begun = await store.beginPlacing(callId, now, deadlineAt);
          const call = state.calls.get(callId);
          const agent = state.agents.get(call?.agentId ?? '');
          return begun.kind === 'not_queued' && call?.state === 'DIALING' && agent !== undefined
            ? { kind: 'begun', call, agent, ringSeconds: 25 }
            : begun;
        },
      },
    }),
  },
  {
    what: 'the claim does not look whether somebody is calling the lead already',
    caughtBy: ['P1', 'P2', 'defect'],
    plan: { agents: 4, leads: 8 },
    breakIt: (_, state) => {
      state.isLeadClaimed = () => false;
      state.liveCallTo = () => null;
      return {};
    },
  },
  {
    what: 'a second person who answers is a winner too',
    caughtBy: ['P4', 'defect'],
    faults: { hangUpFails: 0.9 },
    breakIt: ({ store }) => ({
      store: {
        ...store,
        changeByCall: (callId, decide) =>
          store.changeByCall(callId, (scene) => decide(asIfNobodyHadWon(scene))),
      },
    }),
  },
  {
    what: 'the losers of a round are not hung up',
    caughtBy: ['P4'],
    breakIt: () => ({ telephony: { hangUp: async () => ({ kind: 'done' }) } }),
  },
  {
    what: 'nobody looks after calls whose deadline has passed',
    caughtBy: ['P5'],
    faults: { eventDropped: 0.3 },
    breakIt: () => ({ neglected: ['check-call'] }),
  },
  {
    what: 'a call is given up as soon as the provider cannot be asked about it',
    caughtBy: ['P1', 'P5', 'P9'],
    faults: { eventDropped: 0.4, lookUpFails: 0.5 },
    breakIt: ({ network }) => ({
      telephony: {
        lookUp: async (ref) => {
          const answer = await network.lookUp(ref, () => new Date(8.64e15));
          return answer.kind === 'unreachable' ? { kind: 'not_found' } : answer;
        },
      },
    }),
  },
  {
    what: 'the sweeper sees nothing',
    caughtBy: ['P5', 'never quiet'],
    faults: { hintLost: 0.2 },
    breakIt: ({ reconciliation }) => ({
      reconciliation: { ...reconciliation, dueWork: async () => [] },
    }),
  },
  {
    what: 'the CRM makes a new activity each time',
    caughtBy: ['P6'],
    faults: { crmAnswerLost: 0.2 },
    breakIt: ({ crm }) => {
      crm.isIdempotent = false;
      return {};
    },
  },
  {
    what: 'a disposition that was saved during the sync never reaches the CRM',
    caughtBy: ['P6'],
    breakIt: ({ crmSync }, state) => ({
      crmSync: {
        ...crmSync,
        synced: async (callId, result, now) => {
          const call = state.calls.get(callId);
          const revision = call?.state === 'COMPLETED' ? call.crm.revision : result.revision;
          return crmSync.synced(callId, { ...result, revision }, now);
        },
      },
    }),
  },
  {
    what: 'a webhook is answered before the event is stored',
    caughtBy: ['P7'],
    breakIt: ({ inbox }) => {
      let received = 0;
      return {
        inbox: {
          ...inbox,
          store: async (event) => {
            received += 1;
            return received % 20 === 0 ? 'stored' : inbox.store(event);
          },
        },
      };
    },
  },
  {
    what: 'a suppression is not kept',
    caughtBy: ['P8'],
    breakIt: (_, state) => {
      state.suppress = () => undefined;
      return {};
    },
  },
  {
    what: 'the queue’s calling window is not looked at',
    caughtBy: ['P8'],
    breakIt: ({ store }) => ({
      store: {
        ...store,
        fillLines: (sessionId, now, filling) =>
          store.fillLines(sessionId, now, {
            ...filling,
            judge: (candidate, scene) => filling.judge(candidate, withoutWindow(scene)),
          }),
      },
    }),
  },
  {
    what: 'a session fills one line too many',
    caughtBy: ['P9'],
    breakIt: ({ store }) => ({
      store: {
        ...store,
        fillLines: (sessionId, now, filling) =>
          store.fillLines(sessionId, now, {
            ...filling,
            open: (scene) => {
              const { take, session } = filling.open(scene);
              return { take: take > 0 ? take + 1 : 0, session };
            },
          }),
      },
    }),
  },
  {
    what: 'a metric is not counted',
    caughtBy: ['P10'],
    breakIt: ({ store }) => ({
      store: {
        ...store,
        changeByCall: (callId, decide) =>
          store.changeByCall(callId, (scene) => {
            const { change, answer } = decide(scene);
            if (change.session === undefined) return { change, answer };
            const session = { ...change.session, metrics: scene.session.metrics };
            return { change: { ...change, session }, answer };
          }),
      },
    }),
  },
  {
    what: 'nobody notices that an agent has gone',
    caughtBy: ['section 5'],
    plan: { agents: 6, leads: 60, shiftMinutes: 15 },
    breakIt: ({ presence }) => ({ presence: { ...presence, absent: async () => [] } }),
  },
  {
    what: 'a paused session leaves its calls to be placed',
    caughtBy: ['section 5', 'P2'],
    faults: { refusedLater: 0.6 },
    breakIt: ({ store }) => ({
      store: {
        ...store,
        changeSession: (sessionId, decide) =>
          store.changeSession(sessionId, (scene) => {
            const { change, answer } = decide(scene);
            if (change.session?.status !== 'PAUSED') return { change, answer };
            const session = { ...change.session, metrics: scene.session.metrics };
            return { change: { session }, answer };
          }),
      },
    }),
  },
];

const asIfNobodyHadWon = (scene: SceneOfCall): SceneOfCall => {
  const { call, item } = scene.subject;
  return {
    ...scene,
    session: { ...scene.session, winnerCallId: null },
    subject: { call: { ...call, cancellation: null }, item },
  };
};

const withoutWindow = (scene: Scene): Scene => ({
  ...scene,
  session: {
    ...scene.session,
    settings: { ...scene.session.settings, enforceWindow: false },
  },
});

describe('a world notices when', () => {
  it.each(BROKEN)('$what', async (broken) => {
    for (let seed = 1; seed <= WORLDS; seed += 1) {
      const plan = planFor(seed, broken);
      const { failure } = await runWorld(seed, { plan, breakIt: broken.breakIt });
      if (failure === null) continue;
      expect(broken.caughtBy, failure.saw).toContain(failure.promise);
      return;
    }
    expect.unreachable(`${WORLDS} worlds did not notice.`);
  });
});
