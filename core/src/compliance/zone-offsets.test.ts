import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findTransition, offsetOf, rememberedOffsets } from './zone-offsets.js';

const HOUR = 3_600_000;

describe('time zone offsets', () => {
  it('time zone offsets finds the second at which New York puts its clocks forward', () => {
    const from = Date.parse('2026-03-08T00:00:00Z');
    const at = findTransition('America/New_York', from, from + 24 * HOUR, offsetOf);
    expect(new Date(at).toISOString()).toBe('2026-03-08T07:00:00.000Z');
  });

  it('time zone offsets are the same remembered as asked anew, at any instant of the year', () => {
    const zones = [
      'America/New_York',
      'Europe/Berlin',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'Africa/Casablanca',
    ];
    const remembered = rememberedOffsets();
    const instants = fc.integer({
      min: Date.parse('2025-06-01T00:00:00Z'),
      max: Date.parse('2027-06-01T00:00:00Z'),
    });
    fc.assert(
      fc.property(fc.constantFrom(...zones), instants, (zone, at) => {
        expect(remembered(zone, at)).toBe(offsetOf(zone, at));
      }),
      { numRuns: 2000, seed: 1 },
    );
  });

  it('time zone offsets are the same remembered as asked anew around each change of the clocks', () => {
    const remembered = rememberedOffsets();
    const changes = [
      ['America/New_York', '2026-03-08T07:00:00Z'],
      ['America/New_York', '2026-11-01T06:00:00Z'],
      ['Australia/Lord_Howe', '2026-04-04T15:00:00Z'],
      ['Europe/Berlin', '2026-10-25T01:00:00Z'],
    ] as const;
    for (const [zone, change] of changes) {
      for (const off of [-HOUR, -1000, -1, 0, 1, 1000, HOUR]) {
        const at = Date.parse(change) + off;
        expect(remembered(zone, at), `${zone} ${off}`).toBe(offsetOf(zone, at));
      }
    }
  });
});
