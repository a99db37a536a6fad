import { type OpenDatabase, openDatabase } from '@outdial/postgres';
import { createTestDatabase, type TestDatabase } from '@outdial/testing/services';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type RunningServer, startServer, until } from '../harness/running-server.js';

let database: TestDatabase;
/** Beside the server's own connections. */
let beside: OpenDatabase;
let server: RunningServer | undefined;
beforeEach(async () => {
  database = await createTestDatabase();
  beside = await openDatabase({ url: database.url, poolSize: 2 });
});
afterEach(async () => {
  await server?.close();
  await beside.close();
  await database.drop();
});

async function start(): Promise<RunningServer> {
  server = await startServer({
    DATABASE_URL: database.url,
    TELEPHONY: 'aircall',
    AIRCALL_API_ID: 'id',
    AIRCALL_API_TOKEN: 'token',
    // No process listens there.
    AIRCALL_BASE_URL: 'http://127.0.0.1:9',
    AIRCALL_WEBHOOK_TOKEN: 'the-right-token',
  });
  return server;
}

/** What Aircall tells of calls that are none of ours: three events each, every fourth call inbound. */
function eventOf(index: number): string {
  const call = Math.floor(index / 3);
  const event = ['call.created', 'call.answered', 'call.ended'][index % 3];
  return JSON.stringify({
    resource: 'call',
    event,
    timestamp: 1_772_791_200 + index,
    token: 'the-right-token',
    data: {
      id: 780_000_000 + call,
      direction: call % 4 === 3 ? 'inbound' : 'outbound',
      raw_digits: '+1 202-555-0101',
      started_at: 1_772_791_200 + call,
      user: { id: 456, name: 'Ada', email: 'ada@example.test' },
    },
  });
}

const post = (url: string, body: string) =>
  fetch(`${url}/webhooks/aircall`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
  });

const count = async (where = sql<boolean>`true`): Promise<number> => {
  const { rows } = await sql<{ count: number }>`
    select count(*)::integer as count from provider_events where ${where}`.execute(beside.db);
  return rows[0]?.count ?? 0;
};

it('absorbs a burst: every event that was answered with 200 is kept once, and is worked on in the end', async () => {
  const { url } = await start();
  const events = Array.from({ length: 2_400 }, (_, index) => eventOf(index));
  // Every tenth is delivered twice.
  const deliveries = events.flatMap((event, index) =>
    index % 10 === 0 ? [event, event] : [event],
  );
  const answers: Record<string, number> = {};
  let next = 0;
  const deliver = async (): Promise<void> => {
    for (;;) {
      const body = deliveries[next];
      next += 1;
      if (body === undefined) return;
      const response = await post(url, body);
      const { message } = (await response.json()) as { message: string };
      const answer = `${response.status} ${message}`;
      answers[answer] = (answers[answer] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: 60 }, deliver));
  expect(answers).toEqual({ '200 stored': 2_400, '200 duplicate': 240 });
  expect(await count()).toBe(2_400);
  await until('every event is worked on', async () => {
    return (await count(sql`state = 'PENDING'`)) === 0;
  });
  expect(await count(sql`state = 'IGNORED'`)).toBe(2_400);
});

it('a webhook is answered only after its event is stored, however slow the database is', async () => {
  const { url } = await start();
  const answered: number[] = [];
  let answering: Promise<unknown> = Promise.resolve();
  await beside.db.transaction().execute(async (transaction) => {
    await sql`lock table provider_events in share mode`.execute(transaction);
    answering = Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        answered.push((await post(url, eventOf(index))).status);
      }),
    );
    await until('the server waits for the database', async () => {
      const { rows } = await sql<{ waits: boolean }>`select exists (
        select from pg_locks where relation = 'provider_events'::regclass and not granted
      ) as waits`.execute(transaction);
      return rows[0]?.waits ?? false;
    });
    expect(answered).toEqual([]);
  });
  await answering;
  expect(answered).toEqual(Array.from({ length: 20 }, () => 200));
  expect(await count()).toBe(20);
});

it('has an event sent again that comes while the database is away', async () => {
  const { url } = await start();
  const elsewhere = new URL(database.url);
  const name = elsewhere.pathname.slice(1);
  elsewhere.pathname = '/postgres';
  const administrator = await openDatabase({ url: elsewhere.href, poolSize: 1 });
  const allow = (allowed: boolean) =>
    sql`alter database ${sql.id(name)} with allow_connections ${sql.lit(allowed)}`.execute(
      administrator.db,
    );
  try {
    await allow(false);
    await sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = ${name} and application_name = 'outdial'`.execute(administrator.db);
    const response = await post(url, eventOf(1));
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('5');
    expect(await response.json()).toMatchObject({ code: 'not_ready' });
  } finally {
    await allow(true);
    await administrator.close();
  }
  expect((await post(url, eventOf(1))).status).toBe(200);
  expect(await count()).toBe(1);
});
