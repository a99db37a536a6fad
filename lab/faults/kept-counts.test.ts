import { aCompletedCall, aRingingCall, NOON, savedAs } from '@outdial/testing/builders';
import { describe, expect, test } from 'vitest';
import { countsAreSums, type KeptCount } from './kept-counts.js';

const team = { queueId: 'spring', agentId: 'ada' };
const at = (time: string) => new Date(`2026-03-06T${time}Z`);
const talk = { ...team, outcome: 'CONNECTED', winner: true, queuedAt: at('23:50:01') } as const;
const said = savedAs('Interested', { savedAt: NOON });

const calls = [
  aCompletedCall('a', { ...talk, talkSeconds: 30, disposition: said }),
  aCompletedCall('b', { ...talk, talkSeconds: 12, disposition: said }),
  aCompletedCall('c', { ...team, outcome: 'BUSY', queuedAt: at('23:45:00') }),
  aRingingCall('live'),
];
const QUARTER = '2026-03-06T23:45:00.000Z spring';
const DAY = '2026-03-06 ada spring';
const TALKS = { of: 'call_counts', key: `${QUARTER} CONNECTED Interested` } as const;
const BUSY = { of: 'call_counts', key: `${QUARTER} BUSY Busy` } as const;
const kept: readonly KeptCount[] = [
  { ...TALKS, calls: 2, talkSeconds: 42 },
  { ...BUSY, calls: 1, talkSeconds: 0 },
  // What once was counted there, and no longer is.
  { of: 'call_counts', key: `${QUARTER} CONNECTED Connected`, calls: 0, talkSeconds: 0 },
  { of: 'agent_call_counts', key: `${DAY} CONNECTED`, calls: 2, talkSeconds: 42 },
  { of: 'agent_call_counts', key: `${DAY} BUSY`, calls: 1, talkSeconds: 0 },
];
const instead = (of: number, more: Partial<KeptCount>) =>
  kept.map((count, index) => (index === of ? { ...count, ...more } : count));

test('counts that are the sums over the calls that are over keep the promise', () => {
  expect(countsAreSums(calls, kept)).toEqual([]);
});

describe('a count that is not the sum of its calls is a broken promise:', () => {
  test.each<[string, readonly KeptCount[], RegExp]>([
    ['a call is missing', instead(0, { calls: 1 }), /Interested counts 1 calls of 42 s.* 2 of 42/],
    ['a call is counted twice', instead(4, { calls: 2 }), /ada spring BUSY counts 2 calls/],
    ['seconds are missing', instead(3, { talkSeconds: 30 }), /2 calls of 30 s/],
    ['a row is missing', kept.slice(0, 4), /^agent_call_counts: .* counts 0 calls/],
    ['a disposition did not move its call', instead(2, { calls: 1 }), /Connected counts 1 calls/],
  ])('%s', (_, counts, saw) => {
    expect(countsAreSums(calls, counts)).toEqual([
      { promise: 'P10', saw: expect.stringMatching(saw) },
    ]);
  });
});
