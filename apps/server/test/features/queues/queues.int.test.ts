import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStage, expectProblem, type Stage, UNKNOWN_ID } from '../../harness/stage.js';

describe('queues', () => {
  let stage: Stage;
  let agent: string;
  beforeAll(async () => {
    stage = await createStage();
    agent = await stage.addAgent('Quinn');
  });
  afterAll(() => stage.close());

  const newQueue = async (name: string, more: object = {}): Promise<string> => {
    const { status, body } = await stage.request('POST', '/api/queues', { name, ...more });
    expect(status).toBe(201);
    return body.queue.id;
  };

  it('queues makes a queue of leads in their order, with hours and rules of its own', async () => {
    const [a, b] = [await stage.addLead(), await stage.addLead()];
    const settings = {
      wrap_up_seconds: 5,
      calling_window: { start: '09:30', end: '24:00', enforce: true },
      retry_rules: { BUSY: { delay_seconds: 60, tries: 2 } },
    };
    const { status, body } = await stage.request('POST', '/api/queues', {
      name: 'Autumn',
      settings,
      lead_ids: [b.id, a.id, b.id],
    });
    expect(status).toBe(201);
    expect(body.queue).toMatchObject({
      name: 'Autumn',
      settings,
      counts: { total: 2, callable: 2, pending: 2, claimed: 0, done: 0 },
      next_due_at: null,
    });
    const items = await stage.request('GET', `/api/queue?queue_id=${body.queue.id}`);
    expect(items.body.items.map((item: { lead_id: string }) => item.lead_id)).toEqual([b.id, a.id]);
    expect((await stage.request('GET', `/api/queues/${body.queue.id}`)).body).toEqual(body.queue);
  });

  it('a taken name, hours that end before they begin, and unknown leads are refused', async () => {
    await newQueue('Taken');
    const again = await stage.request('POST', '/api/queues', { name: 'TAKEN' });
    expectProblem(again, 409, 'duplicate_name');
    const backwards = await stage.request('POST', '/api/queues', {
      name: 'Backwards',
      settings: { calling_window: { start: '21:00', end: '08:00', enforce: null } },
    });
    expect(expectProblem(backwards, 400, 'invalid_request').errors).toMatchObject([
      { field: 'settings.calling_window' },
    ]);
    const unknown = await stage.request('POST', '/api/queues', {
      name: 'N',
      lead_ids: [UNKNOWN_ID],
    });
    expectProblem(unknown, 404, 'not_found');
    expect((await stage.request('GET', '/api/queues?q=N')).body.queues).not.toContainEqual(
      expect.objectContaining({ name: 'N' }),
    );
  });

  it('queues renames a queue and replaces its settings', async () => {
    const id = await newQueue('Before', { settings: { wrap_up_seconds: 5 } });
    await newQueue('Elsewhere');
    const changed = await stage.request('PATCH', `/api/queues/${id}`, {
      name: 'After',
      settings: { ring_seconds: 15 },
    });
    expect(changed.body.queue).toMatchObject({ name: 'After', settings: { ring_seconds: 15 } });
    expect(changed.body.queue.settings).not.toHaveProperty('wrap_up_seconds');
    const taken = await stage.request('PATCH', `/api/queues/${id}`, { name: 'elsewhere' });
    expectProblem(taken, 409, 'duplicate_name');
    const unknown = await stage.request('PATCH', `/api/queues/${UNKNOWN_ID}`, { name: 'X' });
    expectProblem(unknown, 404, 'not_found');
  });

  it('queues deletes a queue, but not while a session works through it', async () => {
    const lead = await stage.addLead();
    const id = await newQueue('Short-lived', { lead_ids: [lead.id] });
    const session = await stage.request('POST', '/api/dialer/sessions', {
      agent_id: agent,
      queue_id: id,
    });
    const inUse = await stage.request('DELETE', `/api/queues/${id}`);
    expect(expectProblem(inUse, 409, 'queue_in_use').detail).toContain(session.body.id);
    await stage.request('POST', `/api/dialer/sessions/${session.body.id}/stop`);
    stage.announced.length = 0;
    expect((await stage.request('DELETE', `/api/queues/${id}`)).status).toBe(200);
    expect(stage.announced).toEqual([{ kind: 'queue', queueId: id }]);
    expectProblem(await stage.request('GET', `/api/queues/${id}`), 404, 'not_found');
    expectProblem(await stage.request('DELETE', `/api/queues/${id}`), 404, 'not_found');
    const add = await stage.request('POST', '/api/queue', { queue_id: id, lead_ids: [lead.id] });
    expectProblem(add, 404, 'not_found');
  });

  it('queues adds leads once, tells who was there already, and wakes the session that waits for them', async () => {
    const [a, b, c] = [await stage.addLead(), await stage.addLead(), await stage.addLead()];
    await stage.request('POST', '/api/suppressions', { phone_numbers: [c.phone_number] });
    const id = await newQueue('Filling', { lead_ids: [a.id] });
    const session = await stage.request('POST', '/api/dialer/sessions', {
      agent_id: agent,
      queue_id: id,
    });
    stage.woken.length = 0;
    stage.announced.length = 0;
    const { status, body } = await stage.request('POST', '/api/queue', {
      queue_id: id,
      lead_ids: [a.id, b.id, b.id, c.id],
      priority: 5,
      due_at: '2026-11-20T16:00:00+01:00',
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({ added: 1, already_there: 1, suppressed: 1 });
    expect(body.items[1]).toMatchObject({ lead_id: b.id, priority: 5, state: 'PENDING' });
    expect(stage.announced).toContainEqual({ kind: 'queue', queueId: id });
    expect(stage.woken).toContainEqual({ job: 'advance-session', id: session.body.id });
    const unknown = await stage.request('POST', '/api/queue', {
      queue_id: id,
      lead_ids: [a.id, UNKNOWN_ID],
    });
    expect(expectProblem(unknown, 404, 'not_found').detail).toContain(UNKNOWN_ID);
    await stage.request('POST', `/api/dialer/sessions/${session.body.id}/stop`);
    await stage.settle();
  });

  it('queues has no lead wait for an absurd year', async () => {
    const [a, b] = [await stage.addLead(), await stage.addLead()];
    const id = await newQueue('Absurd', { lead_ids: [a.id] });
    const far = { due_at: '2206-01-01T10:00:00Z' };
    const added = await stage.request('POST', '/api/queue', {
      queue_id: id,
      lead_ids: [b.id],
      ...far,
    });
    expect(expectProblem(added, 400, 'invalid_request').errors).toMatchObject([
      { field: 'due_at', message: 'is more than a year ahead; choose a time within a year' },
    ]);
    const { items } = (await stage.request('GET', `/api/queue?queue_id=${id}`)).body;
    expect(items).toHaveLength(1);
    const moved = await stage.request('PATCH', `/api/queue/${items[0].id}`, far);
    expect(expectProblem(moved, 400, 'invalid_request').errors).toMatchObject([
      { field: 'due_at' },
    ]);
  });

  it('queues moves a lead forward, brings a finished one back, and takes one out', async () => {
    const lead = await stage.addLead();
    const id = await newQueue('Moves', { lead_ids: [lead.id] });
    const session = await stage.request('POST', '/api/dialer/sessions', {
      agent_id: agent,
      queue_id: id,
    });
    await stage.settle();
    const [item] = (await stage.request('GET', `/api/queue?queue_id=${id}`)).body.items;
    const path = `/api/queue/${item.id}`;
    expect((await stage.request('PATCH', path, { priority: 9 })).body.item.priority).toBe(9);
    const due = { due_at: '2026-12-01T10:00:00Z' };
    expectProblem(await stage.request('PATCH', path, due), 409, 'queue_item_claimed');
    expectProblem(await stage.request('DELETE', path), 409, 'queue_item_claimed');

    const live = await stage.request('GET', `/api/dialer/sessions/${session.body.id}`);
    const [callId] = live.body.active_call_ids;
    await stage.tell(callId, { answeredAt: stage.time.now(), answeredBy: 'PERSON' });
    await stage.tell(callId, { endedAt: stage.time.now(), endCause: 'hangup' });
    await stage.request('POST', `/api/dialer/sessions/${session.body.id}/stop`);
    const later = expectProblem(await stage.request('PATCH', path, due), 400, 'invalid_request');
    expect(later.errors).toMatchObject([{ field: 'due_at' }]);
    const back = await stage.request('PATCH', path, { ...due, state: 'PENDING' });
    expect(back.body.item).toMatchObject({ state: 'PENDING', due_at: '2026-12-01T10:00:00.000Z' });
    expect((await stage.request('GET', `/api/queues/${id}`)).body).toMatchObject({
      next_due_at: '2026-12-01T10:00:00.000Z',
    });

    await stage.request('POST', '/api/suppressions', { phone_numbers: [lead.phone_number] });
    const suppressed = await stage.request('PATCH', path, { state: 'PENDING' });
    expectProblem(suppressed, 409, 'number_suppressed');
    expect((await stage.request('DELETE', path)).status).toBe(200);
    expectProblem(await stage.request('DELETE', path), 404, 'not_found');
    expectProblem(await stage.request('PATCH', path, {}), 404, 'not_found');
    const sideways = await stage.request('PATCH', path, { state: 'DONE' });
    expectProblem(sideways, 400, 'invalid_request');
  });

  it('queues suppresses the numbers that can be read, names the others, and lets them go again', async () => {
    const lead = await stage.addLead({ phone_number: '+442079460123' });
    const id = await newQueue('Sensitive', { lead_ids: [lead.id] });
    const bad = await stage.request('POST', '/api/suppressions', {
      phone_numbers: ['12', 'call me'],
    });
    expect(expectProblem(bad, 400, 'invalid_phone_number').errors).toMatchObject([
      { field: 'phone_numbers.0' },
      { field: 'phone_numbers.1' },
    ]);
    const state = async () => (await stage.request('GET', `/api/queue?queue_id=${id}`)).body;
    expect((await state()).items[0].state).toBe('PENDING');

    const twice = ['+44 20 7946 0123', 'call me', '+442079460123', 'x'.repeat(900)];
    const added = await stage.request('POST', '/api/suppressions', { phone_numbers: twice });
    expect(added).toMatchObject({
      status: 201,
      body: { added: 1, already_there: 0, refused: [{ index: 1 }, { index: 3 }] },
    });
    expect(added.body.message).toContain('2 numbers cannot be read and are NOT on the list.');
    expect((await state()).items[0].state).toBe('SUPPRESSED');
    const found = await stage.request('GET', '/api/suppressions?q=79460123');
    expect(found.body.suppressions).toMatchObject([
      { phone_number: '+442079460123', reason: 'Asked not to be called', source: 'person' },
    ]);
    const path = `/api/suppressions/${encodeURIComponent('+442079460123')}`;
    expect((await stage.request('DELETE', path)).status).toBe(200);
    expect((await state()).items[0].state).toBe('PENDING');
    expectProblem(await stage.request('DELETE', path), 404, 'not_found');
    const nonsense = await stage.request('DELETE', '/api/suppressions/unknown');
    expectProblem(nonsense, 400, 'invalid_phone_number');
  });

  describe('a do-not-call list as a file', () => {
    const send = (csv: string, more: object = {}) =>
      stage.request('POST', '/api/suppressions/import', { csv, default_country: 'US', ...more });
    const isListed = async (digits: string) =>
      (await stage.request('GET', `/api/suppressions?q=${digits}`)).body.total === 1;

    it('a do-not-call list with one bad line suppresses the good ones, and names the bad one', async () => {
      const lead = await stage.addLead({ phone_number: '+12025550131' });
      const queue = await newQueue('From a file', { lead_ids: [lead.id] });
      const list = '2025550131\nnot a number\n(202) 555-0132\n\n12\n';
      const preview = await send(list, { preview: true });
      expect(preview.body).toMatchObject({ preview: true, numbers: 2, added: 0, refused_total: 2 });
      expect(await isListed('2025550132')).toBe(false);

      const stored = await send(list, { reason: 'Robinson list' });
      expect(stored).toMatchObject({
        status: 200,
        body: {
          rows: 4,
          numbers: 2,
          added: 2,
          already_there: 0,
          heading_line: 0,
          refused_total: 2,
          refused: [
            { line: 2, cells: ['not a number'] },
            { line: 5, cells: ['12'], reason: expect.stringContaining('too short') },
          ],
        },
      });
      expect(stored.body.message).toContain('2 lines cannot be read and are NOT on the list.');
      expect(await isListed('2025550132')).toBe(true);
      const { items } = (await stage.request('GET', `/api/queue?queue_id=${queue}`)).body;
      expect(items[0].state).toBe('SUPPRESSED');
      expect((await send(list)).body).toMatchObject({ added: 0, already_there: 2 });
      const trail = stage.audited.filter(({ action }) => action === 'suppression_added');
      expect(trail.at(-1)).toMatchObject({ details: { refused: 2, already_there: 2 } });
    });

    it('a do-not-call list as a file has the numbers of all its columns, of the country in the row, and leaves out who may be called', async () => {
      const csv = [
        'Name;Country;Phone;Mobile;Do Not Call',
        'Ann;United Kingdom;020 7946 0141;07700 900141;yes',
        'Bob;;202 555 0142;;no',
        'Cy;;202 555 0143;;x',
      ].join('\n');
      expect((await send(csv)).body).toMatchObject({
        numbers: 3,
        added: 3,
        left_out: 1,
        phone_columns: ['Phone', 'Mobile'],
        refused_total: 0,
      });
      expect(await isListed('7700900141')).toBe(true);
      expect(await isListed('2025550142')).toBe(false);
    });

    it('a do-not-call list as a file may hold kinds of numbers that are never dialed, and is named when it is none', async () => {
      expect((await send('Number to block\n+1 900 555 0150')).body).toMatchObject({ added: 1 });
      expectProblem(await send('<html><table>'), 400, 'invalid_csv');
      expectProblem(await send('colour,shape\nred,round'), 400, 'invalid_csv');
      expectProblem(await send('2025550101', { default_country: 'ZZ' }), 400, 'invalid_request');
    });
  });
});
