import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ContactLimitsQuestion, mayCallAgain } from './contact-limits.js';

const MINUTE = 60_000;
const noon = new Date('2026-03-09T16:00:00Z'); // 12:00 in New York, 09:00 in Los Angeles
const at = (text: string) => new Date(text);
const call = (dialedAt: Date, seconds = 20) => ({
  dialedAt,
  endedAt: new Date(dialedAt.getTime() + seconds * 1000),
});
const minutesAgo = (minutes: number) => call(new Date(noon.getTime() - minutes * MINUTE), 0);
const ask = (more: Partial<ContactLimitsQuestion> = {}) =>
  mayCallAgain({
    calls: [],
    item: { callback: false, lastOutcome: null },
    limits: { gapSeconds: 600, callsPerDay: 3 },
    enforce: true,
    zones: ['America/New_York'],
    now: noon,
    ...more,
  });

describe('a number on a call outside the dialer', () => {
  const open = (minutes: number) => ({
    dialedAt: new Date(noon.getTime() - minutes * MINUTE),
    endedAt: null,
  });

  it.each([false, true])('waits, also for a call-back (promised: %s)', (callback) => {
    const item = { callback, lastOutcome: null };
    expect(ask({ calls: [open(5)], item })).toEqual({
      kind: 'not_now',
      until: new Date(noon.getTime() + 10 * MINUTE),
      reason: 'on a call outside the dialer, as the provider reports',
    });
  });

  it('a number on a call outside the dialer is taken for free after two hours: the end was not reported', () => {
    expect(ask({ calls: [open(119)] })).toMatchObject({ kind: 'not_now' });
    expect(ask({ calls: [open(120)] })).toMatchObject({
      kind: 'clear',
      contact: { callsToday: 1, lastEndedAt: open(120).dialedAt },
    });
  });
});

describe('the gap between two calls to a number', () => {
  it('the gap between two calls to a number is counted from the end of the last one, in whichever queue it was', () => {
    const calls = [call(at('2026-03-09T15:30:00Z'), 25 * 60), minutesAgo(300)];
    expect(ask({ calls })).toEqual({
      kind: 'not_now',
      until: at('2026-03-09T16:05:00Z'),
      reason: 'called 5 minutes ago; calls to a number are 10 minutes apart',
    });
  });

  it('the gap between two calls to a number is over after exactly its length', () => {
    expect(ask({ calls: [minutesAgo(10)] })).toMatchObject({ kind: 'clear' });
    const justBefore = new Date(noon.getTime() - 1);
    expect(ask({ calls: [minutesAgo(10)], now: justBefore })).toMatchObject({
      kind: 'not_now',
      until: noon,
    });
  });

  it('the gap between two calls to a number does not keep a person waiting who asked to be called back sooner', () => {
    const item = { callback: true, lastOutcome: 'CONNECTED' as const };
    expect(ask({ calls: [minutesAgo(5)], item })).toMatchObject({
      kind: 'clear',
      contact: { promised: true },
    });
  });

  it.each(['CANCELED_BY_DIALER', 'FAILED'] as const)(
    'counts for a call-back that ended as %s: the phone may have rung',
    (lastOutcome) => {
      expect(ask({ calls: [minutesAgo(5)], item: { callback: true, lastOutcome } })).toMatchObject({
        kind: 'not_now',
      });
    },
  );
});

describe('the cap on the calls of a day', () => {
  const three = [minutesAgo(20), minutesAgo(60), minutesAgo(90)];

  it('the cap on the calls of a day holds a number until midnight where the person is, and says so', () => {
    expect(ask({ calls: three })).toEqual({
      kind: 'not_now',
      until: at('2026-03-10T04:00:00Z'),
      reason: 'called 3 times today; a number is called at most 3 times a day',
    });
  });

  it('the cap on the calls of a day counts the local day: yesterday evening there is not today', () => {
    const lastNight = call(at('2026-03-09T03:30:00Z')); // 23:30 the day before in New York
    expect(ask({ calls: [minutesAgo(20), minutesAgo(60), lastNight] })).toMatchObject({
      kind: 'clear',
      contact: { callsToday: 2, callsPerDay: 3, gapSeconds: 600 },
    });
  });

  it('the cap on the calls of a day must have room in every zone that is possible, and waits for the last midnight', () => {
    const zones = ['America/New_York', 'America/Los_Angeles'];
    const early = [call(at('2026-03-09T07:30:00Z')), call(at('2026-03-09T07:50:00Z'))]; // 00:30 and 00:50 in Los Angeles
    expect(ask({ calls: [minutesAgo(20), ...early], zones })).toMatchObject({
      kind: 'not_now',
      until: at('2026-03-10T07:00:00Z'),
    });
  });

  it('the cap on the calls of a day ends at the right midnight on the day on which clocks change', () => {
    const now = at('2026-03-08T18:00:00Z'); // the night before was an hour short
    const calls = [1, 2, 3].map((h) => call(new Date(now.getTime() - h * 30 * MINUTE)));
    expect(ask({ calls, now })).toMatchObject({ until: at('2026-03-09T04:00:00Z') });
    const before = at('2026-03-07T18:00:00Z');
    const then = [1, 2, 3].map((h) => call(new Date(before.getTime() - h * 30 * MINUTE)));
    expect(ask({ calls: then, now: before })).toMatchObject({ until: at('2026-03-08T05:00:00Z') });
  });

  it('the cap on the calls of a day does not break a promised call-back', () => {
    const item = { callback: true, lastOutcome: 'CONNECTED' as const };
    expect(ask({ calls: three, item })).toMatchObject({ kind: 'clear' });
  });

  it('the cap on the calls of a day counts by the day of UTC where no zone is known', () => {
    const calls = [1, 2, 3].map((h) => minutesAgo(h * 60));
    expect(ask({ calls, zones: [] })).toMatchObject({ until: at('2026-03-10T00:00:00Z') });
  });
});

describe('the limits of contact', () => {
  it('the limits of contact leave no trace where they are not enforced', () => {
    expect(ask({ calls: [minutesAgo(0)], enforce: false })).toEqual({
      kind: 'clear',
      contact: null,
    });
  });

  it('the limits of contact let the same call through at the time that a refusal names, and not a millisecond before', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 3000 }), { maxLength: 8 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 7200 }),
        fc.constantFrom(['America/New_York'], ['Asia/Tokyo', 'Europe/Berlin'], []),
        (minutes, callsPerDay, gapSeconds, zones) => {
          const question = {
            calls: minutes.map(minutesAgo),
            limits: { gapSeconds, callsPerDay },
            zones,
          };
          let now = noon;
          for (let step = 0; step < 4; step += 1) {
            const answer = ask({ ...question, now });
            if (answer.kind === 'clear') return;
            expect(answer.until > now).toBe(true);
            const justBefore = new Date(answer.until.getTime() - 1);
            expect(ask({ ...question, now: justBefore }).kind).toBe('not_now');
            now = answer.until;
          }
          expect(ask({ ...question, now }).kind).toBe('clear');
        },
      ),
      { seed: 7 },
    );
  });
});
