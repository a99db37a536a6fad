import { DEFAULT_DIALING_SETTINGS, type DialingSettings } from '@outdial/core';
import { Chance } from './chance.js';

/** How likely each thing goes wrong, each time that it could; 0: never. */
export interface WorldFaults {
  /** The process dies at a port call, before it or after it. */
  readonly dies: number;
  /** The database fails one call, before or after it has written. */
  readonly storeFails: number;
  readonly hintLost: number;
  readonly hintTwice: number;
  readonly hintLate: number;
  readonly eventDropped: number;
  readonly eventTwice: number;
  /** By up to two minutes; ordinary delays alone shuffle events. */
  readonly eventLate: number;
  readonly requestLost: number;
  readonly answerLost: number;
  /** The answer is lost while the request is still on its way to the network. */
  readonly connectionCut: number;
  readonly refusedLater: number;
  readonly numberRefused: number;
  readonly configurationRefused: number;
  /** Takes seconds to reach the network, or to come back. */
  readonly slow: number;
  readonly hangUpFails: number;
  readonly lookUpFails: number;
  /** Chance per minute that the network goes down for a while. */
  readonly goesDown: number;
  readonly crmFails: number;
  readonly crmAnswerLost: number;
  /** The CRM does not take a lead until a person fixes it. */
  readonly crmRejects: number;
}

export const NO_FAULTS: WorldFaults = {
  dies: 0,
  storeFails: 0,
  hintLost: 0,
  hintTwice: 0,
  hintLate: 0,
  eventDropped: 0,
  eventTwice: 0,
  eventLate: 0,
  requestLost: 0,
  answerLost: 0,
  connectionCut: 0,
  refusedLater: 0,
  numberRefused: 0,
  configurationRefused: 0,
  slow: 0,
  hangUpFails: 0,
  lookUpFails: 0,
  goesDown: 0,
  crmFails: 0,
  crmAnswerLost: 0,
  crmRejects: 0,
};

/** The worst of each that a world may draw. */
const WORST: WorldFaults = {
  dies: 0.003,
  storeFails: 0.01,
  hintLost: 0.15,
  hintTwice: 0.15,
  hintLate: 0.1,
  eventDropped: 0.3,
  eventTwice: 0.3,
  eventLate: 0.2,
  requestLost: 0.1,
  answerLost: 0.15,
  connectionCut: 0.1,
  refusedLater: 0.15,
  numberRefused: 0.05,
  configurationRefused: 0.02,
  slow: 0.15,
  hangUpFails: 0.4,
  lookUpFails: 0.4,
  goesDown: 0.15,
  crmFails: 0.3,
  crmAnswerLost: 0.2,
  crmRejects: 0.1,
};

/**
 * wired   many lines, hangs up, tells machines from people, carries our call id (the simulator, Twilio)
 * app     the agent's own phone app: one line, no hang-up, no id on placing, knows the agent's availability (Aircall)
 */
export type NetworkKind = 'wired' | 'app';

/** All that a world is given; what happens then is drawn as it goes. */
export interface WorldPlan {
  readonly seed: number;
  readonly start: Date;
  readonly shiftMinutes: number;
  /** By how much each node's clock is wrong; as many nodes as entries. */
  readonly clocksOffBy: readonly number[];
  readonly agents: number;
  readonly leads: number;
  readonly network: NetworkKind;
  /** When an admin disables the connection, and enables it again: milliseconds from the start. */
  readonly disabled: readonly { readonly fromMs: number; readonly toMs: number }[];
  readonly queues: readonly DialingSettings[];
  readonly faults: WorldFaults;
}

export function planWorld(seed: number): WorldPlan {
  const chance = new Chance(seed);
  const closesDuringShift = chance.happens(0.25);
  const network: NetworkKind = chance.happens(0.3) ? 'app' : 'wired';
  const shiftMinutes = chance.pick([3, 4, 5, 8]);
  return {
    seed,
    // 20:55 in New York, where most leads live, or the middle of their day.
    start: new Date(closesDuringShift ? '2026-03-05T01:55:00Z' : '2026-03-04T16:00:00Z'),
    shiftMinutes,
    clocksOffBy: drawClocks(chance),
    agents: chance.whole(2, chance.happens(0.2) ? 8 : 4),
    leads: chance.whole(8, chance.happens(0.2) ? 90 : 40),
    network,
    disabled: drawDisabled(seed, shiftMinutes),
    queues: Array.from({ length: chance.whole(1, 3) }, () => drawSettings(chance)).map(
      (settings, index) => ({ ...settings, ...drawContactLimits(seed, index) }),
    ),
    faults: chance.happens(0.1) ? NO_FAULTS : drawFaults(chance),
  };
}

/** In every fourth world, once or twice. Drawn apart, so that the other worlds are what they were. */
function drawDisabled(seed: number, shiftMinutes: number): WorldPlan['disabled'] {
  if (seed % 4 !== 1) return [];
  const chance = new Chance(seed * 11 + 17_000_023);
  return Array.from({ length: chance.whole(1, 2) }, () => {
    const fromMs = chance.whole(10_000, shiftMinutes * 60_000);
    return { fromMs, toMs: fromMs + chance.whole(5_000, 90_000) };
  });
}

function drawClocks(chance: Chance): number[] {
  if (chance.happens(0.55)) return [0];
  if (chance.happens(0.4)) return [0, 0];
  return [chance.whole(-30_000, 30_000), chance.whole(-30_000, 30_000)];
}

/** Drawn apart, so that the worlds of older seeds are otherwise what they were. Short: a shift lasts a few minutes. */
function drawContactLimits(
  seed: number,
  queue: number,
): Pick<DialingSettings, 'contactLimits' | 'enforceContactLimits'> {
  const chance = new Chance(seed * 7 + queue + 9_000_011);
  return {
    contactLimits: { gapSeconds: chance.whole(5, 90), callsPerDay: chance.whole(1, 6) },
    enforceContactLimits: chance.pick([null, true, false]),
  };
}

function drawSettings(chance: Chance): DialingSettings {
  const soon = (tries: number | null) => ({ delaySeconds: chance.whole(5, 240), tries });
  return {
    ...DEFAULT_DIALING_SETTINGS,
    delaySeconds: chance.whole(0, 5),
    wrapUpSeconds: chance.pick([0, 5, 30]),
    patienceSeconds: chance.pick([0, 30, 120]),
    ringSeconds: chance.pick([15, 25]),
    pauseWhenAwaySeconds: chance.pick([0, 60, 60]),
    ...(chance.happens(0.7) && {
      retryRules: {
        BUSY: soon(3),
        NO_ANSWER: soon(2),
        VOICEMAIL: soon(2),
        CANCELED_BY_DIALER: soon(null),
        FAILED: soon(2),
      },
    }),
    enforceWindow: chance.pick([null, true, false]),
  };
}

function drawFaults(chance: Chance): WorldFaults {
  const faults: Record<string, number> = {};
  for (const [name, worst] of Object.entries(WORST)) {
    faults[name] = chance.happens(0.55) ? chance.between(0, worst) : 0;
  }
  return {
    ...NO_FAULTS,
    ...faults,
    // Jobs are hints, and webhooks too: all must come right by looking alone.
    ...(chance.happens(0.05) && { hintLost: 1 }),
    ...(chance.happens(0.05) && { eventDropped: 1 }),
  };
}
