import { expect, test } from 'vitest';
import {
  compare,
  comparisonTable,
  grewTooMuch,
  readMetrics,
  type Sample,
  sampleOf,
} from './figures.js';

const MEGABYTE = 1024 * 1024;
const steady: Sample = {
  atMs: 0,
  residentBytes: 300 * MEGABYTE,
  heapBytes: 80 * MEGABYTE,
  loopDelayP50: 10,
  loopDelayP99: 30,
  resources: 40,
  openFiles: 60,
  liveCalls: 150,
  eventsWaiting: 3,
  callsWithoutActivity: 10,
  callsCompleted: 1_000,
  repairs: 4,
};
/** Ten samples; from the first to the last this grows so many times. */
const growing = (what: keyof Sample, times: number): Sample[] =>
  Array.from({ length: 10 }, (_, at) => ({
    ...steady,
    [what]: steady[what] * (1 + ((times - 1) * at) / 9),
  }));
const grown = (samples: readonly Sample[]): string[] =>
  compare(samples, 400)
    .filter(grewTooMuch)
    .map(({ what }) => what);

test('a day that ends as it began has grown nowhere', () => {
  expect(grown(growing('callsCompleted', 50))).toEqual([]);
});

test.each([
  ['residentBytes', 4, 'resident memory'],
  ['heapBytes', 4, 'heap after collection'],
  ['loopDelayP99', 20, 'event-loop delay p99'],
  ['resources', 5, 'open handles and timers'],
  ['openFiles', 3, 'open files and sockets'],
  ['liveCalls', 4, 'live calls'],
  ['eventsWaiting', 1_000, 'provider events that wait'],
  ['callsWithoutActivity', 300, 'calls without an activity'],
] as const)('a leak is reported: %s', (what, times, told) => {
  expect(grown(growing(what, times))).toEqual([told]);
  expect(comparisonTable(compare(growing(what, times), 400))).toMatch(/GREW/);
});

test('one bad moment decides nothing', () => {
  const samples = growing('callsCompleted', 2);
  expect(grown(samples.with(9, { ...steady, loopDelayP99: 5_000, heapBytes: 1e10 }))).toEqual([]);
});

test('figures of several nodes are added, the worst delay counts, and shared rows count once', () => {
  const text = (delay: number): string =>
    [
      '# HELP process_resident_memory_bytes',
      'process_resident_memory_bytes 100',
      `nodejs_eventloop_lag_p99_seconds ${delay}`,
      'nodejs_active_resources_total 7',
      'outdial_calls_live{state="RINGING"} 3',
      'outdial_calls_live{state="IN_PROGRESS"} 4',
      'outdial_inbox_events{state="PENDING"} 2',
      'outdial_inbox_events{state="DEAD"} 9',
    ].join('\n');
  expect(sampleOf([readMetrics(text(0.01)), readMetrics(text(0.05))], 5)).toMatchObject({
    atMs: 5,
    residentBytes: 200,
    loopDelayP99: 50,
    resources: 14,
    liveCalls: 7,
    eventsWaiting: 2,
  });
});
