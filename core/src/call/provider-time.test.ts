import { NOON, secondsAfter } from '@outdial/testing/builders';
import { describe, expect, it } from 'vitest';
import { believedTime, possibleFacts } from './provider-time.js';

const receivedAt = secondsAfter(60);
const around = { dialedAt: NOON, receivedAt, skewMs: 0 };

describe('a provider’s time', () => {
  it('a provider’s time is taken by our clock, and as the receipt where it means nothing', () => {
    expect(believedTime(secondsAfter(10), receivedAt, -12_000)).toEqual(secondsAfter(22));
    expect(believedTime(new Date('2100-01-01'), receivedAt, 0)).toEqual(receivedAt);
    expect(believedTime(new Date(0), receivedAt, 0)).toEqual(receivedAt);
    expect(believedTime(secondsAfter(-12 * 3600), receivedAt, 0)).toEqual(secondsAfter(-12 * 3600));
  });

  it('a provider’s time within the call stays as it is', () => {
    const facts = { ringingAt: secondsAfter(2), answeredAt: secondsAfter(5) };
    expect(possibleFacts(facts, around)).toEqual({ facts, movedMs: 0 });
  });

  it('a provider’s time of a clock whose skew is measured is corrected, and nothing has to be moved', () => {
    const facts = { answeredAt: secondsAfter(-7), endedAt: secondsAfter(23) };
    const { facts: possible, movedMs } = possibleFacts(facts, { ...around, skewMs: -12_000 });
    expect(possible).toEqual({ answeredAt: secondsAfter(5), endedAt: secondsAfter(35) });
    expect(movedMs).toBe(0);
  });

  it('a provider’s time that is impossible becomes the nearest that is possible', () => {
    const facts = { ringingAt: secondsAfter(-12), endedAt: new Date('2100-01-01T00:00:00Z') };
    const { facts: possible, movedMs } = possibleFacts(facts, around);
    expect(possible).toEqual({ ringingAt: NOON, endedAt: receivedAt });
    expect(movedMs).toBeGreaterThan(12_000);
  });

  it('an impossible time is moved the same way however often it is reported', () => {
    const facts = { endedAt: new Date('2100-01-01T00:00:00Z') };
    const once = possibleFacts(facts, around).facts;
    expect(possibleFacts(once, around)).toEqual({ facts: once, movedMs: 0 });
  });
});
