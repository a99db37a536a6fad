import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OUTCOMES, type Outcome } from '../call/outcome.js';
import { findDisposition } from '../disposition/find-disposition.js';
import { STANDARD_DISPOSITIONS } from '../disposition/standard-dispositions.js';
import { DEFAULT_DIALING_SETTINGS, type RetryRules } from '../settings/settings.js';
import { afterCall, afterDisposition, asOutcomeSays } from './after-call.js';
import type { QueueItem, QueueItemState } from './queue-item.js';

const rules = DEFAULT_DIALING_SETTINGS.retryRules;
const now = new Date('2026-01-15T15:00:00Z');
const claimed: QueueItem = {
  id: 'item',
  queueId: 'queue',
  leadId: 'lead',
  state: 'CLAIMED',
  priority: 0,
  dueAt: new Date('2026-01-15T14:00:00Z'),
  callback: false,
  attempts: 0,
  attemptsByOutcome: {},
  lastOutcome: null,
  heldReason: null,
  claimedBySessionId: 'session',
  createdAt: new Date('2026-01-10T00:00:00Z'),
};
const claim = (item: QueueItem): QueueItem => ({
  ...item,
  state: 'CLAIMED',
  claimedBySessionId: 'session',
});
/** Calls with these outcomes, one after the other, for as long as the item may be called. */
const callsWith = (...outcomes: readonly Outcome[]): QueueItem => {
  let item = claimed;
  for (const outcome of outcomes) item = afterCall(claim(item), outcome, rules, now);
  return item;
};
const disposition = (label: string) => {
  const found = findDisposition(STANDARD_DISPOSITIONS, label);
  if (found === null) throw new Error(`no disposition ${label}`);
  return found;
};

describe('a lead after a call', () => {
  it('a lead after a call whose line was busy is due again in 15 minutes', () => {
    expect(callsWith('BUSY')).toMatchObject({
      state: 'PENDING',
      dueAt: new Date('2026-01-15T15:15:00Z'),
      attempts: 1,
      attemptsByOutcome: { BUSY: 1 },
      lastOutcome: 'BUSY',
      claimedBySessionId: null,
    });
  });

  it.each([
    ['NO_ANSWER', '2026-01-15T19:00:00Z'],
    ['VOICEMAIL', '2026-01-16T15:00:00Z'],
    ['FAILED', '2026-01-15T15:10:00Z'],
    ['CANCELED_BY_DIALER', '2026-01-15T15:30:00Z'],
  ] as const)('with the outcome %s is due again at %s', (outcome, dueAt) => {
    expect(callsWith(outcome)).toMatchObject({ state: 'PENDING', dueAt: new Date(dueAt) });
  });

  it.each(['CONNECTED', 'ABANDONED'] as const)('with the outcome %s is done', (outcome) => {
    expect(callsWith(outcome)).toMatchObject({ state: 'DONE', claimedBySessionId: null });
  });

  it('a lead after a call is given up after the third busy line, and not before', () => {
    expect(callsWith('BUSY', 'BUSY').state).toBe('PENDING');
    expect(callsWith('BUSY', 'BUSY', 'BUSY').state).toBe('EXHAUSTED');
  });

  it('a lead after a call is given up for one outcome at a time: two busy lines and three unanswered calls are not too many', () => {
    expect(callsWith('BUSY', 'BUSY', 'NO_ANSWER', 'NO_ANSWER', 'NO_ANSWER').state).toBe('PENDING');
    expect(callsWith('BUSY', 'BUSY', 'NO_ANSWER', 'BUSY').state).toBe('EXHAUSTED');
  });

  it('a lead after a call is not given up however often another line connected first, nor does that count as an attempt', () => {
    const item = callsWith(...Array.from({ length: 50 }, (): Outcome => 'CANCELED_BY_DIALER'));
    expect(item).toMatchObject({ state: 'PENDING', attempts: 0 });
    expect(item.attemptsByOutcome).toEqual({ CANCELED_BY_DIALER: 50 });
  });

  it('a lead after a call is done when the queue has no rule for the outcome', () => {
    expect(afterCall(claimed, 'BUSY', {}, now).state).toBe('DONE');
  });

  it('who asked during the call to be called on Monday is due on Monday, before all others', () => {
    const monday = new Date('2026-01-19T09:00:00Z');
    expect(afterCall(claimed, 'CONNECTED', rules, now, monday)).toMatchObject({
      state: 'PENDING',
      callback: true,
      dueAt: monday,
      attempts: 1,
    });
  });

  it('a lead after a call keeps a promised callback when the dialer itself broke it off', () => {
    const callback = { ...claimed, callback: true };
    expect(afterCall(callback, 'CANCELED_BY_DIALER', rules, now).callback).toBe(true);
    expect(afterCall(callback, 'FAILED', rules, now).callback).toBe(true);
    expect(afterCall(callback, 'NO_ANSWER', rules, now).callback).toBe(false);
  });

  it('a lead after a call is not counted again when the same end is heard of twice', () => {
    const once = callsWith('NO_ANSWER');
    expect(afterCall(once, 'NO_ANSWER', rules, now)).toBe(once);
  });
});

describe('a lead after the agent’s disposition', () => {
  it('a lead after the agent’s disposition is called back at the time that was promised', () => {
    const at = new Date('2026-01-19T09:00:00Z');
    expect(
      afterDisposition(callsWith('CONNECTED'), disposition('Call Back'), at, now),
    ).toMatchObject({
      state: 'PENDING',
      callback: true,
      dueAt: at,
    });
  });

  it('a lead after the agent’s disposition is called back tomorrow when no time was named', () => {
    expect(
      afterDisposition(callsWith('CONNECTED'), disposition('Call Back'), null, now).dueAt,
    ).toEqual(new Date('2026-01-16T15:00:00Z'));
  });

  it('a lead after the agent’s disposition is due at once when the promised time is already past', () => {
    const past = new Date('2026-01-15T14:59:00Z');
    expect(
      afterDisposition(callsWith('CONNECTED'), disposition('Call Back'), past, now).dueAt,
    ).toEqual(now);
  });

  it('a lead after the agent’s disposition is called back even when the retry rules had given up', () => {
    const at = new Date('2026-01-19T09:00:00Z');
    const exhausted = callsWith('BUSY', 'BUSY', 'BUSY');
    expect(afterDisposition(exhausted, disposition('Call Back'), at, now).state).toBe('PENDING');
  });

  it('who is interested and named a day is called on that day', () => {
    const at = new Date('2026-01-19T09:00:00Z');
    expect(
      afterDisposition(callsWith('CONNECTED'), disposition('Interested'), at, now),
    ).toMatchObject({
      state: 'PENDING',
      callback: true,
      dueAt: at,
    });
  });

  it('a lead after the agent’s disposition is never called again when that is what they asked for, not even at a time they named', () => {
    const at = new Date('2026-01-19T09:00:00Z');
    const item = afterDisposition(callsWith('NO_ANSWER'), disposition('Do Not Call'), at, now);
    expect(item.state).toBe('SUPPRESSED');
    // A mistake can be taken back here; whether the number may be called is the store's to say (P8).
    expect(afterDisposition(item, disposition('Call Back'), at, now).state).toBe('PENDING');
  });

  it('a lead after the agent’s disposition is done when the agent says so, although the provider heard only a machine', () => {
    expect(
      afterDisposition(callsWith('VOICEMAIL'), disposition('Not Interested'), null, now).state,
    ).toBe('DONE');
  });

  it('a lead that the agent did not reach is called again as the rules say', () => {
    const item = callsWith('NO_ANSWER');
    expect(afterDisposition(item, disposition('No Answer'), null, now)).toBe(item);
  });

  it('a lead after the agent’s disposition is left alone while a call to them is going on', () => {
    expect(afterDisposition(claimed, disposition('Do Not Call'), null, now)).toBe(claimed);
  });
});

describe('a lead whose disposition was taken back', () => {
  it.each(['NO_ANSWER', 'VOICEMAIL', 'BUSY', 'CONNECTED'] as const)(
    'after %s is where the outcome had put it',
    (outcome) => {
      const before = callsWith(outcome);
      const said = afterDisposition(before, disposition('Not Interested'), null, now);
      expect(asOutcomeSays(said, { outcome, endedAt: now }, rules)).toEqual(before);
    },
  );

  it('a lead whose disposition was taken back is left alone once another call has ended since', () => {
    const done = afterDisposition(callsWith('BUSY'), disposition('Not Interested'), null, now);
    expect(asOutcomeSays(done, { outcome: 'NO_ANSWER', endedAt: now }, rules)).toBe(done);
  });
});

// --- for any history of calls ------------------------------------------------------------------------------------

const anyOutcome = fc.constantFrom(...OUTCOMES);
const anyRules: fc.Arbitrary<RetryRules> = fc
  .uniqueArray(
    fc.tuple(
      anyOutcome,
      fc.record({
        delaySeconds: fc.integer({ min: 0, max: 7 * 86_400 }),
        tries: fc.option(fc.integer({ min: 1, max: 6 }), { nil: null }),
      }),
    ),
    { selector: ([outcome]) => outcome },
  )
  .map((entries): RetryRules => Object.fromEntries(entries));

describe('a lead after any calls', () => {
  it('a lead after any calls gets exactly as many calls with an outcome as its rule allows, and every call is counted once', () => {
    fc.assert(
      fc.property(anyRules, fc.array(anyOutcome, { maxLength: 60 }), (given, outcomes) => {
        let item = claimed;
        const counts: Partial<Record<Outcome, number>> = {};
        for (const outcome of outcomes) {
          item = afterCall(claim(item), outcome, given, now);
          counts[outcome] = (counts[outcome] ?? 0) + 1;
          const rule = given[outcome];
          const expected: QueueItemState =
            rule === undefined
              ? 'DONE'
              : rule.tries !== null && (counts[outcome] ?? 0) >= rule.tries
                ? 'EXHAUSTED'
                : 'PENDING';
          expect(item.state).toBe(expected);
          expect(item.claimedBySessionId).toBeNull();
          expect(item.attemptsByOutcome).toEqual(counts);
          if (rule !== undefined && item.state === 'PENDING') {
            expect(item.dueAt.getTime()).toBe(now.getTime() + rule.delaySeconds * 1000);
          }
          if (item.state !== 'PENDING') break;
        }
        const canceled = counts.CANCELED_BY_DIALER ?? 0;
        const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
        expect(item.attempts).toBe(all - canceled);
      }),
      { seed: 5 },
    );
  });

  it('a lead after any calls is in one of the known states after any disposition, due in the future only if a callback or a retry', () => {
    const anyTime = fc.option(
      fc.date({ min: now, max: new Date('2027-01-01T00:00:00Z'), noInvalidDate: true }),
      {
        nil: null,
      },
    );
    fc.assert(
      fc.property(
        anyOutcome,
        fc.constantFrom(...STANDARD_DISPOSITIONS),
        anyTime,
        (outcome, said, at) => {
          const before = callsWith(outcome);
          const item = afterDisposition(before, said, at, now);
          expect(afterDisposition(item, said, at, now)).toEqual(item);
          if (said.effect === 'suppress_person') expect(item.state).toBe('SUPPRESSED');
          else if (said.effect === 'suppress_number')
            expect(item).toMatchObject({ state: 'PENDING', callback: false });
          else if (at !== null)
            expect(item).toMatchObject({ state: 'PENDING', callback: true, dueAt: at });
          else if (said.effect === 'ends_here' || said.effect === 'ends_everywhere')
            expect(item.state).toBe('DONE');
          else if (said.effect === 'keep') expect(item).toBe(before);
        },
      ),
      { seed: 6 },
    );
  });
});
