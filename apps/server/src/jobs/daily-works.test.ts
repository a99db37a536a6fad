import type { Cutoffs } from '@outdial/postgres';
import { expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../features/settings/default-settings.js';
import { dailyWorks } from './daily-works.js';

const NOW = new Date('2026-03-06T00:00:40.000Z');

function office({
  lastDay,
  historyDays = null,
}: {
  lastDay: string | null;
  historyDays?: number | null;
}) {
  const written: string[] = [];
  const cutoffs: Cutoffs[] = [];
  const done: string[] = [];
  const settings = {
    ...DEFAULT_SETTINGS,
    retention: { provider_events_days: 10, imports_days: 20, history_days: historyDays },
  };
  const works = dailyWorks({
    reports: {
      lastDay: async () => lastDay,
      async writeDay(day) {
        written.push(day);
        return { kind: 'written', rows: 1, stillLive: 0 };
      },
    },
    retention: {
      async deleteOld(given) {
        cutoffs.push(given);
        done.push('deleted');
        return { providerEvents: 3, imports: 2, calls: 1, outsideCalls: 6, waits: 5 };
      },
    },
    accounts: { forgetOld: async () => 4 },
    settings: {
      current: async () => ({ version: 1, updatedAt: null, settings }),
      put: () => Promise.reject(new Error('This test saves nothing.')),
      dialingFor: () => Promise.reject(new Error('This test dials nothing.')),
      onChange: () => () => undefined,
    },
    tidy: async () => void done.push('tidied'),
  });
  const run = (name: string, now = NOW): Promise<string> => {
    const work = works.find((each) => each.name === name);
    if (work === undefined) throw new Error(`There is no ${name}.`);
    return work.run(now);
  };
  return { run, written, cutoffs, done };
}

it('writes the report of yesterday, the first time too', async () => {
  const first = office({ lastDay: null });
  expect(await first.run('daily report')).toBe('Wrote the report of 2026-03-05.');
  expect(first.written).toEqual(['2026-03-05']);
});

it('writes the last report again, for the calls that went on over midnight', async () => {
  const { run, written } = office({ lastDay: '2026-03-04' });
  await run('daily report');
  expect(written).toEqual(['2026-03-04', '2026-03-05']);
});

it('writes the reports of the days that it missed, a month at most', async () => {
  const missed = office({ lastDay: '2026-02-26' });
  await missed.run('daily report');
  expect(missed.written).toEqual([
    '2026-02-26',
    '2026-02-27',
    '2026-02-28',
    '2026-03-01',
    '2026-03-02',
    '2026-03-03',
    '2026-03-04',
    '2026-03-05',
  ]);

  const away = office({ lastDay: '2025-06-01' });
  await away.run('daily report');
  expect(away.written).toHaveLength(32);
  expect(away.written[0]).toBe('2026-02-02');
  expect(away.written.at(-1)).toBe('2026-03-05');
});

it('may write the report of yesterday twice', async () => {
  const { run, written } = office({ lastDay: '2026-03-05' });
  await run('daily report');
  expect(written).toEqual(['2026-03-05']);
});

it('never counts a day again of which calls have been deleted since', async () => {
  const short = office({ lastDay: '2026-03-04', historyDays: 1 });
  await short.run('daily report');
  expect(short.written).toEqual(['2026-03-05']);

  const quiet = office({ lastDay: '2026-02-26', historyDays: 7 });
  await quiet.run('daily report');
  expect(quiet.written[0]).toBe('2026-02-27');
});

it('lets go of what is older than the configured ages, then tidies up', async () => {
  const { run, cutoffs, done } = office({ lastDay: null, historyDays: 365 });
  expect(await run('retention')).toBe(
    'Deleted 3 provider events, 2 imports, 1 calls, 6 calls outside the dialer, 5 promised waits that are over and 4 sign-ins.',
  );
  expect(cutoffs).toEqual([
    {
      providerEventsBefore: new Date('2026-02-24T00:00:40.000Z'),
      importsBefore: new Date('2026-02-14T00:00:40.000Z'),
      callsBefore: new Date('2025-03-06T00:00:40.000Z'),
      outsideCallsBefore: new Date('2026-02-26T00:00:40.000Z'),
      waitsOverBefore: new Date('2026-03-05T00:00:40.000Z'),
    },
  ]);
  expect(done).toEqual(['deleted', 'tidied']);
});

it('the history is kept for ever unless an admin set an age', async () => {
  const { run, cutoffs } = office({ lastDay: null });
  await run('retention');
  expect(cutoffs[0]?.callsBefore).toBeNull();
});
