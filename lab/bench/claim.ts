import { type DialingCall, lineFilling } from '@outdial/core';
import { loadPrefixZones } from '@outdial/phone-zones';
import {
  createDialerStore,
  createLeadStore,
  createQueueStore,
  createSuppressionStore,
  type LeadFields,
  vacuumEmbedded,
} from '@outdial/postgres';
import { SIMULATOR_CAPABILITIES } from '@outdial/simulator';
import { aSession } from '@outdial/testing/contracts/store-world';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Bench, BenchOptions, Figure } from './figures.js';
import { percentile } from './figures.js';
import { onPGlite, onPostgres, type ScratchDatabase } from './scratch-databases.js';

/** A working day's noon in New York: inside the calling window from coast to coast, so that every lead may be called. */
const NOON = new Date('2026-03-06T17:00:00.000Z');
const LINES = 10;
const CONCURRENT_CLAIMS = 8;
const SUPPRESSED = 1_000_000;
const CANDIDATES_PER_TURN = 2_000;
const TURNS = 5;
const ids = { next: () => uuidv7() };

type Order = 'before' | 'after';

export const bench: Bench = {
  title: 'Claim',
  about:
    `Sessions with ${LINES} lines, ${CONCURRENT_CLAIMS} of them at once, fill their lines through the dialer store with the core's own judgement, ` +
    'calling window included, until 2,000 items are claimed (1,000 where a queue of 2,000 leads has no more): reading the scene, ' +
    'claiming, writing calls and items. ' +
    'Every second lead is suppressed, among 1,000,000 suppressed numbers; they were suppressed before the leads came, or after. ' +
    `The median of ${TURNS} turns. The yardstick claims as many rows of one bare table, ${LINES} a statement, ${CONCURRENT_CLAIMS} at once, with ` +
    '`UPDATE … (SELECT … LIMIT 10 FOR UPDATE SKIP LOCKED) RETURNING` and an index in the order of the claim.',
  cause:
    'On PostgreSQL both goals are reached; PGlite takes twice as long for the same 200 transactions, at every size of the queue, as its yardstick ' +
    'does. What a claim costs hardly grows with the queue on either.',
  minutesAtMost: 30,

  async run(options) {
    return [
      ...(await onPostgres((database) => measure(database, options))),
      ...(await onPGlite((database) => measure(database, options))),
    ];
  },
};

async function measure(database: ScratchDatabase, options: BenchOptions): Promise<Figure[]> {
  const sizes = options.quick ? [2_000, 20_000] : [2_000, 20_000, 200_000];
  const most = sizes.at(-1) ?? 0;
  const others = (options.quick ? SUPPRESSED / 10 : SUPPRESSED) - most / 2;
  await sql`
    insert into suppressions (phone, reason, source, created_at)
    select '+44' || lpad(i::text, 10, '0'), 'asked', 'import', ${NOON} from generate_series(1, ${others}::integer) i
  `.execute(database.db);
  // Code that has run before, and connections that are open.
  await measureQueue(database, 2_000, 'after', options);

  const figures: Figure[] = [];
  for (const order of ['before', 'after'] as const) {
    const costs = new Map<number, number>();
    for (const size of sizes) {
      const { perItem, items } = await measureQueue(database, size, order, options);
      costs.set(size, perItem);
      const bare = await bareClaims(database, size, items);
      const seconds = (perItem * 2_000) / 1000;
      figures.push({
        what: `${size.toLocaleString('en')} leads, half of them suppressed ${order} they came, ${database.name}: 2,000 items in`,
        value: seconds,
        unit: `s (${Math.round(1000 / perItem).toLocaleString('en')} items/s)`,
        yardstick: { what: 'bare', value: (bare * 2_000) / 1000, unit: 's' },
        ...(size === 200_000 && { goal: { says: 'under 0.5 s', reached: seconds < 0.5 } }),
      });
    }
    const growth = (costs.get(most) ?? 0) / (costs.get(2_000) ?? 1);
    figures.push({
      what: `cost per item at ${most.toLocaleString('en')} leads to that at 2,000, suppressed ${order}, ${database.name}`,
      value: growth,
      unit: 'times',
      goal: { says: 'at most 1.5 times', reached: growth <= 1.5 },
    });
  }
  return figures;
}

/** Milliseconds an item. */
async function measureQueue(
  database: ScratchDatabase,
  size: number,
  order: Order,
  { note }: BenchOptions,
): Promise<{ perItem: number; items: number }> {
  const items = Math.min(CANDIDATES_PER_TURN, size / 2);
  // A small queue is empty after one turn, so it is filled again for each.
  const fillings = size / 2 < CANDIDATES_PER_TURN * TURNS ? TURNS : 1;
  const turns: number[] = [];
  for (let filling = 0; filling < fillings; filling += 1) {
    const queueId = await fill(database, size, order, note);
    for (let turn = 0; turn < TURNS / fillings; turn += 1) {
      turns.push((await claimSome(database, queueId, items)) / items);
    }
  }
  return { perItem: percentile(turns, 0.5), items };
}

const BATCH = 5_000;

async function fill(
  database: ScratchDatabase,
  size: number,
  order: Order,
  note: BenchOptions['note'],
): Promise<string> {
  const { db } = database;
  await sql`delete from suppressions where phone like '+1%'`.execute(db);
  await sql`truncate leads, lead_phones, queues, queue_items, sessions, calls, campaign_handovers, campaign_numbers, queue_agents`.execute(
    db,
  );
  const suppress = async () => {
    const store = createSuppressionStore(db);
    for (let i = 0; i < size; i += 2 * BATCH) {
      const phones = Array.from({ length: Math.min(BATCH, (size - i) / 2) }, (_, n) =>
        phone(i + 2 * n),
      );
      await store.add(
        phones.map((each) => ({ phone: each, reason: 'asked', source: 'import' as const })),
        NOON,
      );
    }
  };
  if (size > 20_000) note(`${database.name}: ${size} leads, suppressed ${order}`);
  if (order === 'before') await suppress();
  const queue = await createQueueStore(db).create({ id: ids.next(), name: 'Bench' }, NOON);
  if (queue.kind !== 'created') throw new Error('The queue is there already.');
  const queueId = queue.queue.id;
  const leads = createLeadStore(db);
  for (let i = 0; i < size; i += BATCH) {
    await leads.upsertBatch(
      Array.from({ length: Math.min(BATCH, size - i) }, (_, n) => lead(i + n)),
      { duplicates: 'skip', queueId, firstPosition: i, now: NOON, ids },
    );
  }
  if (order === 'after') await suppress();
  // As autovacuum and, on the embedded database, the hourly tidying would have done.
  await vacuumEmbedded(db);
  return queueId;
}

/** Milliseconds for `items`, claimed by sessions made for it beforehand. */
async function claimSome(
  { db, dialing }: ScratchDatabase,
  queueId: string,
  items: number,
): Promise<number> {
  const store = createDialerStore(dialing);
  const waiting: string[] = [];
  for (let i = 0; i < items / LINES; i += 1) {
    const agentId = ids.next();
    await sql`
      insert into agents (id, name, email, presence, presence_since, created_at)
      values (${agentId}, 'Agent', ${`${agentId}@example.test`}, 'AVAILABLE', ${NOON}, ${NOON})`.execute(
      db,
    );
    const session = aSession(agentId, queueId, {
      id: ids.next(),
      lines: LINES,
      phaseSince: NOON,
      wakeAt: NOON,
      startedAt: NOON,
    });
    await store.createSession(session);
    waiting.push(session.id);
  }
  const prefixZones = await loadPrefixZones();
  const claimed: DialingCall[] = [];
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: CONCURRENT_CLAIMS }, async () => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const filling = lineFilling({
          capabilities: { ...SIMULATOR_CAPABILITIES, reachesRealPhones: true },
          prefixZones,
          nextId: ids.next,
          now: NOON,
          begins: true,
        });
        const applied = await store.fillLines(next, NOON, filling);
        claimed.push(...(applied?.answer.begun ?? []));
      }
    }),
  );
  const took = performance.now() - startedAt;
  if (claimed.length !== items)
    throw new Error(`${claimed.length} of ${items} items were claimed.`);
  const phones = claimed.map((call) => call.phone);
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from suppressions where phone = any(${phones}::text[])`.execute(db);
  if (rows[0]?.count !== 0) throw new Error('A suppressed number was claimed.');
  return took;
}

/** Milliseconds an item. */
async function bareClaims(
  { db, dialing }: ScratchDatabase,
  size: number,
  items: number,
): Promise<number> {
  await sql`drop table if exists bare_items`.execute(db);
  await sql`
    create table bare_items as
    select gen_random_uuid() as id, 'PENDING'::text as state, (i * 7919) % 100 as score, i as position
    from generate_series(1, ${size / 2}::integer) i`.execute(db);
  await sql`create unique index bare_items_id on bare_items (id)`.execute(db);
  await sql`create index bare_items_order on bare_items (score desc, position) where state = 'PENDING'`.execute(
    db,
  );
  await sql`vacuum analyze bare_items`.execute(db);
  const turns: number[] = [];
  for (let turn = 0; turn < Math.min(TURNS, size / 2 / items); turn += 1) {
    let left = items / LINES;
    const startedAt = performance.now();
    await Promise.all(
      Array.from({ length: CONCURRENT_CLAIMS }, async () => {
        while (left > 0) {
          left -= 1;
          const { rows } = await sql`
            update bare_items set state = 'CLAIMED' where id in (
              select id from bare_items where state = 'PENDING' order by score desc, position
              limit ${LINES} for update skip locked
            ) returning *`.execute(dialing);
          if (rows.length !== LINES) throw new Error(`A bare claim got ${rows.length} rows.`);
        }
      }),
    );
    turns.push((performance.now() - startedAt) / items);
  }
  return percentile(turns, 0.5);
}

const AREA_CODES = [212, 305, 312, 404, 415, 512, 617, 702, 713, 206];

/** Each only once, in no order that an index would like. */
/** Below exchange 901, so that none is a premium-rate number (976), which a claim holds. */
function phone(i: number): string {
  const area = AREA_CODES[i % AREA_CODES.length];
  return `+1${area}${String(2_000_000 + ((i * 7919) % 7_000_003)).padStart(7, '0')}`;
}

const lead = (i: number): LeadFields => ({
  name: `Person ${i}`,
  phone: phone(i),
  jobTitle: 'VP Sales',
  company: `Company ${i % 5000}`,
  email: `person${i}@company${i % 5000}.example`,
  headcount: '51-200',
  industry: ['Software', 'Logistics', 'Healthcare'][i % 3] ?? null,
  timeZone: null,
  score: (i * 31) % 100,
});
