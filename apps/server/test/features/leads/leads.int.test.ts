import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStage, expectProblem, type Stage, UNKNOWN_ID } from '../../harness/stage.js';

describe('leads', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await createStage();
    await stage.addAgent('Ada Stone');
  });
  afterAll(() => stage.close());

  it('leads adds a lead and reads the number in the national form of the default country', async () => {
    const { status, body } = await stage.request('POST', '/api/leads', {
      name: '  Grace Hopper ',
      phone_number: '(202) 555-0110',
      company: 'Navy',
      email: '',
      headcount: 250,
      industry: 'Defense',
      time_zone: 'America/New_York',
    });
    expect(status).toBe(201);
    expect(body.message).toBe('Grace Hopper was added.');
    expect(body.lead).toMatchObject({
      name: 'Grace Hopper',
      phone_number: '+12025550110',
      company: 'Navy',
      email: null,
      headcount: '250',
      time_zone: 'America/New_York',
      score: 0,
      enrichment: null,
      crm_external_id: null,
      created_at: '2026-11-20T15:00:00.001Z',
    });
    const read = await stage.request('GET', `/api/leads/${body.lead.id.toUpperCase()}`);
    expect(read.body).toEqual(body.lead);
  });

  it('leads serves the same people under the word of the CRM', async () => {
    const lead = await stage.addLead({ name: 'Contact Me', industry: 'Mining' });
    const contact = await stage.request('GET', `/api/contacts/${lead.id}`);
    expect(contact.body).toEqual(lead);
    const list = await stage.request('GET', '/api/contacts?q=contact%20me');
    expect(list.body).toMatchObject({ leads: [{ id: lead.id }], total: 1, next_cursor: null });
  });

  it('leads refuses a number that cannot be dialed, and says why', async () => {
    const answer = await stage.request('POST', '/api/leads', { name: 'X', phone_number: '123' });
    const problem = expectProblem(answer, 400, 'invalid_phone_number');
    expect(problem.errors).toMatchObject([{ field: 'phone_number' }]);
    expect(problem.detail).toMatch(/^The phone number /);
  });

  it('leads may be called again once contact is allowed, and the number on the list stays there', async () => {
    const lead = await stage.addLead({ name: 'Asked Not' });
    const queue = await stage.request('POST', '/api/queues', {
      name: 'Asked',
      lead_ids: [lead.id],
    });
    const items = async () =>
      (await stage.request('GET', `/api/queue?queue_id=${queue.body.queue.id}`)).body.items;
    const path = `/api/leads/${lead.id}/allow-contact`;
    const nothing = await stage.request('POST', path);
    expect(nothing.body.message).toBe('Nothing said on a call holds Asked Not.');

    const callId = UNKNOWN_ID;
    await sql`
      insert into contact_stops (call_id, phone, lead_id, effect, disposition, created_at)
      values (${callId}, ${lead.phone_number}, ${lead.id}, 'ends_everywhere', 'Not Interested', ${stage.time.now()})`.execute(
      stage.db,
    );
    await sql`
      update queue_items set state = 'DONE', stopped_by_call_id = ${callId} where lead_id = ${lead.id}`.execute(
      stage.db,
    );
    const [held] = await items();
    const refused = await stage.request('PATCH', `/api/queue/${held.id}`, { state: 'PENDING' });
    expectProblem(refused, 409, 'contact_ended');

    const { status, body } = await stage.request('POST', path);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      message: 'Asked Not may be called again.',
      lead: { id: lead.id },
    });
    expect(await items()).toMatchObject([{ state: 'PENDING' }]);
    const audited = stage.audited.filter(({ action }) => action === 'contact_allowed');
    expect(audited).toMatchObject([{ details: { calls: 1 } }]);

    await stage.request('POST', '/api/suppressions', { phone_numbers: [lead.phone_number] });
    await stage.request('POST', path);
    expect(await items()).toMatchObject([{ state: 'SUPPRESSED' }]);
    expectProblem(
      await stage.request('POST', `/api/leads/${UNKNOWN_ID}/allow-contact`),
      404,
      'not_found',
    );
  });

  it('leads refuses a second lead with the same number, and names the first', async () => {
    const lead = await stage.addLead();
    const again = { name: 'Twin', phone_number: lead.phone_number };
    const answer = await stage.request('POST', '/api/leads', again);
    expect(expectProblem(answer, 409, 'duplicate_phone_number').detail).toContain(lead.id);
    const other = await stage.addLead();
    const patched = await stage.request('PATCH', `/api/leads/${other.id}`, {
      phone_number: lead.phone_number,
    });
    expectProblem(patched, 409, 'duplicate_phone_number');
  });

  it('leads names every field that does not fit', async () => {
    const answer = await stage.request('POST', '/api/leads', {
      name: ' ',
      email: 'not-an-address',
      score: 1.5,
      queue_id: 'x',
    });
    const { errors } = expectProblem(answer, 400, 'invalid_request');
    expect(errors?.map((error) => error.field).sort()).toEqual([
      'email',
      'name',
      'phone_number',
      'queue_id',
      'score',
    ]);
    expect(errors?.find((error) => error.field === 'phone_number')?.message).toBe('is missing');
  });

  it('an unknown time zone is refused', async () => {
    const answer = await stage.request('POST', '/api/leads', {
      name: 'Z',
      phone_number: '+12025550999',
      time_zone: 'Mars/Olympus',
    });
    expect(expectProblem(answer, 400, 'invalid_request').errors).toMatchObject([
      { field: 'time_zone' },
    ]);
  });

  it('leads refuses text that no database can store', async () => {
    const phone_number = '+12025550998';
    const nul = await stage.request('POST', '/api/leads', { name: 'a\0b', phone_number });
    expect(expectProblem(nul, 400, 'invalid_request').errors).toMatchObject([{ field: 'name' }]);
    const half = await stage.request('POST', '/api/leads', { name: 'a\ud800b', phone_number });
    expectProblem(half, 400, 'invalid_request');
    expectProblem(await stage.request('GET', '/api/leads?q=%00'), 400, 'invalid_request');
  });

  it('changes what is given, and empties what is null', async () => {
    const lead = await stage.addLead({ company: 'Old', industry: 'Steel', score: 3 });
    const { status, body } = await stage.request('PATCH', `/api/leads/${lead.id}`, {
      company: 'New',
      industry: null,
    });
    expect(status).toBe(200);
    expect(body.lead).toMatchObject({ company: 'New', industry: null, score: 3, name: lead.name });
    expect((await stage.request('PATCH', `/api/leads/${lead.id}`, {})).status).toBe(200);
  });

  it('filters by industry and headcount, one or several, and says what there is to filter by', async () => {
    await stage.addLead({ industry: 'Robots', headcount: '11-50' });
    await stage.addLead({ industry: 'Robots', headcount: '1000+' });
    await stage.addLead({ industry: 'Cheese', headcount: '11-50' });
    const total = async (query: string) =>
      (await stage.request('GET', `/api/leads?${query}`)).body.total;
    expect(await total('industry=Robots')).toBe(2);
    expect(await total('industry=Robots&industry=Cheese')).toBe(3);
    expect(await total('industry=Robots&headcount=11-50')).toBe(1);
    const { body } = await stage.request('GET', '/api/leads/filters/options');
    expect(body.industries).toEqual(expect.arrayContaining(['Cheese', 'Robots']));
    expect(body.headcounts.indexOf('11-50')).toBeLessThan(body.headcounts.indexOf('1000+'));
  });

  it('pages through a list without losing or repeating anybody', async () => {
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = await stage.request('GET', `/api/leads?limit=3&sort=name${cursor}`);
      expect(page.status).toBe(200);
      seen.push(...page.body.leads.map((lead: { id: string }) => lead.id));
      expect(page.body.total).toBeGreaterThanOrEqual(seen.length);
      cursor = page.body.next_cursor === null ? '' : `&cursor=${page.body.next_cursor}`;
    } while (cursor !== '');
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBe((await stage.request('GET', '/api/leads')).body.total);
  });

  it('leads refuses a cursor of another list, and limits beyond 200', async () => {
    const { body } = await stage.request('GET', '/api/leads?limit=1&sort=name');
    const other = await stage.request('GET', `/api/leads?sort=score&cursor=${body.next_cursor}`);
    expectProblem(other, 400, 'invalid_cursor');
    expectProblem(await stage.request('GET', '/api/leads?cursor=nonsense'), 400, 'invalid_cursor');
    for (const limit of ['0', '201', 'many', '1.5']) {
      const answer = await stage.request('GET', `/api/leads?limit=${limit}`);
      expect(expectProblem(answer, 400, 'invalid_request').errors).toMatchObject([
        { field: 'limit' },
      ]);
    }
    expectProblem(await stage.request('GET', '/api/leads?sort=shoe_size'), 400, 'invalid_request');
  });

  it('unknown ids are a 404, malformed ids a 400', async () => {
    for (const [method, path] of [
      ['GET', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['POST', '/enrich'],
      ['GET', '/crm-activities'],
    ] as const) {
      const body = method === 'PATCH' ? { name: 'Unknown' } : undefined;
      const unknown = await stage.request(method, `/api/leads/${UNKNOWN_ID}${path}`, body);
      expectProblem(unknown, 404, 'not_found');
      const malformed = await stage.request(method, `/api/leads/42${path}`, body);
      expect(expectProblem(malformed, 400, 'invalid_request').errors).toMatchObject([
        { field: 'id' },
      ]);
    }
    const long = await stage.request('GET', `/api/leads/${'x'.repeat(300)}`);
    expectProblem(long, 400, 'invalid_request');
  });

  it('enriches a lead, and says when the provider does not answer', async () => {
    const lead = await stage.addLead({ company: 'Acme' });
    const enriched = await stage.request('POST', `/api/leads/${lead.id}/enrich`);
    expect(enriched.status).toBe(200);
    expect(enriched.body.lead.enrichment).toMatchObject({ provider: 'mock' });
    stage.enrichment.setFaults({ down: true });
    const down = await stage.request('POST', `/api/leads/${lead.id}/enrich`);
    stage.enrichment.setFaults({});
    expectProblem(down, 503, 'enrichment_unavailable');
  });

  it('leads puts a new lead straight into a queue, and refuses an unknown queue before anything is stored', async () => {
    const queue = await stage.request('POST', '/api/queues', { name: 'Straight' });
    const lead = await stage.addLead({ queue_id: queue.body.queue.id });
    const items = await stage.request('GET', `/api/queue?lead_id=${lead.id}`);
    expect(items.body.items).toMatchObject([{ queue_id: queue.body.queue.id, state: 'PENDING' }]);
    const nowhere = await stage.request('POST', '/api/leads', {
      name: 'Lost',
      phone_number: '+12025550997',
      queue_id: UNKNOWN_ID,
    });
    expectProblem(nowhere, 404, 'not_found');
    expect((await stage.request('GET', '/api/leads?q=Lost')).body.total).toBe(0);
  });

  it('a lead is deleted with its places in queues, but not while it is on a call', async () => {
    const agent = await stage.addAgent('Del Eter');
    const lead = await stage.addLead();
    const session = await stage.request('POST', '/api/dialer/sessions', {
      agent_id: agent,
      lead_ids: [lead.id],
    });
    await stage.settle();
    const busy = await stage.request('DELETE', `/api/leads/${lead.id}`);
    expectProblem(busy, 409, 'lead_on_call');
    const live = await stage.request('GET', `/api/dialer/sessions/${session.body.id}`);
    await stage.tell(live.body.active_call_ids[0], { endedAt: stage.time.now(), endCause: 'busy' });
    expect((await stage.request('DELETE', `/api/leads/${lead.id}`)).status).toBe(200);
    expectProblem(await stage.request('GET', `/api/leads/${lead.id}`), 404, 'not_found');
    const history = await stage.request('GET', `/api/history?lead_id=${lead.id}`);
    expect(history.body.calls).toMatchObject([{ lead: { name: lead.name }, outcome: 'BUSY' }]);
  });
});
