import type { AgentAtCarrier, Telephony } from '@outdial/core';
import {
  type Fate,
  type TelephonyHarness,
  telephonyContract,
} from '@outdial/testing/contracts/telephony';
import { createVirtualTime } from '@outdial/testing/virtual-time';
import { createMemoryNetwork } from '../test/memory-network.js';
import {
  createSimulator,
  type DeliveredEvent,
  type Forced,
  forcedBy,
  PROFILES,
  type Profile,
  planCall,
  type Simulator,
} from './index.js';

telephonyContract('the simulator', () => createHarness(1));
// What holds for one process holds for two: calls are placed by one and asked about at the other.
telephonyContract('the simulator of two nodes', () => createHarness(2));

const START = new Date('2026-01-15T15:00:00Z');

const SEED = 7;

/** Some people talk for half a minute, some for an hour; the harness reads in the plan which numbers to call. */
const PROFILE: Profile = {
  ...PROFILES.even,
  talk: [
    { weight: 1, from: 10, to: 40 },
    { weight: 1, from: 3600, to: 3600 },
  ],
};

const FORCED_FATES: Readonly<Record<Exclude<Fate, 'answers_at_length'>, Forced>> = {
  answers: { kind: 'far_end', farEnd: 'CONNECTED' },
  never_answers: { kind: 'far_end', farEnd: 'NO_ANSWER' },
  busy: { kind: 'far_end', farEnd: 'BUSY' },
  voicemail: { kind: 'far_end', farEnd: 'VOICEMAIL' },
  out_of_service: { kind: 'far_end', farEnd: 'FAILED' },
  refused: { kind: 'refused' },
  answer_lost: { kind: 'answer_lost', farEnd: 'CONNECTED' },
  request_lost: { kind: 'request_lost' },
  forgotten: { kind: 'forgotten' },
};

async function createHarness(nodes: 1 | 2): Promise<TelephonyHarness> {
  const time = createVirtualTime(START);
  const shared = createMemoryNetwork(time, 1);
  const events: DeliveredEvent[] = [];
  const used = new Set<string>();
  let losing = false;
  const simulators = Array.from({ length: nodes }, () =>
    createSimulator({
      seed: SEED,
      profile: PROFILE,
      timers: time,
      deliver(event) {
        if (!losing) events.push(event);
      },
      ...(nodes > 1 && { shared }),
    }),
  );
  for (const simulator of simulators) simulator.start();
  const [places, asked = places] = simulators as [Simulator, Simulator?];
  const telephony: Telephony = {
    ...places,
    hangUp: (ref) => asked.hangUp(ref),
    lookUp: (ref) => asked.lookUp(ref),
  };

  return {
    telephony,
    agents: [agent(1), agent(2)],
    exceptions: { credentials: 'The simulated network asks for no credentials.' },
    now: async () => time.now(),
    advance: (ms) => time.advance(ms),
    events: async () => events,
    async arrange(fate) {
      const number = numbersThat(fate).find((candidate) => !used.has(candidate));
      if (number === undefined) throw new Error(`No number is left that ${fate}.`);
      used.add(number);
      return number;
    },
    async setDown(down) {
      for (const simulator of simulators) simulator.setFaults({ down });
    },
    async loseEvents(lose) {
      losing = lose;
    },
    setAvailability: async () => {},
    revokeCredentials: async () => {},
    async close() {
      for (const simulator of simulators) await simulator.close();
    },
  };
}

function numbersThat(fate: Fate): readonly string[] {
  const numbers = (prefix: string): readonly string[] =>
    Array.from({ length: 100 }, (_, index) => `${prefix}${String(index).padStart(2, '0')}`);
  if (fate === 'answers_at_length') {
    return numbers('+141555501').filter((to) => {
      const plan = planCall(SEED, PROFILE, to, 1);
      return plan.farEnd === 'CONNECTED' && plan.staysMs >= 3_600_000;
    });
  }
  const wanted = JSON.stringify(FORCED_FATES[fate]);
  return numbers('+190755501').filter((to) => {
    const forced = forcedBy(to);
    const farEnd = forced && 'farEnd' in forced ? forced.farEnd : null;
    const talksShortly = planCall(SEED, PROFILE, to, 1, farEnd).staysMs < 60_000;
    return JSON.stringify(forced) === wanted && talksShortly;
  });
}

function agent(number: number): AgentAtCarrier {
  return {
    id: `agent-${number}`,
    name: `AgentAtCarrier ${number}`,
    email: `agent-${number}@example.com`,
    providerUserId: null,
    providerNumberId: null,
  };
}
