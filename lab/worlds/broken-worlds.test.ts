import { DEFAULT_DIALING_SETTINGS, type Scene, type SceneOfCall } from '@outdial/core';
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

const SOON = { delaySeconds: 5, tries: 9 };
/** Nothing but the cap keeps a number from being called again and again. */
const CALLED_OFTEN = {
  ...DEFAULT_DIALING_SETTINGS,
  wrapUpSeconds: 0,
  ringSeconds: 15,
  patienceSeconds: 120,
  retryRules: {
    BUSY: SOON,
    NO_ANSWER: SOON,
    VOICEMAIL: SOON,
    FAILED: SOON,
    CANCELED_BY_DIALER: SOON,
  },
  contactLimits: { gapSeconds: 1, callsPerDay: 2 },
};

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
    what: 'the claim does not check whether the lead is on a live call',
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
    what: 'no node hears that the connection was disabled',
    caughtBy: ['defect'],
    breakIt: () => ({ isDeafToDisabling: true }),
  },
  {
    what: 'no job checks calls whose deadline has passed',
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
    what: 'a call is closed as never placed while its request may be under way',
    caughtBy: ['P1', 'P5', 'P9'],
    faults: { slow: 0.3, connectionCut: 0.3, dies: 0.003 },
    breakIt: () => ({
      unseenCalls: { knownForMs: () => Number.POSITIVE_INFINITY, forget: () => undefined },
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
    what: 'what a person says holds in the queue of the call only',
    caughtBy: ['P8'],
    plan: { leads: 8 },
    breakIt: (_, state) => {
      state.applyContact = () => ({
        suppressed: [],
        unsuppressed: [],
        queueIds: [],
        freedQueueIds: [],
      });
      return {};
    },
  },
  {
    what: 'the claim knows nothing of earlier calls to the number',
    caughtBy: ['P8'],
    plan: { leads: 8, network: 'app' },
    breakIt: (_, state) => {
      state.pastCallsTo = () => [];
      return {};
    },
  },
  {
    what: 'the claim gets the last call only, so the day’s calls are not counted',
    caughtBy: ['P8'],
    plan: {
      leads: 6,
      network: 'app',
      shiftMinutes: 8,
      start: new Date('2026-03-04T16:00:00Z'),
      queues: [CALLED_OFTEN],
    },
    breakIt: (_, state) => {
      const all = state.pastCallsTo.bind(state);
      state.pastCallsTo = (phone) => all(phone).slice(0, 1);
      return {};
    },
  },
  {
    what: 'gap and cap are not looked at',
    caughtBy: ['P8'],
    plan: { network: 'app' },
    breakIt: ({ store }) => ({
      store: {
        ...store,
        fillLines: (id, now, filling) =>
          store.fillLines(id, now, {
            ...filling,
            assess: (candidate, scene) => {
              const answer = filling.assess({ ...candidate, calls: [] }, scene);
              if (answer.kind !== 'call') return answer;
              const { clearance } = answer.call;
              return {
                kind: 'call',
                call: { ...answer.call, clearance: { ...clearance, contact: null } },
              };
            },
          }),
      },
    }),
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
            assess: (candidate, scene) => filling.assess(candidate, withoutWindow(scene)),
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
    what: 'the dialer does not notice that an agent is absent',
    caughtBy: ['P17'],
    plan: { agents: 6, leads: 60, shiftMinutes: 15 },
    breakIt: ({ presence }) => ({ presence: { ...presence, absent: async () => [] } }),
  },
  {
    what: 'every agent is taken for being at a screen',
    caughtBy: ['P17'],
    plan: { agents: 6, leads: 60, shiftMinutes: 15 },
    breakIt: ({ presence }) => ({
      presence: { ...presence, lastLive: async (_, now) => now },
    }),
  },
  {
    what: 'no agent counts as being at a screen when a person answers',
    caughtBy: ['P17'],
    plan: { agents: 6, leads: 60 },
    breakIt: ({ presence }) => ({
      presence: {
        ...presence,
        // Within reach for placing, and away for a person who answers.
        lastLive: async (_, now) => new Date(now.getTime() - 20_000),
      },
    }),
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
