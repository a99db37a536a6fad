import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import {
  createAuditLogStore,
  type Database,
  migrate,
  type OpenDatabase,
  openDatabase,
} from '@outdial/postgres';
import { createTestDatabase, type TestDatabase } from '@outdial/testing/services';
import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AuditEvent, AuditTrail } from '../../../src/access/audit-trail.js';
import { createAuditLog } from '../../../src/audit/audit-log.js';
import { createChain } from '../../../src/audit/chain.js';
import { createAuditTrail } from '../../../src/audit/create-audit-trail.js';
import { verifyAudit } from '../../../src/audit/verify.js';
import { internalKeys } from '../../../src/secrets/internal-keys.js';
import { createKeyring } from '../../../src/secrets/keyring.js';
import { createStage, expectProblem, STAGE_KEY, type Stage } from '../../harness/stage.js';
import { as } from '../../harness/stage-access.js';

const KEY = Buffer.alloc(32, 7);
const START = new Date('2026-11-20T15:00:00.123Z');
const ACTOR = { kind: 'user', id: '0191f000-0000-7000-8000-000000000001', name: 'Ada' } as const;
const event = (more: Partial<AuditEvent> = {}): AuditEvent => ({
  action: 'signed_in',
  actor: ACTOR,
  target: { kind: 'user', id: ACTOR.id },
  address: '203.0.113.7',
  requestId: 'request 1',
  details: { how: 'password' },
  ...more,
});

/** What the migration leaves. */
const EMPTIED = [
  sql`truncate audit_log, audit_head`,
  sql`insert into audit_head values (1, 0, decode(repeat('00', 32), 'hex'), '')`,
] as const;

describe.each(['PGlite', 'PostgreSQL'] as const)('the audit log, on %s', (kind) => {
  let database: OpenDatabase;
  let server: TestDatabase | undefined;
  let trail: AuditTrail;
  const logged: string[] = [];

  beforeAll(async () => {
    server = kind === 'PostgreSQL' ? await createTestDatabase() : undefined;
    database = await openDatabase(server ? { url: server.url } : { dataDir: ':memory:' });
    await migrate(database.db);
  });
  afterAll(async () => {
    await database.close();
    await server?.drop();
  });
  const db = (): Kysely<Database> => database.db;
  const trailOn = (of: Kysely<Database>) =>
    createAuditTrail(of, {
      clock: { now: () => START },
      key: KEY,
      log: { error: (_, message) => void logged.push(message) },
    });
  beforeEach(async () => {
    await beginAnew();
    logged.length = 0;
    trail = trailOn(db());
  });

  /** An attacker who may do everything to the database, and does not have SECRET_KEY. */
  async function asOwner(...statements: ReturnType<typeof sql>[]): Promise<void> {
    await db()
      .transaction()
      .execute(async (tx) => {
        await sql`alter table audit_log disable trigger all`.execute(tx);
        await sql`alter table audit_head disable trigger all`.execute(tx);
        for (const statement of statements) await statement.execute(tx);
        await sql`alter table audit_log enable trigger all`.execute(tx);
        await sql`alter table audit_head enable trigger all`.execute(tx);
      });
  }
  /** As at the first start of all. */
  async function beginAnew(): Promise<void> {
    await asOwner(...EMPTIED);
    await createAuditLogStore(db()).begin(createChain(KEY));
  }
  const verify = (noted: { seq: number; hash: string } | null = null) =>
    verifyAudit({ store: createAuditLogStore(db()), key: KEY }, noted);
  const found = async () =>
    (await verify()).findings.map(({ problem, seq }) => `${problem} ${seq}`);
  const write = async (count: number): Promise<void> => {
    for (let each = 1; each <= count; each += 1) {
      await trail.append(event({ requestId: `request ${each}` }));
    }
  };

  it('the audit log is seen at the next start to have been emptied, its key or head notwithstanding', async () => {
    const log = createAuditLog(db(), KEY);
    expect(await log.endsAsSealed()).toBe(true);
    await write(3);
    expect(await log.endsAsSealed()).toBe(true);
    await asOwner(sql`delete from audit_log`);
    expect(await log.endsAsSealed()).toBe(false);
    await asOwner(sql`delete from audit_head`);
    expect(await log.endsAsSealed()).toBe(false);
  });

  it('entries are numbered without a gap, and the check finds nothing in a log that was not changed', async () => {
    expect(await verify()).toMatchObject({ ok: true, entries: 0, head: null });
    await write(2);
    await Promise.all(Array.from({ length: 250 }, () => trail.append(event())));
    await trail.append(
      event({
        actor: { kind: 'system', id: null, name: 'ש\ud800\0 <ü>' },
        target: undefined,
        address: undefined,
        requestId: undefined,
        details: {
          big: 2 ** 60,
          tiny: -0,
          at: START,
          nested: { 'a\0b': ['\udc00'] },
          not: undefined,
        },
      }),
    );
    expect(await verify()).toMatchObject({ ok: true, entries: 253, head: { seq: 253 } });
  });

  it('the audit log cuts what is too long rather than to refuse it', async () => {
    const details = Object.fromEntries(
      Array.from({ length: 300 }, (_, at) => [`field ${at}`, 'x'.repeat(5_000)]),
    );
    await trail.append(event({ details, requestId: 'r'.repeat(5_000) }));
    const [entry] = await createAuditLogStore(db()).after(0, 1);
    expect(Buffer.byteLength(entry?.details ?? '')).toBeLessThan(33_000);
    expect(entry?.details).toContain('left_out');
    expect((await verify()).ok).toBe(true);
  });

  it('the audit log is not changed by accident', async () => {
    await write(1);
    for (const statement of [
      sql`update audit_log set actor_name = 'Eve'`,
      sql`delete from audit_log`,
      sql`truncate audit_log`,
      sql`delete from audit_head`,
    ]) {
      await expect(statement.execute(db())).rejects.toThrow('The audit log is append-only.');
    }
  });

  it.each([
    ['at', sql`at + interval '1 microsecond'`],
    ['actor_kind', sql`'api_key'`],
    ['actor_id', sql`null`],
    ['actor_name', sql`actor_name || ' '`],
    ['action', sql`'signed_out'`],
    ['target_kind', sql`null`],
    ['target_id', sql`'another'`],
    ['address', sql`''`],
    ['request_id', sql`null`],
    ['details', sql`'{"how": "password"}'`],
    ['hash', sql`decode(repeat('ab', 32), 'hex')`],
    ['prev_hash', sql`decode(repeat('ab', 32), 'hex')`],
  ])('shows that %s of an entry was changed, and of which', async (column, value) => {
    await write(3);
    await asOwner(sql`update audit_log set ${sql.ref(column)} = ${value} where seq = 2`);
    expect(await found()).toContain('altered 2');
    expect((await found()).every((finding) => /[23]$/.test(finding))).toBe(true);
  });

  it('the audit log shows entries that changed places, were removed, or were put in', async () => {
    const away = (seq: number) => sql`delete from audit_log where seq = ${seq}`;
    const cases = [
      [
        [
          sql`update audit_log set seq = 1002 where seq = 2`,
          sql`update audit_log set seq = 2 where seq = 3`,
          sql`update audit_log set seq = 3 where seq = 1002`,
        ],
        ['does_not_follow 2', 'altered 2', 'does_not_follow 3', 'altered 3', 'does_not_follow 4'],
      ],
      [[away(1)], ['missing 1']],
      [[away(3)], ['missing 3']],
      [[away(5)], ['missing 5']],
      [[away(3), away(4), away(5)], ['missing 3']],
      [[sql`delete from audit_log`], ['missing 1']],
      [
        [away(3), sql`update audit_log set seq = seq - 1 where seq > 3`],
        ['does_not_follow 3', 'altered 3', 'altered 4', 'missing 5'],
      ],
      [
        [
          sql`insert into audit_log select 6, at, actor_kind, actor_id, actor_name, action, target_kind, target_id, address,
            request_id, details, hash, hash from audit_log where seq = 5`,
        ],
        ['altered 6', 'beyond_head 6'],
      ],
      [[sql`update audit_head set seq = 4`], ['head_altered 4']],
      [
        [
          away(5),
          sql`update audit_head set seq = 4, hash = (select hash from audit_log where seq = 4)`,
        ],
        ['head_altered 4'],
      ],
      [[sql`delete from audit_head`], ['head_missing null']],
      [EMPTIED, ['head_altered 0']],
      [
        [sql`update audit_log set seq = seq + 1 where seq = 5`],
        ['missing 5', 'altered 6', 'beyond_head 6'],
      ],
    ] as const;
    for (const [statements, findings] of cases) {
      await beginAnew();
      await write(5);
      await asOwner(...statements);
      expect(await found()).toEqual(findings);
    }
  });

  it('the audit log keeps the gap where entries were cut off its end, however many are written since', async () => {
    await write(5);
    await asOwner(sql`delete from audit_log where seq > 3`);
    await write(2);
    expect(await found()).toEqual(['missing 4']);
    expect(logged).toEqual([]);
  });

  it.each([
    ['was removed', sql`delete from audit_head`],
    ['was put back to the beginning', sql`update audit_head set seq = 0`],
    [
      'was written by hand',
      sql`update audit_head set seq = 3, hash = (select hash from audit_log where seq = 3)`,
    ],
  ])('goes on when its head %s, tells of it, and never forgets it', async (_, statement) => {
    await write(5);
    await asOwner(sql`delete from audit_log where seq > 3`, statement);
    await write(2);
    expect(await found()).toEqual(['end_was_lost 4']);
    expect(logged).toHaveLength(1);
    expect((await createAuditLogStore(db()).after(3, 1))[0]).toMatchObject({
      action: 'audit_head_lost',
      actorKind: 'system',
    });
  });

  it('emptied, and begun anew with what the next people do, tells that it was', async () => {
    await write(5);
    await asOwner(...EMPTIED);
    // Only who makes the key makes the beginning.
    await write(2);
    expect(await found()).toEqual(['end_was_lost 1']);
    expect(logged).toHaveLength(1);
  });

  it('put back whole to an earlier day is found out by an end that was noted since', async () => {
    await write(3);
    const copy = await sql<{
      seq: number;
      hash: Buffer;
      seal: Buffer;
    }>`select * from audit_head`.execute(db());
    await write(2);
    const { head } = await verify();
    await asOwner(
      sql`delete from audit_log where seq > 3`,
      sql`update audit_head set seq = 3, hash = ${copy.rows[0]?.hash}, seal = ${copy.rows[0]?.seal}`,
    );
    expect(await found()).toEqual([]);
    expect((await verify(head)).findings).toMatchObject([{ problem: 'not_as_noted', seq: 5 }]);
    for (let each = 0; each < 2; each += 1) await trail.append(event({ address: '198.51.100.1' }));
    expect((await verify(head)).findings).toMatchObject([{ problem: 'not_as_noted', seq: 5 }]);
  });

  it('a valid entry cannot be made with another key', async () => {
    await write(2);
    const other = await verifyAudit({ store: createAuditLogStore(db()), key: Buffer.alloc(32, 8) });
    expect(other).toMatchObject({ ok: false, findings_total: 3 });
  });

  it('the audit log tells of the first hundred findings, and counts the rest', async () => {
    await Promise.all(Array.from({ length: 130 }, () => trail.append(event())));
    await asOwner(sql`update audit_log set actor_name = 'Eve'`);
    const verified = await verify();
    expect([verified.findings.length, verified.findings_total]).toEqual([100, 130]);
  });

  it('the audit log takes entries of two processes at once in one chain', async () => {
    const second = server === undefined ? database : await openDatabase({ url: server.url });
    try {
      const trails = [trail, trailOn(second.db)];
      await Promise.all(
        trails.flatMap((each) =>
          Array.from({ length: 20 }, async () => {
            for (let n = 0; n < 5; n += 1) await each.append(event());
          }),
        ),
      );
    } finally {
      if (second !== database) await second.close();
    }
    expect(await verify()).toMatchObject({ ok: true, entries: 200, head: { seq: 200 } });
  });

  it('the audit log refuses one entry that cannot be stored, and keeps those beside it', async () => {
    const bad = trail.append(event({ actor: { kind: 'user', id: 'no uuid', name: 'X' } }));
    const [first, second] = await Promise.allSettled([bad, trail.append(event())]);
    expect([first?.status, second?.status]).toEqual(['rejected', 'fulfilled']);
    expect(await verify()).toMatchObject({ ok: true, entries: 1 });
  });

  it('the audit log is searched from an index, whatever is asked, in a log of many entries', async () => {
    await asOwner(sql`
      insert into audit_log select n, ${START}::timestamptz + n * interval '1 s', 'user',
        ('0191f000-0000-7000-8000-' || lpad((n % 500)::text, 12, '0'))::uuid, 'Any user', 'signed_in', 'user',
        (n % 1000)::text, null, null, '{}', '', '' from generate_series(1, 20000) n`);
    await sql`analyze audit_log`.execute(db());
    const store = createAuditLogStore(db());
    for (const filter of [
      {},
      { action: 'signed_out' },
      { actorId: ACTOR.id },
      { targetId: '77', from: new Date(START.getTime() + 5_000_000) },
      { to: new Date(START.getTime() + 9_000) },
    ]) {
      const page = await store.list(filter, { limit: 5 });
      const seqs = page.rows.map(({ seq }) => seq);
      expect(seqs).toEqual([...seqs].sort((a, b) => b - a));
    }
    const { rows } = await sql<{ 'QUERY PLAN': string }>`explain select * from audit_log
      where target_id = '77' and at >= ${START} order by at desc, seq desc limit 5`.execute(db());
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    expect(plan).toContain('audit_log_target');
    expect(plan).not.toContain('Sort');
  });
});

describe('GET /api/audit', () => {
  let stage: Stage;
  let trail: AuditTrail;

  beforeAll(async () => {
    stage = await createStage();
    trail = createAuditTrail(stage.db, {
      clock: stage.time,
      key: STAGE_KEY,
      log: { error: () => undefined },
    });
    await createAuditLogStore(stage.db).begin(createChain(STAGE_KEY));
    for (let each = 1; each <= 5; each += 1) {
      await trail.append(event({ requestId: `request ${each}` }));
      await stage.time.advance(60_000);
    }
    await trail.append(
      event({
        action: 'exported',
        actor: { kind: 'api_key', id: '0191f000-0000-7000-8000-000000000002', name: 'The CRM' },
        target: { kind: 'history', id: 'export.csv' },
        details: { rows: 12, filter: { q: '100%_sure' } },
      }),
    );
  });
  afterAll(() => stage.close());
  const ask = (query: string) => stage.request('GET', `/api/audit${query}`);
  const seqs = async (query: string) =>
    (await ask(query)).body.entries.map((entry: { seq: number }) => entry.seq);

  it('GET /api/audit answers the newest first, page by page', async () => {
    const first = (await ask('?limit=4')).body;
    expect(first).toMatchObject({
      total: 6,
      entries: [{ seq: 6 }, { seq: 5 }, { seq: 4 }, { seq: 3 }],
    });
    expect(await seqs(`?limit=4&cursor=${first.next_cursor}`)).toEqual([2, 1]);
    expect(first.entries[0]).toMatchObject({
      action: 'exported',
      actor: { kind: 'api_key', name: 'The CRM' },
      target: { kind: 'history', id: 'export.csv' },
      details: { rows: 12 },
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expectProblem(await ask('?cursor=nonsense'), 400, 'invalid_cursor');
  });

  it.each([
    ['action=exported', [6]],
    [`actor_id=${ACTOR.id.toUpperCase()}&limit=2`, [5, 4]],
    ['target_id=export.csv', [6]],
    ['from=2026-11-20T15:03:00Z&to=2026-11-20T15:05:00Z', [5, 4]],
    ['q=crm', [6]],
    ['q=EXPORT', [6]],
    ['q=100%25_sure', [6]],
    ['q=_____________________________', []],
    ["q=';drop table audit_log;--", []],
    ['action=signed_in&q=nothing', []],
  ])('finds by %s', async (query, expected) => {
    expect(await seqs(`?${query}`)).toEqual(expected);
  });

  it('GET /api/audit says whether all is as it was written, also as of an end that was noted', async () => {
    const { body } = await stage.request('GET', '/api/audit/verify');
    expect(body).toMatchObject({ ok: true, entries: 6, head: { seq: 6 }, findings: [] });
    const noted = await stage.request('GET', `/api/audit/verify?head=3:${'0'.repeat(64)}`);
    expect(noted.body).toMatchObject({
      ok: false,
      findings: [{ problem: 'not_as_noted', seq: 3 }],
    });
    expectProblem(await stage.request('GET', '/api/audit/verify?head=3'), 400, 'invalid_request');
  });

  it('GET /api/audit is for admins', async () => {
    for (const path of ['/api/audit', '/api/audit/verify']) {
      for (const role of ['agent', 'supervisor'] as const) {
        const answer = await stage.request('GET', path, undefined, { authorization: as(role) });
        expectProblem(answer, 403, 'forbidden');
      }
    }
  });
});

describe('npm run audit:verify', () => {
  const SECRET_KEY = 'a phrase for tests, of thirty-two characters';
  let server: TestDatabase;
  let database: OpenDatabase;

  beforeAll(async () => {
    server = await createTestDatabase();
    database = await openDatabase({ url: server.url });
    await migrate(database.db);
  });
  afterAll(async () => {
    await database.close();
    await server.drop();
  });

  const main = fileURLToPath(new URL('../../../src/commands/verify-audit.ts', import.meta.url));
  const run = (args: readonly string[], environment: Record<string, string> = {}) =>
    new Promise<{ code: number | null; said: string }>((resolve) => {
      const child = spawn(
        process.execPath,
        ['--conditions=source', '--import', 'tsx', main, ...args],
        {
          env: { PATH: process.env.PATH, DATABASE_URL: server.url, SECRET_KEY, ...environment },
          stdio: ['ignore', 'pipe', 'pipe'],
        },
      );
      let said = '';
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk: Buffer) => {
          said += chunk.toString();
        });
      }
      child.on('close', (code) => resolve({ code, said }));
    });

  it('npm run audit:verify says what it found, and ends with 0, 1 or 2', async () => {
    const keyless = await run([]);
    expect(keyless).toMatchObject({
      code: 2,
      said: expect.stringContaining('no key of the audit log'),
    });
    const clock = { now: () => START };
    const keys = await internalKeys(database.db, createKeyring(SECRET_KEY), clock);
    const log = { error: () => undefined };
    const trail = createAuditTrail(database.db, { clock, key: keys.audit, log });
    for (let each = 0; each < 3; each += 1) await trail.append(event());
    const head = await createAuditLog(database.db, keys.audit).head();

    const good = await run(['--head', `${head?.seq}:${head?.hash}`]);
    expect(good).toMatchObject({
      code: 0,
      said: expect.stringContaining('4 entries, none changed'),
    });
    const wrongKey = await run([], { SECRET_KEY: 'another phrase of thirty-two characters!' });
    expect(wrongKey).toMatchObject({ code: 2, said: expect.stringContaining('SECRET_KEY') });
    expect((await run(['--head', 'nonsense'])).code).toBe(2);

    await sql`alter table audit_log disable trigger all`.execute(database.db);
    await sql`update audit_log set address = '198.51.100.1' where seq = 2`.execute(database.db);
    await sql`alter table audit_log enable trigger all`.execute(database.db);
    const bad = await run([]);
    expect(bad).toMatchObject({
      code: 1,
      said: expect.stringContaining('Entry 2 is not as it was written'),
    });
    expect(JSON.parse((await run(['--json'])).said)).toMatchObject({
      ok: false,
      findings_total: 1,
    });
  });
});
