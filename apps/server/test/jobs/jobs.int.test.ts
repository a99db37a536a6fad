import {
  createScheduledWorkStore,
  migrate,
  type OpenDatabase,
  openDatabase,
} from '@outdial/postgres';
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createScheduledWork, type DailyWork, nextAt } from '../../src/jobs/scheduled-work.js';

const HOUR = 3600_000;
const EVENING = Date.parse('2026-03-05T20:00:00.000Z');

let database: OpenDatabase;
beforeAll(async () => {
  database = await openDatabase({ dataDir: ':memory:' });
  await migrate(database.db);
});
afterAll(() => database.close());

let now: number;
let did: string[];
beforeEach(async () => {
  await sql`truncate scheduled_work`.execute(database.db);
  now = EVENING;
  did = [];
});

const work = (name: string, hour: number, run?: DailyWork['run']): DailyWork => ({
  name,
  hour,
  run:
    run ??
    (async (at) => {
      did.push(`${name} ${at.toISOString()}`);
      return `${name} is done.`;
    }),
});

const node = (...works: DailyWork[]) =>
  createScheduledWork(works, {
    store: createScheduledWorkStore(database.db),
    clock: { now: () => new Date(now) },
    log: pino({ level: 'silent' }),
  });

it('daily work is done once a day at its hour, however often it is checked', async () => {
  const office = node(work('report', 0), work('retention', 2));
  await office.plan();
  await office.runDue();
  expect(did).toEqual([]);

  for (let hour = 0; hour < 48; hour += 1) {
    now += HOUR;
    await office.runDue();
    await office.runDue();
  }
  expect(did).toEqual([
    'report 2026-03-06T00:00:00.000Z',
    'retention 2026-03-06T02:00:00.000Z',
    'report 2026-03-07T00:00:00.000Z',
    'retention 2026-03-07T02:00:00.000Z',
  ]);
  const [report] = await createScheduledWorkStore(database.db).list();
  expect(report).toMatchObject({
    name: 'report',
    dueAt: new Date('2026-03-08T00:00:00.000Z'),
    lastRun: new Date('2026-03-07T00:00:00.000Z'),
    lastNote: 'report is done.',
  });
});

it('is done by one of two nodes', async () => {
  const one = node(work('report', 0));
  const two = node(work('report', 0));
  await Promise.all([one.plan(), two.plan()]);
  now += 5 * HOUR;
  await Promise.all([one.runDue(), two.runDue(), one.runDue()]);
  expect(did).toHaveLength(1);
});

it('is done by another node when the first one died half-way', async () => {
  const dead = node(work('report', 0, () => new Promise<string>(() => undefined)));
  await dead.plan();
  now += 4 * HOUR;
  void dead.runDue();
  const heir = node(work('report', 0));
  await expect
    .poll(async () => (await createScheduledWorkStore(database.db).list())[0]?.dueAt)
    .toEqual(new Date(now + 15 * 60_000));
  await heir.runDue();
  expect(did).toEqual([]);
  now += 15 * 60_000;
  await heir.runDue();
  expect(did).toEqual(['report 2026-03-06T00:15:00.000Z']);
});

it('is tried again soon when it fails, and keeps nothing else from being done', async () => {
  let broken = true;
  const office = node(
    work('report', 0, async () => {
      if (broken) throw new Error('The database is away.');
      did.push('report');
      return 'done';
    }),
    work('retention', 0),
  );
  await office.plan();
  now += 4 * HOUR;
  await expect(office.runDue()).rejects.toThrow('The database is away.');
  now += 60_000;
  await office.runDue();
  expect(did).toEqual(['retention 2026-03-06T00:01:00.000Z']);
  broken = false;
  now += 15 * 60_000;
  await office.runDue();
  expect(did.at(-1)).toBe('report');
});

it('is caught up with at the next start after a night that the server was off', async () => {
  await node(work('report', 0)).plan();
  now += 13 * HOUR;
  const restarted = node(work('report', 0));
  await restarted.plan();
  await restarted.runDue();
  expect(did).toEqual(['report 2026-03-06T09:00:00.000Z']);
});

it('falls on the next such hour, never on this very moment', () => {
  expect(nextAt(0, new Date('2026-03-06T00:00:00.000Z'))).toEqual(
    new Date('2026-03-07T00:00:00.000Z'),
  );
  expect(nextAt(2, new Date('2026-12-31T23:59:59.999Z'))).toEqual(
    new Date('2027-01-01T02:00:00.000Z'),
  );
});
