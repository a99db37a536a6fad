import type { Announcement, JobHint } from '@outdial/core';
import {
  createImportStepper,
  createImportStore,
  createLeadStore,
  createQueueItemStore,
  createQueueStore,
  createSuppressionStore,
  migrate,
  type OpenDatabase,
  openDatabase,
} from '@outdial/postgres';
import type { ImportOptions } from '@outdial/protocol';
import { createTestDatabase } from '@outdial/testing/services';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readHere } from '../../../src/features/imports/file-reader.js';
import type { ImportPorts } from '../../../src/features/imports/import-ports.js';
import { createImports } from '../../../src/features/imports/imports.js';

const START = new Date('2026-03-06T10:00:00.000Z');
const FIRST = { limit: 200 };

describe.each(['PGlite', 'PostgreSQL'] as const)('importing leads, on %s', (kind) => {
  let database: OpenDatabase;
  let drop: () => Promise<void> = async () => undefined;
  beforeAll(async () => {
    if (kind === 'PGlite') {
      database = await openDatabase({ dataDir: ':memory:' });
      await migrate(database.db);
    } else {
      const created = await createTestDatabase({
        name: 'server_imports',
        async prepare(url) {
          const fresh = await openDatabase({ url });
          await migrate(fresh.db);
          await fresh.close();
        },
      });
      drop = created.drop;
      database = await openDatabase({ url: created.url });
    }
  });
  afterAll(async () => {
    await database?.close();
    await drop();
  });
  beforeEach(async () => {
    await sql`
      truncate leads, queues, queue_agents, queue_items, suppressions, imports, import_lines, import_chunks, calls, sessions,
        campaign_handovers, campaign_numbers cascade`.execute(database.db);
  });

  it('importing leads creates a lead for each row, and tells what was wrong with the others', async () => {
    const office = newOffice(database);
    const done = await office.importAll(
      [
        'Name;Phone;Company;Colour',
        'Ann Lee;(202) 555-0101;"Acme; ""The"" Inc',
        'on two lines";red',
        ';202 555 0102;;blue',
        'Bob;202;Short;',
        '',
        'Cy;+44 20 7946 0958;London;',
        'Dee;2025550103;Too;many;fields',
      ].join('\r\n'),
    );
    expect(done).toMatchObject({
      state: 'DONE',
      fileName: 'leads.csv',
      rowsTotal: 5,
      rowsDone: 5,
      createdLeads: 2,
      updatedLeads: 0,
      skippedRows: 0,
      failedRows: 3,
      error: null,
      finishedAt: START,
    });
    expect(await office.errorsOf(done.id)).toEqual([
      'line 4 · name · is empty',
      'line 5 · phone_number · is too short for a number in the US',
      'line 8 ·  · has 5 fields where the heading has 4; is a separator or a quote misplaced?',
    ]);
    expect(await office.leads()).toEqual([
      'Ann Lee, +12025550101, Acme; "The" Inc\non two lines',
      'Cy, +442079460958, London',
    ]);
  });

  it('an import skips a number that is a lead already, unless it is asked to update', async () => {
    const office = newOffice(database);
    await office.importAll('name,phone,company,title\nAnn,+12025550101,Acme,CEO');
    const again =
      'name,phone,company\nAnn Lee,+1 202-555-0101,\nBob,+12025550102,Bob & Co\nAnn B,+1 (202) 555 0101,Beta';

    expect(await office.importAll(again)).toMatchObject({
      createdLeads: 1,
      updatedLeads: 0,
      skippedRows: 2,
    });
    expect(await office.leads()).toEqual([
      'Ann, +12025550101, Acme',
      'Bob, +12025550102, Bob & Co',
    ]);

    expect(await office.importAll(again, { duplicates: 'update' })).toMatchObject({
      createdLeads: 0,
      updatedLeads: 3,
      skippedRows: 0,
    });
    expect(await office.leads()).toEqual([
      'Ann B, +12025550101, Beta',
      'Bob, +12025550102, Bob & Co',
    ]);
    const ann = await createLeadStore(database.db).findByPhone('+12025550101');
    expect(ann?.jobTitle).toBe('CEO');
  });

  it('importing leads counts the same, however many rows it takes at a time', async () => {
    const text = people(40)
      .map((row, at) => (at % 3 === 0 ? 'Ann,+12025550101' : row))
      .join('\n');
    for (const duplicates of ['skip', 'update'] as const) {
      const counts: unknown[] = [];
      for (const rowsAStep of [1, 7, 1000]) {
        await sql`truncate leads, queue_items cascade`.execute(database.db);
        const done = await newOffice(database, { rowsAStep }).importAll(`name,phone\n${text}`, {
          duplicates,
        });
        counts.push([done.createdLeads, done.updatedLeads, done.skippedRows, done.rowsDone]);
      }
      expect(counts).toEqual(
        Array(3).fill(duplicates === 'skip' ? [27, 0, 13, 40] : [27, 13, 0, 40]),
      );
    }
  });

  it('importing leads puts the leads into a queue in the order of the file, those that were leads before as well', async () => {
    const office = newOffice(database, { rowsAStep: 2 });
    await office.importAll('name,phone\nCy,+12025550103');
    const queue = await office.queue('Spring');
    await createSuppressionStore(database.db).add(
      [{ phone: '+12025550102', reason: 'asked', source: 'person' }],
      START,
    );
    const text =
      'name,phone\nDee,+12025550104\nBob,+12025550102\nx,\nCy,+12025550103\nAnn,+12025550101';

    const done = await office.importAll(text, { queue_id: queue });
    expect(done).toMatchObject({ createdLeads: 3, skippedRows: 1, failedRows: 1 });
    expect(await office.queued(queue)).toEqual([
      'Dee PENDING',
      'Bob SUPPRESSED',
      'Cy PENDING',
      'Ann PENDING',
    ]);
    expect(office.filled).toContain(queue);

    await office.importAll(text, { queue_id: queue });
    expect(await office.queued(queue)).toHaveLength(4);
  });

  it('an import creates the named queue, or finds it', async () => {
    const office = newOffice(database);
    const first = await office.importAll('name,phone\nAnn,+12025550101', { queue_name: 'Summer' });
    const second = await office.importAll('name,phone\nBob,+12025550102', { queue_name: 'SUMMER' });
    const queueId = (first.options as { queue_id: string }).queue_id;
    expect(second.options).toMatchObject({ queue_id: queueId });
    expect(await office.queued(queueId)).toEqual(['Ann PENDING', 'Bob PENDING']);
  });

  it('importing leads reads national numbers by the country of the import, else by the setting', async () => {
    const office = newOffice(database, { defaultCountry: async () => 'GB' });
    await office.importAll('name,phone\nAnn,020 7946 0958');
    await office.importAll('name,phone\nBob,030 12345678', { default_country: 'de' });
    expect(await office.leads()).toEqual(['Ann, +442079460958, null', 'Bob, +493012345678, null']);

    const nowhere = newOffice(database, { defaultCountry: async () => null });
    const done = await nowhere.importAll('name,phone\nCy,202 555 0101');
    expect(await nowhere.errorsOf(done.id)).toEqual([
      'line 2 · phone_number · has no country: write it with + and the country code, or set a default country',
    ]);
  });

  it('importing leads goes by the mapping that a person chose', async () => {
    const office = newOffice(database);
    await office.importAll('Phone,Phone,Who\n+12025550101,+12025550102,Ann', {
      mapping: { 'Phone (2)': 'phone_number', ' Who ': 'name' },
    });
    expect(await office.leads()).toEqual(['Ann, +12025550102, null']);
  });

  it.each<[string, string | Uint8Array, Partial<ImportOptions>, string]>([
    [
      'no rows',
      'name,phone\n',
      {},
      'The file has a heading and no rows below it, so there is nothing to import.',
    ],
    ['nothing', '', {}, 'The file is empty. The first line must name the columns.'],
    [
      'bytes of a picture',
      Buffer.from('89504e470d0a1a0a0000', 'hex'),
      {},
      'This is a picture (PNG). Import the list as a CSV file.',
    ],
    [
      'no numbers',
      'name,colour\nAnn,red',
      {},
      'No column is mapped to phone_number. Say which one holds the number to call.',
    ],
    [
      'no names',
      'phone,colour\n+12025550101,red',
      {},
      'No column is mapped to name (or first_name and last_name). Say which one holds it.',
    ],
    [
      'other columns than the mapping',
      'name,phone\nAnn,+12025550101',
      { mapping: { Tel: 'phone_number', name: 'name' } },
      'The mapping names the column "Tel", which the file does not have. Its columns are: name, phone.',
    ],
  ])('stores nothing of a file that has %s', async (_name, content, options, reason) => {
    const office = newOffice(database);
    expect(
      await office.imports.start(
        { fileName: 'x.csv', content },
        { duplicates: 'skip', queue_name: 'Never', ...options },
      ),
    ).toEqual({ kind: 'invalid_csv', reason });
    expect((await office.store.list(FIRST)).total).toBe(0);
    expect(await createQueueStore(database.db).findByName('Never')).toBeNull();
    expect(office.woken).toEqual([]);
  });

  it('an import into an unknown queue, or with a country that cannot be called, is refused', async () => {
    const office = newOffice(database);
    const file = { fileName: 'x.csv', content: 'name,phone\nAnn,+12025550101' };
    const gone = await office.queue('Gone');
    await createQueueStore(database.db).archive(gone, START);
    for (const queue_id of [gone, uuidv7()]) {
      expect(await office.imports.start(file, { duplicates: 'skip', queue_id })).toEqual({
        kind: 'unknown_queue',
      });
    }
    expect(
      await office.imports.start(file, { duplicates: 'skip', default_country: 'xx' }),
    ).toMatchObject({ kind: 'invalid_option', field: 'default_country' });
    expect((await office.store.list(FIRST)).total).toBe(0);
  });

  it('importing leads shows what a file holds before anything is imported', async () => {
    const office = newOffice(database);
    const content = `Full name;Tel;\n${people(7).join('\n').replaceAll(',', ';')}`;
    expect(await office.imports.preview({ fileName: 'x.csv', content })).toMatchObject({
      kind: 'preview',
      preview: {
        columns: ['Full name', 'Tel', 'Column 3'],
        mapping: { 'Full name': 'name', Tel: 'phone_number' },
        phone_columns: ['Tel'],
        remembered: false,
        unread: [{ column: 'Column 3', sample: null, carries: null }],
        delimiter: ';',
        encoding: 'utf-8',
        heading_line: 1,
        sample: people(7).map((row) => row.split(',')),
        rows: 7,
        warnings: [],
      },
    });
    expect(await office.imports.preview({ fileName: 'x.csv', content: '' })).toMatchObject({
      kind: 'invalid_csv',
    });
    expect((await office.store.list(FIRST)).total).toBe(0);
  });

  it('importing leads names what became of each line that is no new lead as it stands', async () => {
    const office = newOffice(database);
    await office.importAll('name,phone\nOld,+12025550109\nWaits,+12025550108');
    const queue = await office.queue('Spring');
    await office.importAll('name,phone\nDone,+12025550107\nWaits,+12025550108', {
      queue_id: queue,
    });
    await sql`update queue_items set state = 'DONE' where phone = '+12025550107'`.execute(
      database.db,
    );
    await createSuppressionStore(database.db).add(
      [{ phone: '+12025550102', reason: 'asked', source: 'person' }],
      START,
    );
    const done = await office.importAll(
      [
        'Name,Phone,Mobile,Email,Score,Do Not Call',
        'Ann,(202) 555-0101,,n/a,85%,',
        'Ann Again,202 555 0101,,,,',
        'Sue,202 555 0102,,,,no',
        'Dot,202 555 0103,202 555 0104,,,TRUE',
        'Bob,12,202 555 0105,b at b,hot,',
        'Cy,12,,,,',
        'Old,202 555 0109,,,,',
        'Done,202 555 0107,,,,',
        'Waits,202 555 0108,,,,',
        'Eve,202 555 0106,,,,',
      ].join('\n'),
      { queue_id: queue },
    );
    expect(done).toMatchObject({
      rowsTotal: 10,
      rowsDone: 10,
      createdLeads: 4,
      updatedLeads: 0,
      skippedRows: 4,
      suppressedRows: 1,
      failedRows: 1,
      incompleteRows: 1,
    });
    expect(await office.linesOf(done.id)).toEqual([
      'line 3 · skipped · duplicate_in_file · has the same number as line 2',
      'line 4 · created · on_suppression_list · the number is on the suppression list: it is not called',
      'line 5 · suppressed · do_not_call · is marked "do not call": the number is on the suppression list, no lead was made',
      'line 6 · created · number_left_out · phone_number · is too short for a number in the US',
      'line 6 · created · unusable_field · email · is not an e-mail address',
      'line 6 · created · unusable_field · score · is not a number',
      'line 7 · refused · unusable_number · phone_number · is too short for a number in the US',
      'line 8 · skipped · lead_put_into_queue · is a lead already: the lead stays as it is, and is in the queue now',
      'line 9 · skipped · done_in_queue · was called to the end in this queue already: it is not called again',
      'line 10 · skipped · in_queue_already · is a lead already, and in this queue',
    ]);
    const suppressions = createSuppressionStore(database.db);
    for (const phone of ['+12025550103', '+12025550104']) {
      expect(await suppressions.get(phone)).toMatchObject({ source: 'import' });
      expect(await createLeadStore(database.db).findByPhone(phone)).toBeNull();
    }
  });

  it('importing leads says the same of a repeated number, whatever step its lines come in, and after a worker died', async () => {
    const text =
      'name,phone\nAnn,+12025550101\nBob,+12025550102\nAnn,+12025550101\nBob,+12025550102';
    for (const rowsAStep of [1, 3, 100]) {
      await sql`truncate leads cascade`.execute(database.db);
      let steps = 0;
      const office = newOffice(database, {
        rowsAStep,
        async applyStep(...step) {
          steps += 1;
          if (steps === 2) throw new Error('Connection terminated');
          return createImportStepper(database.db)(...step);
        },
      });
      const id = await office.start(text);
      await office.imports.run(id).catch(() => undefined);
      await office.imports.run(id);
      expect(await office.linesOf(id)).toEqual([
        'line 4 · skipped · duplicate_in_file · has the same number as line 2',
        'line 5 · skipped · duplicate_in_file · has the same number as line 3',
      ]);
    }
  });

  it('importing leads names a suppressed number without a queue, too', async () => {
    const office = newOffice(database);
    await createSuppressionStore(database.db).add(
      [{ phone: '+12025550102', reason: 'asked', source: 'person' }],
      START,
    );
    const done = await office.importAll('name,phone\nSue,+12025550102\nAnn,+12025550101');
    expect(done).toMatchObject({ createdLeads: 2, incompleteRows: 0 });
    expect(await office.linesOf(done.id)).toEqual([
      'line 2 · created · on_suppression_list · the number is on the suppression list: it is not called',
    ]);
  });

  it('importing leads keeps the further numbers of a person', async () => {
    const office = newOffice(database);
    await office.importAll('Name,Company Phone,Mobile\nAnn,+12025550101,+12025550102');
    const leads = createLeadStore(database.db);
    const ann = await leads.findByPhone('+12025550102');
    expect((await leads.phonesOf([ann?.id ?? ''])).get(ann?.id ?? '')).toEqual([
      { phone: '+12025550101', label: 'Company Phone' },
    ]);
  });

  it('importing leads offers the mapping of the last file with the same columns', async () => {
    const office = newOffice(database);
    const file = (rows: string) => ({ fileName: 'x.csv', content: `Kolom A,Kolom B,DNC\n${rows}` });
    const mapping = { 'Kolom A': 'name', 'Kolom B': 'phone_number' } as const;
    await office.importAll(file('Ann,+12025550101,').content, { mapping });
    const later = await office.imports.preview(file('Bob,+12025550102,x'));
    expect(later).toMatchObject({
      preview: { remembered: true, mapping: { ...mapping, DNC: 'do_not_call' }, unread: [] },
    });
  });

  it('importing leads of a file that was not taken in whole fails, and says what to do', async () => {
    const office = newOffice(database);
    const id = uuidv7();
    await office.store.create(
      { id, fileName: 'x.csv', options: {}, rowsTotal: 9, columnsKey: null },
      START,
      START,
    );
    await office.imports.run(id);
    expect(await office.store.get(id)).toMatchObject({
      state: 'FAILED',
      error: expect.stringContaining('Import the file again.'),
    });
  });

  it('importing leads stores nothing when the client has left', async () => {
    const gone = new AbortController();
    const office = newOffice(database, {
      imports: {
        ...createImportStore(database.db),
        async addChunk() {
          gone.abort(new Error('The client left.'));
        },
      },
    });
    const content = `name,phone\n${people(2_000).join('\n')}`;
    await expect(
      office.imports.start({ fileName: 'x.csv', content }, { duplicates: 'skip' }, gone.signal),
    ).rejects.toThrow('The client left.');
    expect((await office.store.list(FIRST)).total).toBe(0);
    expect(office.woken).toEqual([]);
  });

  it('importing leads shows its progress, and wakes the sessions that wait for leads, while it runs', async () => {
    const seen: number[] = [];
    const office = newOffice(database, {
      rowsAStep: 10,
      queueFilled: () => undefined,
      async yieldToEventLoop() {
        office.time += 100;
        seen.push((await office.store.list(FIRST)).rows[0]?.rowsDone ?? -1);
      },
    });
    await office.importAll(`name,phone\n${people(350).join('\n')}`, { queue_name: 'Spring' });
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    expect(seen.at(-1)).toBeGreaterThan(seen[0] ?? 0);
    const told = office.announced.filter(({ kind: what }) => what === 'import').length;
    // Now and then, rather than for each of the 35 steps; and once when it is over.
    expect(told).toBeGreaterThan(2);
    expect(told).toBeLessThan(10);
  });

  it('importing leads goes on where a worker died, and counts no row twice', async () => {
    const rows = people(100).map((row, at) => (at % 10 === 4 ? `Broken ${at},12` : row));
    const text = `name,phone\n${rows.join('\n')}`;
    const undisturbed = newOffice(database, { rowsAStep: 7 });
    const wanted = await undisturbed.importAll(text, { queue_name: 'One' });
    const wantedErrors = await undisturbed.errorsOf(wanted.id);
    const wantedLeads = await undisturbed.leads();
    await sql`truncate leads, queue_items, queues, imports, import_lines, import_chunks, calls, sessions, campaign_handovers, campaign_numbers cascade`.execute(
      database.db,
    );

    let steps = 0;
    const dying = newOffice(database, {
      rowsAStep: 7,
      // The process ends: nothing it might still do happens, not even giving the import back.
      applyStep: async (...step) => {
        steps += 1;
        if (steps > 6) return new Promise<never>(() => undefined);
        return createImportStepper(database.db)(...step);
      },
    });
    const id = await dying.start(text, { queue_name: 'One' });
    void dying.imports.run(id);
    // However busy the machine is: the default of a second is too short for some.
    await expect
      .poll(async () => (await dying.store.get(id))?.rowsDone, { timeout: 60_000 })
      .toBe(42);

    const heir = newOffice(database, { rowsAStep: 7 });
    await heir.imports.run(id);
    expect(await heir.store.get(id)).toMatchObject({ state: 'RUNNING', rowsDone: 42 });
    heir.time += 61_000;
    expect(await heir.store.dueIds(new Date(heir.time), 10)).toEqual([id]);
    await heir.imports.run(id);

    const { createdLeads, failedRows, rowsDone, skippedRows, state } = wanted;
    expect(await heir.store.get(id)).toMatchObject({
      state,
      createdLeads,
      failedRows,
      rowsDone,
      skippedRows,
    });
    expect(await heir.errorsOf(id)).toEqual(wantedErrors);
    expect(await heir.leads()).toEqual(wantedLeads);
  });

  it('importing leads is given back when the server stops, and goes on at the next start', async () => {
    const id = await newOffice(database).start(`name,phone\n${people(500).join('\n')}`);
    const stopping = newOffice(database, {
      rowsAStep: 10,
      yieldToEventLoop: async () => stopping.imports.close(),
    });
    await stopping.imports.run(id);
    const stopped = await stopping.store.get(id);
    expect(stopped).toMatchObject({ state: 'RUNNING' });
    expect(stopped?.rowsDone).toBeLessThan(500);
    // A late hint wakes it once more.
    await stopping.imports.run(id);
    expect(await stopping.store.get(id)).toEqual(stopped);

    const last = newOffice(database);
    await last.imports.run(id);
    expect(await last.store.get(id)).toMatchObject({ state: 'DONE', createdLeads: 500 });
  });

  it('importing leads is done by one of two workers, and by the other when the first one was too slow', async () => {
    const text = `name,phone\n${people(120).join('\n')}`;
    const one = newOffice(database, { rowsAStep: 10 });
    const two = newOffice(database, { rowsAStep: 10 });
    const id = await one.start(text);
    await Promise.all([one.imports.run(id), two.imports.run(id), one.imports.run(id)]);
    expect(await one.store.get(id)).toMatchObject({
      state: 'DONE',
      createdLeads: 120,
      rowsDone: 120,
    });

    await sql`truncate leads, queue_items cascade`.execute(database.db);
    const slow = newOffice(database, {
      rowsAStep: 10,
      // Its lease ran out at its third step, and another worker does the rest before it is back.
      async applyStep(...step) {
        if (step[2].firstPosition === 20) {
          two.time += 61_000;
          await two.imports.run(step[0]);
        }
        return createImportStepper(database.db)(...step);
      },
    });
    const second = await slow.start(text);
    await slow.imports.run(second);
    expect(await slow.store.get(second)).toMatchObject({
      state: 'DONE',
      createdLeads: 120,
      skippedRows: 0,
      rowsDone: 120,
    });
  });

  it('importing leads survives a database that is away for a moment, and says so when it stays broken', async () => {
    let broken = 1;
    const ports: Partial<ImportPorts> = {
      rowsAStep: 10,
      async applyStep(...step) {
        if (step[2].firstPosition === 20 && broken > 0) {
          broken -= 1;
          throw new Error('Connection terminated');
        }
        return createImportStepper(database.db)(...step);
      },
    };
    const office = newOffice(database, ports);
    const text = `name,phone\n${people(50).join('\n')}`;
    const id = await office.start(text);
    await expect(office.imports.run(id)).rejects.toThrow('Connection terminated');
    expect(await office.store.get(id)).toMatchObject({ state: 'RUNNING', rowsDone: 20 });
    expect(await office.store.dueIds(new Date(office.time), 10)).toEqual([id]);
    await office.imports.run(id);
    expect(await office.store.get(id)).toMatchObject({ state: 'DONE', createdLeads: 50 });

    broken = 2;
    const second = await office.start(text);
    await expect(office.imports.run(second)).rejects.toThrow('Connection terminated');
    // The second try is another node's: both know that the first one got no further.
    const other = newOffice(database, ports);
    await expect(other.imports.run(second)).rejects.toThrow('Connection terminated');
    expect(await office.store.get(second)).toMatchObject({
      state: 'FAILED',
      rowsDone: 20,
      error: 'An error on our side, twice at the same place; see the log. Import the file again.',
    });
    await office.imports.run(second);
    expect(await office.store.dueIds(new Date(office.time), 10)).toEqual([]);
  });
});

/** "Person 1,+12025550001" */
function people(count: number): string[] {
  return Array.from(
    { length: count },
    (_, at) => `Person ${at + 1},+1202555${String(at + 1).padStart(4, '0')}`,
  );
}

function newOffice(database: OpenDatabase, ports: Partial<ImportPorts> = {}) {
  const { db } = database;
  const office = {
    time: START.getTime(),
    store: createImportStore(db),
    woken: [] as JobHint[],
    announced: [] as Announcement[],
    filled: [] as string[],
    imports: undefined as unknown as ReturnType<typeof createImports>,

    async start(content: string, options: Partial<ImportOptions> = {}): Promise<string> {
      const started = await office.imports.start(
        { fileName: 'leads.csv', content },
        { duplicates: 'skip', ...options },
      );
      if (started.kind !== 'started') throw new Error(JSON.stringify(started));
      expect(started.import).toMatchObject({ state: 'PENDING', rowsDone: 0 });
      expect(office.woken).toContainEqual({ job: 'run-import', id: started.import.id });
      return started.import.id;
    },

    async importAll(content: string, options: Partial<ImportOptions> = {}) {
      const id = await office.start(content, options);
      await office.imports.run(id);
      const done = await office.store.get(id);
      if (done === null) throw new Error('The import is gone.');
      expect(office.announced.at(-1)).toEqual({ kind: 'import', importId: id });
      return done;
    },

    /** "Ann, +12025550101, Acme", by name. */
    async leads(): Promise<string[]> {
      const { rows } = await createLeadStore(db).list({}, { by: 'name', descending: false }, FIRST);
      return rows.map(({ name, phone, company }) => `${name}, ${phone}, ${company}`);
    },

    async errorsOf(importId: string): Promise<string[]> {
      const { rows } = await office.store.lines(importId, { fate: 'refused' }, FIRST);
      return rows.map(({ line, field, reason }) => `line ${line} · ${field ?? ''} · ${reason}`);
    },

    /** "line 4 · skipped · duplicate_in_file · has the same number as line 2" */
    async linesOf(importId: string): Promise<string[]> {
      const { rows } = await office.store.lines(importId, {}, FIRST);
      return rows.map(({ line, fate, code, field, reason }) =>
        [`line ${line}`, fate, code, ...(field ? [field] : []), reason].join(' · '),
      );
    },

    async queue(name: string): Promise<string> {
      const id = uuidv7();
      await createQueueStore(db).create({ id, name }, START);
      return id;
    },

    /** "Ann PENDING", in the order of calling. */
    async queued(queueId: string): Promise<string[]> {
      const { rows } = await createQueueItemStore(db).list({ queueId }, FIRST);
      return rows.map(({ lead, state }) => `${lead.name} ${state}`);
    },
  };
  office.imports = createImports({
    imports: office.store,
    queues: createQueueStore(db),
    applyStep: createImportStepper(db),
    queueFilled: (queueId) => void office.filled.push(queueId),
    defaultCountry: async () => 'US',
    jobs: { wake: (hint) => void office.woken.push(hint) },
    announcements: { announce: (change) => void office.announced.push(change) },
    clock: { now: () => new Date(office.time) },
    ids: { next: () => uuidv7() },
    reader: readHere,
    hashKey: null,
    yieldToEventLoop: async () => undefined,
    ...ports,
  });
  return office;
}
