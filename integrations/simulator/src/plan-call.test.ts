import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CallPlan, planCall, timelineOf } from './plan-call.js';
import { between, FAR_ENDS, type FarEnd, PROFILES, type Profile, problemsOf } from './profiles.js';

const SEED = 20260115;
const NUMBERS = Array.from({ length: 10_000 }, (_, index) => `+1415${5_000_000 + index}`);

const anyProfile = fc.constantFrom(...Object.values(PROFILES));
const anyCall = fc.record({
  seed: fc.integer(),
  profile: anyProfile,
  to: fc.stringMatching(/^\+[1-9]\d{6,14}$/),
  attempt: fc.integer({ min: 1, max: 9 }),
});

const plansOf = (profile: Profile, seed = SEED): readonly CallPlan[] =>
  NUMBERS.map((to) => planCall(seed, profile, to, 1));

const share = <T>(all: readonly T[], isOne: (one: T) => boolean): number =>
  (100 * all.filter(isOne).length) / all.length;

test('the same number, called for the same attempt, goes the same way', () => {
  fc.assert(
    fc.property(anyCall, ({ seed, profile, to, attempt }) => {
      const plan = planCall(seed, profile, to, attempt);
      planCall(seed + 1, profile, `${to}1`, attempt);
      expect(planCall(seed, profile, to, attempt)).toEqual(plan);
    }),
    { seed: 1 },
  );
});

test('another attempt and another seed are new draws', () => {
  const first = plansOf(PROFILES.even);
  const again = NUMBERS.map((to) => planCall(SEED, PROFILES.even, to, 2));
  const elsewhere = plansOf(PROFILES.even, SEED + 1);
  const changed = (plans: readonly CallPlan[]): number =>
    share(plans, (plan) => plan.farEnd !== first[plans.indexOf(plan)]?.farEnd);
  // Two independent draws differ with 1 - (0.40² + 0.25² + 0.20² + 0.15²), about 71 %.
  expect(changed(again)).toBeGreaterThan(67);
  expect(changed(elsewhere)).toBeGreaterThan(67);
});

test.each(Object.values(PROFILES))(
  'ten thousand numbers come out as the weights of "$name" say, within one and a half percent',
  (profile) => {
    const plans = plansOf(profile);
    for (const farEnd of FAR_ENDS) {
      const found = share(plans, (plan) => plan.farEnd === farEnd);
      expect(Math.abs(found - profile.weights[farEnd])).toBeLessThan(1.5);
    }
  },
);

test('forcing an outcome changes nothing else of the draw', () => {
  fc.assert(
    fc.property(anyCall, ({ seed, profile, to, attempt }) => {
      const plan = planCall(seed, profile, to, attempt);
      expect(planCall(seed, profile, to, attempt, plan.farEnd)).toEqual(plan);
    }),
    { seed: 1 },
  );
});

describe('the even profile', () => {
  const plans = plansOf(PROFILES.even);
  const timelines = plans.map((plan) => timelineOf(plan, 25, 1));

  test('the even profile decides every call after 3 to 8 seconds', () => {
    for (const plan of plans) {
      expect(plan.decidedAfterMs).toBeGreaterThanOrEqual(3_000);
      expect(plan.decidedAfterMs).toBeLessThanOrEqual(8_000);
    }
  });

  test('the even profile lets people talk for 10 to 40 seconds, unless told otherwise', () => {
    const talks = plans.filter(({ farEnd }) => farEnd === 'CONNECTED').map((plan) => plan.staysMs);
    expect(Math.min(...talks)).toBeGreaterThanOrEqual(10_000);
    expect(Math.max(...talks)).toBeLessThanOrEqual(40_000);
    const short = planCall(
      SEED,
      { ...PROFILES.even, talk: between(2, 3) },
      '+19075550110',
      1,
      'CONNECTED',
    );
    expect(short.staysMs).toBeGreaterThanOrEqual(2_000);
    expect(short.staysMs).toBeLessThanOrEqual(3_000);
  });

  test('the even profile rings before it is picked up, and never rings a busy line', () => {
    for (const { ringing, answered, ended, endCause } of timelines) {
      if (endCause === 'busy') expect(ringing).toBeNull();
      else expect(ringing).toBeLessThanOrEqual(answered ?? ended);
    }
  });
});

describe('the realistic profile at a ring limit of 25 seconds', () => {
  const timelines = plansOf(PROFILES.realistic).map((plan) => timelineOf(plan, 25, 1));
  const endedBy = (cause: string): number => share(timelines, ({ endCause }) => endCause === cause);
  const pickUps = (by: string): readonly number[] =>
    timelines.filter(({ answeredBy }) => answeredBy === by).map(({ answered }) => answered ?? 0);
  const within = (from: number, to: number) => (ms: number) => ms >= from && ms <= to;

  test('3 to 6 % are busy, 25 to 35 % unanswered, a few fail', () => {
    expect(within(3, 6)(endedBy('busy'))).toBe(true);
    expect(within(25, 35)(endedBy('no_answer'))).toBe(true);
    expect(within(0.3, 3)(endedBy('failed'))).toBe(true);
  });

  test('unanswered phones ring for the whole 25 seconds', () => {
    for (const { endCause, ringing, ended } of timelines) {
      if (endCause === 'no_answer') expect(ended - (ringing ?? 0)).toBe(25_000);
    }
  });

  test('most people pick up after 6 to 10 seconds, most mailboxes after 18 to 22', () => {
    expect(share(pickUps('PERSON'), within(6_000, 10_000))).toBeGreaterThan(70);
    expect(share(pickUps('MACHINE'), within(18_000, 22_000))).toBeGreaterThan(70);
  });

  test('a shorter ring limit turns late pick-ups into unanswered calls', () => {
    const short = plansOf(PROFILES.realistic).map((plan) => timelineOf(plan, 15, 1));
    // The source says over 50 % at a limit of 15 s.
    expect(share(short, ({ endCause }) => endCause === 'no_answer')).toBeGreaterThan(50);
    for (const { ringing, answered } of short) {
      if (answered !== null) expect(answered - (ringing ?? 0)).toBeLessThanOrEqual(15_000);
    }
  });
});

test('ten times the speed is a tenth of the time, and the same outcome', () => {
  fc.assert(
    fc.property(anyCall, ({ seed, profile, to, attempt }) => {
      const plan = planCall(seed, profile, to, attempt);
      const slow = timelineOf(plan, 25, 1);
      const fast = timelineOf(plan, 25, 10);
      expect(fast.endCause).toBe(slow.endCause);
      expect(Math.abs(fast.ended - slow.ended / 10)).toBeLessThanOrEqual(0.5);
    }),
    { seed: 1 },
  );
});

test('a profile that makes no sense is refused in words', () => {
  const none = Object.fromEntries(FAR_ENDS.map((farEnd) => [farEnd, 0])) as Record<FarEnd, number>;
  expect(problemsOf(PROFILES.even)).toEqual([]);
  expect(problemsOf(PROFILES.realistic)).toEqual([]);
  expect(problemsOf({ ...PROFILES.even, weights: none })).toHaveLength(1);
  expect(problemsOf({ ...PROFILES.even, talk: between(9, 3) })).toEqual([
    expect.stringMatching(/^talk needs/),
  ]);
  expect(problemsOf({ ...PROFILES.even, answer: [], busy: between(-1, 1) })).toHaveLength(2);
});
