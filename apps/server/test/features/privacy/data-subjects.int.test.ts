import { execFile } from 'node:child_process';
import { delimiter } from 'node:path';
import { promisify } from 'node:util';
import { fillPersonHashes } from '@outdial/postgres';
import type { PersonExport } from '@outdial/protocol';
import { createTestDatabase, findPostgres } from '@outdial/testing/services';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { personHashes } from '../../../src/secrets/person-hashes.js';
import { createStage, expectProblem, type Stage, UNKNOWN_ID } from '../../harness/stage.js';

const ZOE = {
  name: 'Zoë Quillfeather',
  phone_number: '+12025550177',
  email: 'Zoe.Quillfeather@Example.com',
  further_phone_numbers: [{ phone_number: '+12025550178', label: 'Aviary' }],
  company: 'Quillfeather & Daughters',
  job_title: 'Falconer',
} as const;
/** Whatever would tell who she is, wherever it stands. */
const TRACES = [
  /quillfeather/i,
  /2025550177/,
  /2025550178/,
  /aviary/i,
  /\(202\) 555-0177/,
  /falconer/i,
];

async function pgDump(url: string): Promise<string> {
  const PATH = [findPostgres(), process.env.PATH].filter(Boolean).join(delimiter);
  const { stdout } = await promisify(execFile)('pg_dump', ['--inserts', url], {
    env: { PATH },
    maxBuffer: 256 * 1024 * 1024,
  });
  return stdout;
}

describe.each(['PGlite', 'PostgreSQL'] as const)('what is known of a person, on %s', (kind) => {
  let stage: Stage;
  let url: string | null = null;
  let drop: () => Promise<void> = async () => undefined;
  let agent: string;
  let lead: string;
  let called: string;

  beforeAll(async () => {
    if (kind === 'PostgreSQL') {
      const created = await createTestDatabase();
      url = created.url;
      drop = created.drop;
    }
    stage = await createStage(url === null ? {} : { database: { url } });
    agent = await stage.addAgent('Hera');
    lead = (await stage.addLead(ZOE)).id;
    called = await talkTo(lead, `${ZOE.name} breeds gyrfalcons; write to ${ZOE.email}.`);
  });
  afterAll(async () => {
    await stage?.close();
    await drop();
  });

  /** A session of one call that is answered, and what the agent notes. */
  async function talkTo(leadId: string, notes: string): Promise<string> {
    const callId = await ring(leadId);
    await stage.tell(callId, { answeredAt: stage.time.now(), answeredBy: 'PERSON' });
    await stage.time.advance(30_000);
    await stage.tell(callId, { endedAt: stage.time.now(), endCause: 'hangup' });
    await stage.request('POST', `/api/calls/${callId}/disposition`, {
      disposition: 'Interested',
      notes,
    });
    await stopAll();
    await stage.settle();
    return callId;
  }
  async function ring(leadId: string): Promise<string> {
    const { body, status } = await stage.request('POST', '/api/dialer/sessions', {
      agent_id: agent,
      lead_ids: [leadId],
    });
    expect(status).toBe(201);
    await stage.settle();
    const live = await stage.request('GET', `/api/dialer/sessions/${body.id}`);
    return live.body.active_call_ids[0];
  }
  async function stopAll(): Promise<void> {
    const { body } = await stage.request('GET', '/api/dialer/sessions?status=RUNNING');
    for (const { id } of body.sessions) {
      await stage.request('POST', `/api/dialer/sessions/${id}/stop`);
    }
  }
  const exportBy = (who: object) => stage.request('POST', '/api/people/export', who);
  const erase = (who: object) =>
    stage.request('POST', '/api/people/erase', { ...who, reason: 'person_asked' });

  /** Every row of every table as text, but the list of those who must not be called. */
  async function everything(): Promise<string> {
    const { rows: tables } = await sql<{ name: string }>`
      select table_name as name from information_schema.tables
      where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> 'suppressions'`.execute(
      stage.db,
    );
    const texts: string[] = [];
    for (const { name } of tables) {
      const { rows } = await sql<{ row: string }>`
        select to_jsonb(t)::text as row from ${sql.table(name)} t`.execute(stage.db);
      texts.push(...rows.map(({ row }) => `${name} ${row}`));
    }
    return texts.join('\n');
  }
  const statistics = async () => {
    const { body } = await stage.request('GET', '/api/stats');
    const { rows } = await sql<{ counts: unknown }>`
      select jsonb_agg(to_jsonb(c) order by bucket, outcome, disposition) as counts from (
        select bucket, queue_id, outcome, disposition, sum(calls) as calls, sum(talk_seconds) as talk_seconds from (
          select bucket, queue_id, outcome, disposition, calls, talk_seconds from call_counts
          union all select bucket, queue_id, outcome, disposition, calls, talk_seconds from call_count_changes
        ) k group by 1, 2, 3, 4
      ) c`.execute(stage.db);
    return { stats: body, counts: rows[0]?.counts };
  };

  it('what is known of a person is found by number in any spelling, by e-mail in any case, and by lead', async () => {
    for (const who of [
      { phone_number: '+1 (202) 555-0177' },
      { email: 'zoe.quillfeather@example.COM' },
      { lead_id: lead },
    ]) {
      const { status, body, headers } = await exportBy(who);
      expect(status).toBe(200);
      expect(body.leads).toMatchObject([{ id: lead, name: ZOE.name }]);
      expect(headers['cache-control']).toBe('no-store');
    }
    for (const who of [
      { phone_number: '+12025550199' },
      { email: 'unknown@example.com' },
      { lead_id: UNKNOWN_ID },
    ]) {
      expectProblem(await exportBy(who), 404, 'not_found');
    }
    expectProblem(await exportBy({}), 400, 'invalid_request');
    expectProblem(await exportBy({ lead_id: lead, email: ZOE.email }), 400, 'invalid_request');
    expectProblem(await exportBy({ phone_number: 'her number' }), 400, 'invalid_phone_number');
  });

  it('an export of a person has everything: calls, notes, what the CRM and the provider know', async () => {
    await sql`
      insert into provider_events (id, provider, dedupe_key, payload, received_at, state)
      values (gen_random_uuid(), 'stage', ${`told about her ${kind}`}, ${JSON.stringify({
        data: { raw_digits: '+1 202-555-0177', contact: { last_name: 'Quillfeather' } },
      })}::jsonb, ${stage.time.now()}, 'IGNORED')`.execute(stage.db);
    const told = (await exportBy({ lead_id: lead })).body as PersonExport;
    expect(told.calls).toMatchObject([{ id: called, lead_name: ZOE.name, outcome: 'CONNECTED' }]);
    expect(told.calls[0]?.notes).toMatch(/gyrfalcons/);
    expect(told.crm_contacts).toMatchObject([{ name: ZOE.name }]);
    expect(told.crm_activities).toHaveLength(1);
    expect(told.provider_events.some((event) => JSON.stringify(event).includes('raw_digits'))).toBe(
      true,
    );
    expect(told.queue_items).toHaveLength(1);
    expect(told.cut).toEqual([]);
    expect(stage.audited.at(-1)).toMatchObject({
      action: 'person_exported',
      target: { kind: 'person', id: lead },
    });
  });

  it('what is known of a person is not told of colleagues who share a mailbox, and they are not erased with it', async () => {
    const email = 'info@firm.example';
    const one = await stage.addLead({ name: 'Uma One', phone_number: '+12025550150', email });
    const other = await stage.addLead({ name: 'Otto Other', phone_number: '+12025550151', email });
    const { body } = await exportBy({ lead_id: one.id });
    expect(body.leads.map(({ id }: { id: string }) => id)).toEqual([one.id]);
    expect(body.emails).toEqual([]);
    const problem = expectProblem(await erase({ email }), 400, 'invalid_request');
    expect(problem.detail).toMatch(/2 leads/);
    expect((await stage.request('GET', `/api/leads/${other.id}`)).body.name).toBe('Otto Other');
  });

  it('what is known of a person cannot be erased while they are on a call', async () => {
    const ringing = (await stage.addLead({ name: 'Rita Ringing' })).id;
    const callId = await ring(ringing);
    expectProblem(await erase({ lead_id: ringing }), 409, 'person_on_call');
    expect((await stage.request('GET', `/api/leads/${ringing}`)).body.name).toBe('Rita Ringing');
    // Not even put on the list: nothing was changed.
    const { body } = await stage.request('GET', '/api/suppressions');
    expect(body.total).toBe(0);
    await stage.tell(callId, { endedAt: stage.time.now(), endCause: 'busy' });
    await stopAll();
    expect((await erase({ lead_id: ringing })).status).toBe(200);
  });

  it('what is known of a person goes everywhere but the list of those who must not be called, and all counts stay', async () => {
    // Her number is in a file that is on its way, in national form.
    await stage.request('PUT', '/api/config', await withCountry());
    const started = await stage.request('POST', '/api/imports', {
      file_name: 'more.csv',
      csv: `Name,Phone,Email\nAmy Stays,2025550188,amy@example.com\n"Zoë ""Z"" Quillfeather",(202) 555-0177,\n`,
    });
    expect(started.status).toBe(201);
    const before = await statistics();
    const leadsBefore = await sql<{ n: number }>`select count(*)::integer as n from leads`.execute(
      stage.db,
    );

    const { status, body } = await erase({ phone_number: ZOE.phone_number });
    expect(status).toBe(200);
    expect(body.erased).toMatchObject({ leads: 1, calls: 1, queue_items: 1, imports: 1 });
    expect(body.erased.provider_events).toBeGreaterThan(1);

    await stage.settle();
    const left = await everything();
    for (const trace of TRACES) expect(left).not.toMatch(trace);
    expect(left).not.toMatch(/gyrfalcons/);
    expect(await statistics()).toEqual(before);
    expect(
      (await sql<{ n: number }>`select count(*)::integer as n from leads`.execute(stage.db)).rows[0]
        ?.n,
    ).toBe((leadsBefore.rows[0]?.n ?? 0) + 1);
    const { rows: suppressed } = await sql<{ reason: string }>`
      select reason from suppressions where phone = ${ZOE.phone_number}`.execute(stage.db);
    expect(suppressed).toEqual([{ reason: 'Erased. The person objected or asked for it.' }]);
    // The rest of the file was imported; her row is one that cannot be read.
    const { body: imported } = await stage.request('GET', `/api/imports/${started.body.import.id}`);
    expect(imported).toMatchObject({ created: 1, failed: 1 });

    if (url !== null) {
      const dump = await pgDump(url);
      const others = dump
        .split('\n')
        .filter((line) => !line.startsWith('INSERT INTO public.suppressions'));
      for (const trace of TRACES) expect(others.join('\n')).not.toMatch(trace);
      for (const trace of [/quillfeather/i, /falconer/i]) expect(dump).not.toMatch(trace);
      expect(dump).toContain(ZOE.phone_number);
    }
  });

  it('an erasure leaves an audit entry without personal data', () => {
    const entry = stage.audited.findLast(({ action }) => action === 'person_erased');
    expect(entry?.details).toMatchObject({
      reason: 'person_asked',
      found_by: 'phone_number',
      leads: 1,
    });
    expect(entry?.target?.id).toMatch(/^number:[\w-]{22}$/);
    for (const trace of TRACES) expect(JSON.stringify(stage.audited.slice(-1))).not.toMatch(trace);
  });

  it('a call of an erased person stays in the history without the person, with its outcome and time', async () => {
    const { body } = await stage.request('GET', `/api/history/${called}`);
    expect(body).toMatchObject({
      outcome: 'CONNECTED',
      talk_seconds: 30,
      disposition: 'Interested',
    });
    expect(body.notes).toBe('Call connected successfully. Lead engaged in conversation.');
    const { rows: activities } = await sql<{ n: number }>`
      select count(*)::integer as n from mock_crm_activities where source_activity_id = ${called}`.execute(
      stage.db,
    );
    expect(activities[0]?.n).toBe(1);
  });

  it('what is known of a person is erased twice without harm', async () => {
    for (const who of [{ phone_number: ZOE.phone_number }, { lead_id: lead }]) {
      const { status, body } = await erase(who);
      expect(status).toBe(200);
      expect(Object.values(body.erased)).toEqual([0, 0, 0, 0, 0, 0, 0]);
    }
  });

  it('an erased person cannot be called, edited, enriched or found again', async () => {
    const inQueue = await stage.request('POST', '/api/queues', { name: 'All of them' });
    await stage.request('POST', '/api/queue', {
      queue_id: inQueue.body.queue.id,
      lead_ids: [lead],
    });
    const session = await stage.request('POST', '/api/dialer/sessions', {
      agent_id: agent,
      queue_id: inQueue.body.queue.id,
    });
    if (session.status === 201) {
      await stage.settle();
      const { body } = await stage.request('GET', `/api/dialer/sessions/${session.body.id}`);
      expect(body.calls).toEqual([]);
      await stopAll();
    }
    expectProblem(
      await stage.request('PATCH', `/api/leads/${lead}`, { name: 'Zoë' }),
      404,
      'not_found',
    );
    const { body: list } = await stage.request('GET', '/api/leads?q=erased');
    expect(list.total).toBe(0);
    const { body: numbers } = await stage.request('GET', '/api/suppressions?q=erased');
    expect(
      numbers.suppressions.map((each: { phone_number: string }) => each.phone_number),
    ).toContain(ZOE.phone_number);
    await expect(
      sql`update queue_items set state = 'PENDING' where lead_id = ${lead}`.execute(stage.db),
    ).rejects.toThrow(/queue_items_never_call_erased/);
  });

  it('what is known of a person comes back suppressed when an import brings the number again', async () => {
    await stage.request('POST', '/api/imports', {
      file_name: 'again.csv',
      csv: 'Name,Phone\nZoë Quillfeather,2025550177\n',
      queue_name: 'Again',
    });
    await stage.settle();
    const { rows } = await sql<{ state: string }>`
      select state from queue_items where phone = ${ZOE.phone_number}`.execute(stage.db);
    expect(rows).toEqual([{ state: 'SUPPRESSED' }]);
    expect((await erase({ phone_number: ZOE.phone_number })).body.erased).toMatchObject({
      leads: 1,
    });
    for (const trace of TRACES) expect(await everything()).not.toMatch(trace);
  });

  it('who is no lead any more is erased from the calls', async () => {
    const gone = await stage.addLead({ name: 'Gwen Gone', phone_number: '+12025550166' });
    const callId = await talkTo(gone.id, 'Gwen Gone moves to Oslo.');
    expect((await stage.request('DELETE', `/api/leads/${gone.id}`)).status).toBe(200);
    const { body } = await erase({ phone_number: '+12025550166' });
    expect(body.erased).toMatchObject({ leads: 0, calls: 1 });
    await stage.settle();
    expect(await everything()).not.toMatch(/Gwen Gone|2025550166/);
    expect((await stage.request('GET', `/api/history/${callId}`)).body.outcome).toBe('CONNECTED');
  });

  it('what is known of a person is found before the hashes of older leads are filled in, and after', async () => {
    const old = await stage.addLead({ name: 'Olga Old', email: 'Olga@Example.com' });
    await sql`update leads set phone_hash = null, email_hash = null where id = ${old.id}`.execute(
      stage.db,
    );
    expect((await exportBy({ email: 'olga@example.com' })).status).toBe(200);
    expect((await exportBy({ phone_number: old.phone_number })).status).toBe(200);
    const hashes = personHashes(Buffer.alloc(32, 7));
    expect(await fillPersonHashes(stage.db, hashes, { batchSize: 1 })).toBe(1);
    expect(await fillPersonHashes(stage.db, hashes)).toBe(0);
    expect((await exportBy({ email: 'olga@example.com' })).status).toBe(200);
    expect((await exportBy({ phone_number: old.phone_number })).status).toBe(200);
  });

  it('the keyed hashes follow each change of number and address, from every writer', async () => {
    const moved = await stage.addLead({ name: 'Mia Moved', email: 'mia@example.com' });
    const patched = await stage.request('PATCH', `/api/leads/${moved.id}`, {
      phone_number: '+12025550144',
      email: 'mia.new@example.com',
    });
    expect(patched.status).toBe(200);
    expect((await exportBy({ phone_number: '+12025550144' })).status).toBe(200);
    expect((await exportBy({ email: 'mia.new@example.com' })).status).toBe(200);
    expectProblem(await exportBy({ email: 'mia@example.com' }), 404, 'not_found');
    // A node of an older release knows nothing of hashes.
    await sql`update leads set email = 'mia.newer@example.com' where id = ${moved.id}`.execute(
      stage.db,
    );
    expect((await exportBy({ email: 'mia.newer@example.com' })).status).toBe(200);
    expectProblem(await exportBy({ email: 'mia.new@example.com' }), 404, 'not_found');
  });

  const withCountry = async () => {
    const { body } = await stage.request('GET', '/api/config');
    const { settings, version } = body;
    return {
      version,
      settings: { ...settings, imports: { ...settings.imports, default_country: 'US' } },
    };
  };
});
