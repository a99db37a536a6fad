import type { Chance } from './chance.js';

/** What the far end does when its phone is called. */
export const FAR_ENDS = ['CONNECTED', 'NO_ANSWER', 'BUSY', 'VOICEMAIL', 'FAILED'] as const;
export type FarEnd = (typeof FAR_ENDS)[number];

/** Seconds, drawn from bands: first the band by its weight, then evenly within it. */
export type Spread = readonly Band[];
export interface Band {
  readonly weight: number;
  readonly from: number;
  readonly to: number;
}

/** How a population of phones behaves. All times are seconds after placing, unless they say otherwise. */
export interface Profile {
  readonly name: string;
  /** Relative to one another; they need not add up to 100. */
  readonly weights: Readonly<Record<FarEnd, number>>;
  /** Until the phone rings. Busy lines and dead numbers never ring. */
  readonly postDial: Spread;
  /** Until a person picks up. */
  readonly answer: Spread;
  /** Until the network gives up; `ring_limit`: the phone rings as long as the order allows. */
  readonly noAnswer: Spread | 'ring_limit';
  readonly busy: Spread;
  /** Until a mailbox picks up. */
  readonly voicemail: Spread;
  readonly failed: Spread;
  /** From the pick-up until the lead hangs up. */
  readonly talk: Spread;
  /** From the mailbox's pick-up until the network ends the call. */
  readonly greeting: Spread;
}

/** Evenly between two numbers of seconds. */
export const between = (from: number, to: number): Spread => [{ weight: 1, from, to }];

export type ProfileName = 'even' | 'realistic';

export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  /** Something happens on every call, soon: for demonstrations and tests. */
  even: {
    name: 'even',
    weights: { CONNECTED: 40, NO_ANSWER: 25, BUSY: 20, VOICEMAIL: 15, FAILED: 0 },
    postDial: between(0.5, 1.5),
    answer: between(3, 8),
    noAnswer: between(3, 8),
    busy: between(3, 8),
    voicemail: between(3, 8),
    failed: between(3, 8),
    talk: between(10, 40),
    greeting: between(1, 2),
  },
  /**
   * As call logs look: busy 3 to 6 %, no answer 25 to 35 % at 25 s of ringing, failures about 1 %, pick-ups around 6 to
   * 10 s and 18 to 22 s ("Call log analysis for the predictive dialing algorithms", UNICOM Intelligence 7.5 manual,
   * https://support.unicomsi.com/manuals/intelligence/75/DDL/InterviewServerArchitecture.08.133.html, read 2026-08).
   * The second cluster we take for mailboxes. Persons reached on cold calls are given as 5 % to 13 % (Cognism 2025,
   * Bridge Group, as quoted on vozah.com and appointmentsquad.com), more on known numbers; 15 % is our choice, and
   * mailboxes are the rest.
   */
  realistic: {
    name: 'realistic',
    weights: { CONNECTED: 15, NO_ANSWER: 30, BUSY: 4.5, VOICEMAIL: 49.5, FAILED: 1 },
    postDial: between(0.8, 2),
    answer: [
      { weight: 75, from: 6, to: 10 },
      { weight: 10, from: 2.5, to: 6 },
      { weight: 15, from: 10, to: 17 },
    ],
    noAnswer: 'ring_limit',
    busy: between(2, 5),
    voicemail: [
      { weight: 80, from: 18, to: 22 },
      // The phone is switched off: the mailbox answers at once.
      { weight: 15, from: 2.5, to: 5 },
      { weight: 5, from: 22, to: 25 },
    ],
    failed: between(1, 4),
    talk: [
      { weight: 55, from: 8, to: 45 },
      { weight: 35, from: 45, to: 180 },
      { weight: 10, from: 180, to: 480 },
    ],
    greeting: between(3, 6),
  },
};

/** Draws seconds. Always two draws, so that a changed spread changes no other draw. */
export function drawSeconds(spread: Spread, chance: Chance): number {
  const band = pick(spread, (candidate) => candidate.weight, chance);
  return band.from + chance.fraction() * (band.to - band.from);
}

/** One of several, by weight; one draw. */
export function pick<T>(choices: readonly T[], weight: (choice: T) => number, chance: Chance): T {
  const total = choices.reduce((sum, choice) => sum + weight(choice), 0);
  let left = chance.fraction() * total;
  let last: T | undefined;
  for (const choice of choices) {
    if (weight(choice) <= 0) continue;
    last = choice;
    left -= weight(choice);
    if (left < 0) return choice;
  }
  if (last === undefined) throw new Error('There must be a choice with a weight above 0.');
  return last;
}

/** Every problem of a profile in words; none when it can be used. */
export function problemsOf(profile: Profile): readonly string[] {
  const weights = FAR_ENDS.map((farEnd) => profile.weights[farEnd]);
  const problems: string[] = [];
  if (!weights.every(isAmount) || weights.every((weight) => weight === 0)) {
    problems.push('weights must be 0 or more, and one of them above 0');
  }
  const { name: _, weights: __, noAnswer, ...spreads } = profile;
  const named: readonly (readonly [string, Spread])[] = [
    ...Object.entries(spreads),
    ...(noAnswer === 'ring_limit' ? [] : [['noAnswer', noAnswer] as const]),
  ];
  for (const [name, spread] of named) {
    const bandsAreSound = spread.every(
      ({ weight, from, to }) => isAmount(weight) && isAmount(from) && isAmount(to) && from <= to,
    );
    if (!bandsAreSound || !spread.some(({ weight }) => weight > 0)) {
      problems.push(`${name} needs seconds with 0 <= from <= to and a weight above 0`);
    }
  }
  return problems;
}

const isAmount = (value: number): boolean => Number.isFinite(value) && value >= 0;
