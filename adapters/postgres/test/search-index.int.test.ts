import fc from 'fast-check';
import { type Kysely, sql } from 'kysely';
import { expect, it } from 'vitest';
import type { SearchLimits } from '../src/engine/search-rows.js';
import {
  createAuditLogStore,
  createHistory,
  createLeadStore,
  type Database,
  fillSearchIndex,
} from '../src/index.js';
import { onEachDatabase } from './on-each-database.js';
import { id, minutes, NOW, phone, salesFloor } from './sales-floor.js';

/** So low that a few dozen rows take every way that millions would. */
const LIMITS: readonly SearchLimits[] = [
  { firstWalk: 2_000, longWalk: 30_000, gathered: 10_000, sample: 10_000 },
  { firstWalk: 3, longWalk: 5, gathered: 1_000, sample: 10_000 },
  { firstWalk: 1, longWalk: 6, gathered: 2, sample: 10_000 },
  { firstWalk: 1, longWalk: 2, gathered: 0, sample: 10_000 },
];

const NAMES = [
  'Jürgen Müller',
  'Anna Łódź',
  "O'Brien \\ & Söhne",
  'x',
  '李小龍',
  '100 % sure_',
  'aaaa',
  'Mary-Ann "Q" Smith',
  "it's ':* (a | b) !c <-> d",
  '  spaced   out  ',
  `long ${'na '.repeat(90)}end of it`,
  'Zoë\nNewline',
];
const COMPANIES = [null, 'Große GmbH', 'Acme & Sons', 'A', '株式会社'];
const WORDS = [
  ...['muller', 'ü', 'lodz', "o'b", '\\', '&', 'söh', 'x', '李', '小龍', '%', 'e_', 'aa', 'aaaaa'],
  ...["'", "':*", '| b', '<->', 'na na', 'end of', 'zoe', 'e\nN', 'gmbh', 'acm', 'qq', 'erased'],
  ...[
    '1202',
    '+1 (202) 555',
    '0013',
    '5550',
    '7',
    'n',
    '\u0301',
    '株',
    '12025550003',
    'no such word',
  ],
];

/** The promise of the list, word by word, over every row. */
const plainly = (q: string, text: ReturnType<typeof sql.ref>) =>
  sql<boolean>`coalesce(position(plain_text(${q.trim()}::text) in plain_text(${text})) > 0, false)`;
const digitsIn = (q: string, column: ReturnType<typeof sql.ref>) => {
  const digits = q.replace(/\D/g, '').replace(/^0+(?=.)/, '');
  return /^[\d\s()+./-]+$/.test(q.trim()) && digits !== ''
    ? sql<boolean>`position(${digits}::text in ${column}) > 0`
    : sql<boolean>`false`;
};

async function pagesOf<T>(
  page: (cursor: string | undefined) => Promise<{ rows: readonly T[]; nextCursor: string | null }>,
): Promise<readonly T[]> {
  const all: T[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const { rows, nextCursor } = await page(cursor ?? undefined);
    all.push(...rows);
    cursor = nextCursor;
  }
  return all;
}

onEachDatabase('a search with its index', (db) => {
  it('finds what a look at every call and lead finds, page by page, whatever the index has reached', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            name: fc.constantFrom(...NAMES),
            company: fc.constantFrom(...COMPANIES),
            calls: fc.array(fc.nat(30), { maxLength: 3 }),
            later: fc.constantFrom(
              'stays',
              'is renamed',
              'moves',
              'is deleted',
              'is erased',
              'loses calls',
            ),
            renamed: fc.constantFrom(...NAMES),
          }),
          { minLength: 1, maxLength: 14 },
        ),
        fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 6 }),
        fc.constantFrom(...LIMITS),
        fc.constantFrom('before', 'between', 'twice', 'never'),
        fc.boolean(),
        async (people, words, limits, filled, oneAgent) => {
          await tidy(db());
          const floor = salesFloor(db());
          const queueId = await floor.queue('Queue');
          const agents = [await floor.agent('Ada'), await floor.agent('Bob')];
          const sessions = [
            await floor.session(agents[0] ?? '', queueId),
            await floor.session(agents[1] ?? '', queueId),
          ];
          const made: { leadId: string; later: string; renamed: string; at: number }[] = [];
          for (const [at, { name, company, calls, later, renamed }] of people.entries()) {
            const leadId = await floor.lead(name, at, company === null ? {} : { company });
            for (const [n, minute] of calls.entries()) {
              await floor.endedCall(sessions[n % 2] ?? '', leadId, n ? 'BUSY' : 'NO_ANSWER', {
                ended_at: minutes(minute),
              });
            }
            made.push({ leadId, later, renamed, at });
          }
          if (filled !== 'never' && filled !== 'before') await fillSearchIndex(db());
          for (const { leadId, later, renamed, at } of made)
            await change(db(), leadId, later, renamed, at);
          if (filled === 'twice' || filled === 'before') await fillSearchIndex(db());

          const agentId = oneAgent ? agents[0] : undefined;
          const history = createHistory(db(), limits);
          const leads = createLeadStore(db(), null, limits);
          for (const q of words) {
            const expected = await sql<{ id: string }>`
              select calls.id from calls left join leads on leads.id = calls.lead_id
              where (${agentId ?? null}::uuid is null or calls.agent_id = ${agentId ?? null}::uuid) and (
                ${plainly(q, sql.ref('calls.lead_name'))} or ${plainly(q, sql.ref('leads.name'))}
                or ${digitsIn(q, sql.ref('calls.phone'))})
              order by calls.ended_at desc, calls.id desc`.execute(db());
            const ids = expected.rows.map((row) => row.id);
            const filter = { q, agentId };
            const found = await pagesOf((cursor) => history.list(filter, { limit: 4, cursor }));
            expect(found.map((call) => call.id)).toEqual(ids);
            expect((await history.list(filter, { limit: 1 })).total).toBe(ids.length);
            expect(await history.count(filter)).toBe(ids.length);
            const exported: string[] = [];
            for await (const batch of history.export(filter, 3)) {
              exported.push(...batch.map((call) => call.id));
            }
            expect(exported).toEqual(ids);

            for (const sorting of [
              { by: 'name', descending: false },
              { by: 'company', descending: true },
            ] as const) {
              const order =
                sorting.by === 'name'
                  ? sql`leads.name, leads.id`
                  : sql`coalesce(leads.company, '') desc, leads.id desc`;
              const people = await sql<{ id: string }>`
                select id from leads where erased_at is null and (
                  ${plainly(q, sql.ref('leads.name'))} or ${plainly(q, sql.ref('leads.company'))}
                  or ${plainly(q, sql.ref('leads.email'))} or ${digitsIn(q, sql.ref('leads.phone'))})
                order by ${order}`.execute(db());
              const listed = await pagesOf((cursor) =>
                leads.list({ q }, sorting, { limit: 3, cursor }),
              );
              expect(listed.map((lead) => lead.id)).toEqual(people.rows.map((row) => row.id));
            }
          }
        },
      ),
      { numRuns: 25 },
    );
  }, 240_000);

  it('keeps nothing of a person who was erased, and no name that only deleted calls had', async () => {
    const floor = salesFloor(db());
    const session = await floor.session(await floor.agent('Ada'), await floor.queue('Queue'));
    const erased = await floor.lead('Secret Erased', 1, { company: 'Secret Inc' });
    const gone = await floor.lead('Secret Gone', 2);
    const renamed = await floor.lead('Secret Renamed', 3);
    for (const lead of [erased, gone, renamed]) await floor.endedCall(session, lead, 'BUSY');
    await fillSearchIndex(db());
    expect(await texts(db())).toContain('secret');
    await change(db(), erased, 'is erased', '', 1);
    await change(db(), renamed, 'is renamed', 'Another Person', 3);
    await sql`delete from leads where id = ${gone}`.execute(db());
    await fillSearchIndex(db());
    expect(await texts(db())).toContain('secret gone');
    await sql`delete from calls where lead_id in (${gone}, ${renamed})`.execute(db());
    // Already before the index is filled again.
    expect(await texts(db())).not.toContain('secret');
    await fillSearchIndex(db());
    expect(await texts(db())).not.toContain('secret');
    expect(await texts(db())).toContain('another person');
  });

  it('fills the index once when several nodes do so at the same moment', async () => {
    const floor = salesFloor(db());
    for (let n = 0; n < 450; n += 1) await floor.lead(`Person ${n}`, n);
    const filled = await Promise.all([1, 2, 3].map(() => fillSearchIndex(db())));
    await fillSearchIndex(db());
    expect(filled.reduce((sum, { leads }) => sum + leads, 0)).toBeLessThanOrEqual(450);
    const { rows } = await sql<{ leads: number; open: number }>`
      select (select count(*)::integer from lead_search) as leads,
        (select count(*)::integer from lead_search_queue) as open`.execute(db());
    expect(rows).toEqual([{ leads: 450, open: 0 }]);
  });

  it('finds entries of the audit log as a look at each of them does', async () => {
    const insert = (seq: number, details: unknown) => sql`
      insert into audit_log (seq, at, actor_kind, actor_name, action, target_kind, target_id, details, prev_hash, hash)
      values (${seq}, ${minutes((seq * 7) % 5)}, 'user', ${NAMES[seq % NAMES.length]}, 'changed', 'lead', ${id(seq)},
        ${JSON.stringify(details)}::json, '', '')`;
    const { rows: last } = await sql<{ seq: number }>`
      select coalesce(max(seq), 0) as seq from audit_log`.execute(db());
    const first = (last[0]?.seq ?? 0) + 1;
    for (let n = 0; n < 130; n += 1) {
      const details = {
        fields: [NAMES[(n * 5) % NAMES.length]],
        n,
        big: n === 7 ? 'wide '.repeat(900) : '',
      };
      await insert(first + n, details).execute(db());
      if (n === 110) await fillSearchIndex(db());
    }
    for (const limits of LIMITS) {
      const log = createAuditLogStore(db(), limits);
      for (const q of [
        ...WORDS.slice(0, 20),
        ...['{"fields":["anna', '"n":7', 'wide wide', 'lead', '0089', 'no such word'],
      ]) {
        for (const targetId of [undefined, id(first + 9)]) {
          const { rows } = await sql<{ seq: number }>`
            select seq from audit_log
            where (${targetId ?? null}::text is null or target_id = ${targetId ?? null}) and (
              ${plainly(q, sql.ref('actor_name'))} or ${plainly(q, sql.ref('target_id'))}
              or ${plainly(q, sql.ref('target_kind'))}
              or position(plain_text(${q.trim()}::text) in plain_text(details::text)) > 0)
            order by at desc, seq desc`.execute(db());
          const found = await pagesOf((cursor) => log.list({ q, targetId }, { limit: 20, cursor }));
          expect(found.map((entry) => entry.seq)).toEqual(rows.map((row) => row.seq));
        }
      }
    }
  }, 120_000);

  it('says that a total is an estimate where it did not count', async () => {
    const floor = salesFloor(db());
    const session = await floor.session(await floor.agent('Ada'), await floor.queue('Queue'));
    for (let n = 0; n < 40; n += 1) {
      await floor.endedCall(session, await floor.lead(n % 2 ? 'Odd' : 'Even', n), 'BUSY');
    }
    await fillSearchIndex(db());
    const limits = { firstWalk: 10, longWalk: 20, gathered: 5, sample: 30 };
    const page = await createHistory(db(), limits).list({ q: 'odd' }, { limit: 2 });
    expect(page).toMatchObject({ total: 20, totalIsEstimate: true });
    const few = await createHistory(db(), { ...limits, sample: 100 }).list(
      { q: 'odd' },
      { limit: 2 },
    );
    expect(few.total).toBe(20);
    expect(few).not.toHaveProperty('totalIsEstimate');
  });
});

async function change(
  db: Kysely<Database>,
  leadId: string,
  later: string,
  name: string,
  at: number,
) {
  if (later === 'is renamed')
    await sql`update leads set name = ${name} where id = ${leadId}`.execute(db);
  if (later === 'moves')
    await sql`update leads set phone = ${phone(500 + at)} where id = ${leadId}`.execute(db);
  if (later === 'is deleted') await sql`delete from leads where id = ${leadId}`.execute(db);
  if (later === 'loses calls') {
    await sql`delete from calls where lead_id = ${leadId} and outcome = 'BUSY'`.execute(db);
  }
  if (later !== 'is erased') return;
  await sql`
    update calls set lead_name = 'Erased', phone = 'erased:' || lead_id where lead_id = ${leadId}`.execute(
    db,
  );
  await sql`
    update leads set name = 'Erased', phone = 'erased:' || id, company = null, erased_at = ${NOW}
    where id = ${leadId}`.execute(db);
}

const texts = async (db: Kysely<Database>): Promise<string> => {
  const { rows } = await sql<{ text: string }>`
    select (select string_agg(s::text, ' ') from lead_search s) || coalesce((select string_agg(q::text, ' ') from lead_search_queue q), '')
      as text`.execute(db);
  return rows[0]?.text ?? '';
};

const tidy = (db: Kysely<Database>) =>
  sql`truncate agents, leads, queues, sessions, queue_items, calls, lead_search, lead_search_queue cascade`.execute(
    db,
  );
