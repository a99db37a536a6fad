import { type Kysely, sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import {
  createAgentStore,
  createApiKeyStore,
  createAuditLogStore,
  createHistory,
  createImportStore,
  createInboxViews,
  createLeadStore,
  createQueueItemStore,
  createQueueStore,
  createReportStore,
  createSessionViews,
  createSettingsStore,
  createSnapshot,
  createStatistics,
  createSuppressionStore,
  createUserStore,
  type Database,
  type PageRequest,
} from '../src/index.js';
import { interleaved } from './interleaved.js';
import { onEachDatabase } from './on-each-database.js';
import { id, NOW, phone, salesFloor } from './sales-floor.js';

/** Far from the ids that a sales floor gives out. */
const rowId = (number: number): string => id(0xfff000 + number);

/** One more row of a table, in one statement: what is not given is as in a row that is there. */
const addLike = (
  db: Kysely<Database>,
  table: keyof Database,
  key: Readonly<Record<string, unknown>>,
) =>
  sql`
  insert into ${sql.table(table)}
  select (jsonb_populate_record(null::${sql.table(table)}, to_jsonb(t) || ${JSON.stringify(key)}::jsonb)).*
  from (select * from ${sql.table(table)} limit 1) t`.execute(db);

interface List {
  readonly name: string;
  /** The first row. */
  first(db: Kysely<Database>): Promise<unknown>;
  table: keyof Database;
  key(number: number): Readonly<Record<string, unknown>>;
  read(
    db: Kysely<Database>,
    page: PageRequest,
  ): Promise<{ readonly total: number; readonly rows: readonly unknown[] }>;
}

async function aCall(db: Kysely<Database>) {
  const floor = salesFloor(db);
  const queueId = await floor.queue('Spring');
  const sessionId = await floor.session(await floor.agent('Rita Rep'), queueId);
  const leadId = await floor.lead('Ada', 1);
  await floor.item(queueId, leadId);
  await floor.endedCall(sessionId, leadId, 'NO_ANSWER');
}

const anImport = (db: Kysely<Database>) =>
  createImportStore(db).create(
    { id: rowId(0), fileName: 'leads.csv', options: {}, rowsTotal: 9, columnsKey: null },
    NOW,
    NOW,
  );

const aUser = (db: Kysely<Database>) =>
  sql`
  insert into users (id, email, name, role, password_hash, created_at)
  values (${rowId(0)}, 'user0@example.com', 'User', 'admin', '', ${NOW})`.execute(db);

const LISTS: readonly List[] = [
  {
    name: 'sessions',
    first: aCall,
    table: 'sessions',
    key: (n) => ({ id: rowId(n), status: 'STOPPED' }),
    read: (db, page) => createSessionViews(db).list({}, page),
  },
  {
    name: 'history',
    first: aCall,
    table: 'calls',
    key: (n) => ({ id: rowId(n) }),
    read: (db, page) => createHistory(db).list({ outcomes: ['NO_ANSWER'] }, page),
  },
  {
    name: 'queue items',
    first: async (db) => {
      await aCall(db);
      for (let n = 1; n <= 9; n += 1) {
        await addLike(db, 'leads', { id: rowId(n), phone: phone(n + 1) });
      }
    },
    table: 'queue_items',
    key: (n) => ({ id: rowId(n), lead_id: rowId(n) }),
    read: (db, page) => createQueueItemStore(db).list({}, page),
  },
  {
    name: 'agents',
    first: aCall,
    table: 'agents',
    key: (n) => ({ id: rowId(n), email: `agent${n}@example.com` }),
    read: (db, page) => createAgentStore(db).list(page),
  },
  {
    name: 'leads',
    first: aCall,
    table: 'leads',
    key: (n) => ({ id: rowId(n), phone: phone(n + 1) }),
    read: (db, page) => createLeadStore(db).list({}, { by: 'name', descending: false }, page),
  },
  {
    name: 'queues',
    first: aCall,
    table: 'queues',
    key: (n) => ({ id: rowId(n), name: `Queue ${n}` }),
    read: (db, page) => createQueueStore(db).list({}, page, NOW),
  },
  {
    name: 'suppressions',
    first: (db) =>
      createSuppressionStore(db).add([{ phone: phone(0), reason: 'x', source: 'person' }], NOW),
    table: 'suppressions',
    key: (n) => ({ phone: phone(n) }),
    read: (db, page) => createSuppressionStore(db).list({}, page),
  },
  {
    name: 'imports',
    first: anImport,
    table: 'imports',
    key: (n) => ({ id: rowId(n) }),
    read: (db, page) => createImportStore(db).list(page),
  },
  {
    name: "an import's lines",
    first: async (db) => {
      await anImport(db);
      await sql`insert into import_lines (import_id, line, position, fate, code, reason)
        values (${rowId(0)}, 2, 0, 'refused', 'x', 'is wrong')`.execute(db);
    },
    table: 'import_lines',
    key: (n) => ({ line: 2 + n }),
    read: (db, page) => createImportStore(db).lines(rowId(0), {}, page),
  },
  {
    name: 'provider events',
    first: (db) =>
      sql`insert into provider_events (id, provider, dedupe_key, payload, received_at, state)
        values (${rowId(0)}, 'simulator', 'k0', '{}', ${NOW}, 'DEAD')`.execute(db),
    table: 'provider_events',
    key: (n) => ({ id: rowId(n), dedupe_key: `k${n}` }),
    read: (db, page) => createInboxViews(db).list({}, page),
  },
  {
    name: 'versions of the settings',
    first: (db) => sql`insert into settings_versions values (1, '{}', ${NOW})`.execute(db),
    table: 'settings_versions',
    key: (n) => ({ version: 1 + n }),
    read: (db, page) => createSettingsStore(db).history(page),
  },
  {
    name: 'daily reports',
    first: (db) =>
      sql`
      insert into daily_reports values ('2026-03-05', ${rowId(0)}, ${rowId(0)}, 1, 1, 0, 0, '{}', 5, ${NOW})`.execute(
        db,
      ),
    table: 'daily_reports',
    key: (n) => ({ agent_id: rowId(n) }),
    read: (db, page) => createReportStore(db).list({}, page),
  },
  {
    name: 'users',
    first: aUser,
    table: 'users',
    key: (n) => ({ id: rowId(n), email: `user${n}@example.com` }),
    read: (db, page) => createUserStore(db).list({}, page),
  },
  {
    name: 'API keys',
    first: async (db) => {
      await aUser(db);
      await sql`
        insert into api_keys (id, name, prefix, key_hash, permissions, created_by, created_at)
        values (${rowId(0)}, 'Key 0', 'p', '\\x00', '{}', ${rowId(0)}, ${NOW})`.execute(db);
    },
    table: 'api_keys',
    key: (n) => ({ id: rowId(n), name: `Key ${n}`, key_hash: `\\x0${n}` }),
    read: (db, page) => createApiKeyStore(db).list(page),
  },
  {
    name: 'the audit log',
    first: (db) =>
      sql`
      insert into audit_log (seq, at, actor_kind, actor_name, action, details, prev_hash, hash)
      values (1, ${NOW}, 'system', 'test', 'lead_changed', '{}', '\\x00', '\\x00')`.execute(db),
    table: 'audit_log',
    key: (n) => ({ seq: 1 + n }),
    read: (db, page) => createAuditLogStore(db).list({}, page),
  },
];

onEachDatabase('one response is one moment', (db, kind) => {
  const floor = () => salesFloor(db());

  it.each(LISTS)('a page of $name and its total', async ({ first, table, key, read }) => {
    if (table !== 'audit_log') await sql`truncate users cascade`.execute(db());
    await first(db());
    await addLike(db(), table, key(1));
    const { answer, statements } = await interleaved(
      db(),
      kind,
      (watched) => read(watched, { limit: 1 }),
      (statement) => addLike(db(), table, key(1 + statement)),
    );
    expect(statements).toBeGreaterThan(1);
    expect(answer).toMatchObject({ total: 2 });
    expect(answer.rows).toHaveLength(1);
    expect((await read(db(), { limit: 9 })).total).toBe(2 + statements);
  });

  /** A session with nine ringing calls, and what ends one of them the way the dialer does: in one statement. */
  async function ringing() {
    const f = floor();
    const agentId = await f.agent('Rita Rep');
    const queueId = await f.queue('Spring');
    const sessionId = await f.session(agentId, queueId, { lines: 9, attempted: 9 });
    for (let n = 0; n < 9; n += 1) {
      const leadId = await f.lead(`Lead ${n}`, n);
      await f.liveCall(sessionId, leadId);
      await f.item(queueId, leadId, { state: 'CLAIMED', claimed_by_session_id: sessionId });
    }
    const endOne = () =>
      sql`
      with over as (
        update calls set state = 'COMPLETED', outcome = 'NO_ANSWER', ended_at = ${NOW}, crm_state = 'PENDING',
          crm_due_at = ${NOW}, deadline_at = null, talk_seconds = 0
        where id = (select id from calls where state = 'RINGING' order by id limit 1) returning lead_id
      ), item as (
        update queue_items set state = 'DONE', claimed_by_session_id = null from over where queue_items.lead_id = over.lead_id
      ), counted as (
        insert into call_counts as k values
          (date_bin('15 minutes', ${NOW}::timestamptz, 'epoch'), ${queueId}, 'NO_ANSWER', 'No Answer', 1, 0)
        on conflict (bucket, queue_id, outcome, disposition) do update set calls = k.calls + 1
      )
      update sessions set failed = failed + 1, version = version + 1 where id = ${sessionId}`.execute(
        db(),
      );
    return { agentId, queueId, sessionId, endOne };
  }

  it("a session's metrics are sums over the calls beside them (P10)", async () => {
    const { sessionId, endOne } = await ringing();
    const { answer, statements } = await interleaved(
      db(),
      kind,
      (watched) => createSessionViews(watched).view(sessionId, NOW, 4),
      endOne,
    );
    if (answer === null) throw new Error('There is no such session.');
    const { calls, metrics, activeCallIds } = answer;
    const live = calls.filter(({ state }) => state !== 'COMPLETED');
    expect(statements).toBeGreaterThan(2);
    expect(metrics).toEqual({ attempted: 9, connected: 0, failed: 0, canceled: 0 });
    expect(live).toHaveLength(9);
    expect(activeCallIds).toEqual(live.map((call) => call.id).reverse());
  });

  it('a session in a list or a live event shows the live calls of its metrics', async () => {
    const { sessionId, endOne } = await ringing();
    for (const read of [
      (on: Kysely<Database>) => createSessionViews(on).header(sessionId),
      async (on: Kysely<Database>) =>
        (await createSessionViews(on).list({}, { limit: 1 })).rows[0] ?? null,
    ]) {
      const { answer } = await interleaved(db(), kind, read, endOne);
      const { attempted, connected, failed, canceled } = answer?.metrics ?? NOTHING;
      expect(answer?.activeCallIds).toHaveLength(attempted - connected - failed - canceled);
    }
  });

  it("a queue's counts belong to the queue beside them", async () => {
    const { queueId, endOne } = await ringing();
    const change = async (statement: number) => {
      if (statement === 1)
        await sql`
        with renamed as (update queues set name = 'Autumn' where id = ${queueId})
        update queue_items set state = 'DONE', claimed_by_session_id = null where queue_id = ${queueId}`.execute(
          db(),
        );
    };
    const { answer } = await interleaved(
      db(),
      kind,
      (watched) => createQueueStore(watched).view(queueId, NOW),
      change,
    );
    expect(answer).toMatchObject({ name: 'Spring', counts: { claimed: 9, done: 0, total: 9 } });
    await endOne();
    const listed = await interleaved(
      db(),
      kind,
      (watched) => createQueueStore(watched).list({}, { limit: 9 }, NOW),
      () =>
        sql`with renamed as (update queues set name = 'Winter') delete from queue_items`.execute(
          db(),
        ),
    );
    expect(listed.answer.rows[0]).toMatchObject({ name: 'Autumn', counts: { total: 9 } });
  });

  it('statistics are sums over the same calls in every group', async () => {
    const { endOne } = await ringing();
    const { answer } = await interleaved(
      db(),
      kind,
      (watched) =>
        createStatistics(watched).read({
          from: new Date(NOW.getTime() - 86_400_000),
          to: new Date(NOW.getTime() + 86_400_000),
        }),
      endOne,
    );
    const { totals, byOutcome, byQueue } = answer;
    const over = byOutcome.reduce((sum, { calls }) => sum + calls, 0);
    expect(totals.attempted).toBe(over + totals.live);
    expect(byQueue[0]?.attempted).toBe(totals.attempted);
  });

  it("the dialer page's agent, session and next leads are of one moment", async () => {
    const { agentId, queueId, sessionId } = await ringing();
    const { answer } = await interleaved(
      db(),
      kind,
      (watched) =>
        createSnapshot(watched)(async (views) => ({
          agent: await views.agents.get(agentId),
          session: await views.sessions.view(sessionId, NOW),
          upNext: await views.queueItems.upNext(queueId, NOW, 9),
        })),
      () =>
        sql`
        with paused as (update sessions set status = 'PAUSED', phase = 'PAUSED' where id = ${sessionId})
        update queue_items set state = 'PENDING', claimed_by_session_id = null, due_at = ${NOW}`.execute(
          db(),
        ),
    );
    expect(answer).toMatchObject({
      agent: { status: 'DIALING' },
      session: { status: 'RUNNING' },
      upNext: [],
    });
  });

  describe('an import', () => {
    it('an import shows as many errors as it counts', async () => {
      await anImport(db());
      const { answer } = await interleaved(
        db(),
        kind,
        (watched) =>
          createSnapshot(watched)(async ({ imports }) => ({
            view: await imports.get(rowId(0)),
            errors: await imports.lines(rowId(0), { fate: 'refused' }, { limit: 1 }),
          })),
        (statement) =>
          sql`
          with failed as (update imports set failed_rows = failed_rows + 1)
          insert into import_lines (import_id, line, position, fate, code, reason)
          values (${rowId(0)}, ${1 + statement}, 0, 'refused', 'x', 'is wrong')`.execute(db()),
      );
      expect(answer.errors.total).toBe(answer.view?.failedRows);
    });
  });
});

const NOTHING = { attempted: 0, connected: 0, failed: 0, canceled: 0 };
