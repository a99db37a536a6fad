import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import {
  createImportStepper,
  createImportStore,
  createLeadStore,
  createQueueItemStore,
  createQueueStore,
  createSuppressionStore,
  type WrittenBatch,
} from '../src/index.js';
import { leadColumns, type PlacedLead } from '../src/leads/lead-columns.js';
import { onEachDatabase } from './on-each-database.js';
import { countingIds, id, minutes, NOW, phone } from './sales-floor.js';

const hash = (byte: string) => byte.repeat(32);

const lead = (n: number, more: Partial<PlacedLead> = {}): PlacedLead => ({
  id: id(0x1000 + n),
  itemId: id(0x2000 + n),
  place: n,
  name: `Person ${n}`,
  phone: phone(n),
  phoneHash: hash('ab'),
  emailHash: null,
  ...more,
});

onEachDatabase('a step of an import', (db) => {
  const leads = () => createLeadStore(db());
  const queueId = id(0x9);
  let importIds = 0x5000;

  /** Runs a step with these leads as columns; answers what was unusual about them. */
  async function apply(
    given: readonly PlacedLead[],
    options: { duplicates?: 'skip' | 'update'; queueId?: string } = {},
  ): Promise<WrittenBatch> {
    const imports = createImportStore(db());
    const file = { fileName: 'leads.csv', options: {}, rowsTotal: given.length, columnsKey: 'key' };
    const importId = id(importIds++);
    await imports.create({ id: importId, ...file }, NOW, NOW);
    await imports.complete(importId, NOW);
    await imports.claim(importId, NOW, minutes(1));
    let written: WrittenBatch = new Map();
    await createImportStepper(db())(
      importId,
      { columns: leadColumns(given), leads: [], suppress: [] },
      { duplicates: 'skip', now: NOW, ids: countingIds(), ...options },
      (batch) => {
        written = batch;
        const none = {
          created: 0,
          updated: 0,
          skipped: 0,
          suppressed: 0,
          failed: 0,
          incomplete: 0,
        };
        return { from: 0, rowsDone: given.length, ...none, lines: [] };
      },
      minutes(1),
    );
    return written;
  }

  const newQueue = () => createQueueStore(db()).create({ id: queueId, name: 'Spring' }, NOW);

  it('keeps every character of a cell but NUL, and what is missing stays missing', async () => {
    const odd = [
      'NULL',
      'null',
      '{a,b}',
      'a"b',
      'back\\slash',
      '\\"',
      ' spaces ',
      '',
      '\n',
      'ü 漢 😀',
      "o'clock",
    ];
    const given = odd.map((name, n) => lead(n, { name, company: name, email: null, score: n - 5 }));
    given.push(
      lead(odd.length, {
        name: 'nul\0byte',
        jobTitle: 'VP',
        industry: 'Software',
        headcount: '51-200',
      }),
    );
    given.push(
      lead(odd.length + 1, {
        email: 'a@b.example',
        emailHash: hash('cd'),
        timeZone: 'Europe/Berlin',
      }),
    );
    expect(await apply(given)).toEqual(new Map());
    const stored = await leads().getMany(given.map((each) => each.id));
    for (const [n, name] of odd.entries()) {
      expect(stored[n]).toMatchObject({
        name,
        company: name,
        email: null,
        jobTitle: null,
        score: n - 5,
      });
    }
    expect(stored[odd.length]).toMatchObject({
      name: 'nulbyte',
      jobTitle: 'VP',
      industry: 'Software',
      headcount: '51-200',
      score: 0,
    });
    expect(stored[odd.length + 1]).toMatchObject({
      email: 'a@b.example',
      timeZone: 'Europe/Berlin',
    });
    const hashes = await sql<{ phone: string; email: string | null }>`
      select encode(phone_hash, 'hex') as phone, encode(email_hash, 'hex') as email from leads
      where id in (${given[0]?.id}, ${given.at(-1)?.id}) order by id`.execute(db());
    expect(hashes.rows).toEqual([
      { phone: hash('ab'), email: null },
      { phone: hash('ab'), email: hash('cd') },
    ]);
  });

  it('puts new leads into the queue in the order of the file, whatever the order of their numbers', async () => {
    await newQueue();
    expect(
      await apply([lead(3), lead(1, { place: 7 }), lead(2, { place: 5 })], { queueId }),
    ).toEqual(new Map());
    const { rows } = await createQueueItemStore(db()).list({ queueId }, { limit: 9 });
    expect(rows.map((item) => [item.id, item.lead.name, item.state])).toEqual([
      [id(0x2003), 'Person 3', 'PENDING'],
      [id(0x2002), 'Person 2', 'PENDING'],
      [id(0x2001), 'Person 1', 'PENDING'],
    ]);
  });

  describe('whose numbers are known', () => {
    it('a lead whose numbers are known leaves their leads alone, or writes over them, and says which they are', async () => {
      await leads().create({ id: id(1), name: 'Ada', phone: phone(1), company: 'Engines' }, NOW);
      const skipped = await apply([lead(0), lead(1, { company: 'Looms' })]);
      expect([...skipped].map(([place, { kind }]) => [place, kind])).toEqual([[1, 'skipped']]);
      expect(skipped.get(1)?.lead).toMatchObject({ name: 'Person 1', company: 'Looms' });
      expect(await leads().get(id(1))).toMatchObject({ name: 'Ada', company: 'Engines' });
      const updated = await apply([lead(1, { company: 'Looms', jobTitle: null })], {
        duplicates: 'update',
      });
      expect([...updated].map(([place, { kind }]) => [place, kind])).toEqual([[1, 'updated']]);
      expect(await leads().get(id(1))).toMatchObject({ name: 'Person 1', company: 'Looms' });
    });

    it('a lead whose numbers are known puts them into the queue at the place of their row', async () => {
      await newQueue();
      await leads().create({ id: id(1), name: 'Ada', phone: phone(2) }, NOW);
      const written = await apply([lead(1), lead(2), lead(3)], { queueId });
      expect(written.get(2)).toMatchObject({ kind: 'skipped', queued: 'added' });
      const { rows } = await createQueueItemStore(db()).list({ queueId }, { limit: 9 });
      expect(rows.map((item) => item.lead.name)).toEqual(['Person 1', 'Ada', 'Person 3']);
    });
  });

  it('names new leads that must not be called, with a queue and without one', async () => {
    await newQueue();
    await createSuppressionStore(db()).add(
      [1, 4].map((n) => ({ phone: phone(n), reason: 'asked', source: 'person' as const })),
      NOW,
    );
    await sql`
      insert into contact_stops (call_id, phone, lead_id, effect, disposition, created_at)
      values (${id(7)}, ${phone(2)}, ${id(8)}, 'ends_everywhere', 'Not interested', ${NOW})`.execute(
      db(),
    );
    const written = await apply([lead(1), lead(2), lead(3)], { queueId });
    expect(
      [...written]
        .sort(([a], [b]) => a - b)
        .map(([place, { kind, queued }]) => [place, kind, queued]),
    ).toEqual([
      [1, 'created', 'suppressed'],
      [2, 'created', 'ended'],
    ]);
    const items = await sql`
      select phone, state, held_reason, stopped_by_call_id from queue_items order by phone`.execute(
      db(),
    );
    expect(items.rows).toEqual([
      { phone: phone(1), state: 'SUPPRESSED', held_reason: null, stopped_by_call_id: null },
      {
        phone: phone(2),
        state: 'DONE',
        held_reason: '"Not interested" was set on a call of another queue',
        stopped_by_call_id: id(7),
      },
      { phone: phone(3), state: 'PENDING', held_reason: null, stopped_by_call_id: null },
    ]);
    const without = await apply([lead(4), lead(5)]);
    expect([...without].map(([place, each]) => [place, each.isSuppressed, each.queued])).toEqual([
      [4, true, null],
    ]);
  });

  it('gives each number to one lead when two imports bring the same people at once', async () => {
    const people = Array.from({ length: 60 }, (_, n) => lead(n));
    const again = Array.from({ length: 60 }, (_, n) =>
      lead(n, { id: id(0x3000 + n), itemId: id(0x4000 + n) }),
    );
    const [one, two] = await Promise.all([apply(people), apply(again.toReversed())]);
    const { rows } = await sql`select count(*)::int as leads from leads`.execute(db());
    expect(rows).toEqual([{ leads: 60 }]);
    expect(one.size + two.size).toBe(60);
  });
});
