import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStage, expectProblem, type Stage, UNKNOWN_ID } from '../../harness/stage.js';

describe('what was called', () => {
  let stage: Stage;
  let agent: string;
  let callIds: string[];

  beforeAll(async () => {
    stage = await createStage();
    agent = await stage.addAgent('Hera');
    const names = ['=HYPERLINK("http://evil")', 'Zoë "Z" Łuk, PhD', 'Plain\nJane'];
    const lead_ids: string[] = [];
    for (const name of names) lead_ids.push((await stage.addLead({ name })).id);
    const session = await stage.request('POST', '/api/dialer/sessions', {
      agent_id: agent,
      lead_ids,
      lines: 3,
    });
    await stage.settle();
    const live = await stage.request('GET', `/api/dialer/sessions/${session.body.id}`);
    callIds = live.body.active_call_ids;
    const [a = '', b = '', c = ''] = callIds;
    await stage.time.advance(5_000);
    await stage.tell(a, { endedAt: stage.time.now(), endCause: 'busy' });
    await stage.time.advance(5_000);
    await stage.tell(b, { answeredAt: stage.time.now(), answeredBy: 'PERSON' });
    await stage.tell(c, { endedAt: stage.time.now(), endCause: 'canceled' });
    await stage.time.advance(30_000);
    await stage.tell(b, { endedAt: stage.time.now(), endCause: 'hangup' });
    await stage.request('POST', `/api/calls/${b}/disposition`, {
      disposition: 'Interested',
      notes: '+ wants a call',
    });
    await stage.request('POST', `/api/dialer/sessions/${session.body.id}/stop`);
  });
  afterAll(() => stage.close());

  const total = async (query: string) =>
    (await stage.request('GET', `/api/history?${query}`)).body.total;

  it('what was called is found by agent, outcome, disposition, period and name', async () => {
    expect(await total('')).toBe(3);
    expect(await total(`agent_id=${agent}`)).toBe(3);
    expect(await total(`agent_id=${UNKNOWN_ID}`)).toBe(0);
    expect(await total('outcome=BUSY')).toBe(1);
    expect(await total('outcome=BUSY&outcome=CONNECTED')).toBe(2);
    expect(await total('disposition=interested')).toBe(1);
    expect(await total('q=jane')).toBe(1);
    expect(await total('from=2026-11-20T15:00:10Z&to=2026-11-20T15:00:30Z')).toBe(1);
    const query = 'from=2026-11-20T16:00:00%2B01:00';
    expect(await total(query)).toBe(3);
    expectProblem(await stage.request('GET', '/api/history?outcome=MAYBE'), 400, 'invalid_request');
    expectProblem(await stage.request('GET', '/api/history?from=today'), 400, 'invalid_request');
    expectProblem(await stage.request('GET', `/api/history/${UNKNOWN_ID}`), 404, 'not_found');
  });

  it('what was called is exported whole, with nothing in it that a spreadsheet would run', async () => {
    const answer = await stage.request('GET', '/api/history/export.csv');
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="outdial-history-2026-11-20.csv"',
    });
    // Excel takes a file without the mark for the computer's own encoding.
    expect(answer.text.startsWith('\uFEFFcall_id,')).toBe(true);
    const rows: Record<string, string>[] = parse(answer.text, { columns: true, bom: true });
    expect(rows).toHaveLength(3);
    expect(rows.map((row) => row.lead_name).sort()).toEqual([
      `'=HYPERLINK("http://evil")`,
      'Plain\nJane',
      'Zoë "Z" Łuk, PhD',
    ]);
    const talked = rows.find((row) => row.outcome === 'CONNECTED');
    expect(talked).toMatchObject({
      notes: "'+ wants a call",
      phone_number: expect.stringMatching(/^\+1202555\d{4}$/),
      talk_seconds: '30',
      disposition: 'Interested',
    });
    const busy = await stage.request('GET', '/api/history/export.csv?outcome=BUSY');
    expect(parse(busy.text, { columns: true })).toHaveLength(1);
    const wrong = await stage.request('GET', '/api/history/export.csv?crm_state=LOST');
    expectProblem(wrong, 400, 'invalid_request');
  });

  it('what was called adds up in the statistics, by agent, queue, hour and day of the zone asked for', async () => {
    const { body } = await stage.request('GET', '/api/stats?time_zone=America/New_York');
    expect(body.totals).toMatchObject({
      attempted: 3,
      connected: 1,
      failed: 1,
      canceled: 1,
      live: 0,
      talk_seconds: 30,
      average_talk_seconds: 30,
    });
    expect(body.by_agent).toMatchObject([{ agent_id: agent, agent_name: 'Hera', attempted: 3 }]);
    expect(body.by_hour).toMatchObject([{ hour: 10, attempted: 3 }]);
    expect(body.by_day).toMatchObject([{ day: '2026-11-20', attempted: 3 }]);
    expect(body.by_outcome).toContainEqual({ outcome: 'BUSY', calls: 1 });
    const zone = await stage.request('GET', '/api/stats?time_zone=Nowhere');
    expect(expectProblem(zone, 400, 'invalid_request').errors).toMatchObject([
      { field: 'time_zone' },
    ]);
    const backwards = await stage.request(
      'GET',
      '/api/stats?from=2026-11-21T00:00:00Z&to=2026-11-20T00:00:00Z',
    );
    expectProblem(backwards, 400, 'invalid_request');
    const unknown = await stage.request('GET', `/api/stats?agent_id=${UNKNOWN_ID}`);
    expect(unknown.body.totals).toMatchObject({ attempted: 0, connect_rate: 0 });
  });

  it('what was called is kept as a report per day', async () => {
    await stage.time.advance(24 * 3600_000);
    const { reports } = stage.ports;
    await (reports as unknown as { writeDay(day: string, now: Date): Promise<unknown> }).writeDay(
      '2026-11-20',
      stage.time.now(),
    );
    const { body } = await stage.request('GET', '/api/reports?from=2026-11-20&to=2026-11-20');
    expect(body.reports).toMatchObject([
      { day: '2026-11-20', agent_name: 'Hera', attempted: 3, by_outcome: { BUSY: 1 } },
    ]);
    expectProblem(await stage.request('GET', '/api/reports?from=20th'), 400, 'invalid_request');
  });

  it('what was called shows what providers said, and tries a dead event again', async () => {
    const { body } = await stage.request('GET', '/api/provider-events?limit=1');
    expect(body).toMatchObject({
      total: 4,
      events: [
        { connection_id: 'stage', state: 'PROCESSED', payload: { facts: expect.anything() } },
      ],
    });
    const done = await stage.request('POST', `/api/provider-events/${body.events[0].id}/replay`);
    expectProblem(done, 409, 'event_not_dead');
    const unknown = await stage.request('POST', `/api/provider-events/${UNKNOWN_ID}/replay`);
    expectProblem(unknown, 404, 'not_found');
  });

  it('what was called shows events that failed too often, and a person tries them again, one or all', async () => {
    const nothing = await stage.request('POST', '/api/provider-events/replay');
    expect(nothing.body).toMatchObject({ events: 0 });
    for (const _ of ['one', 'two']) await stage.tellNonsense();
    for (let tries = 1; tries < 10; tries += 1) {
      await stage.time.advance(60_000);
      await stage.settle();
    }
    const dead = async () =>
      (await stage.request('GET', '/api/provider-events?state=DEAD')).body.events;
    const [first, second] = await dead();
    expect(await dead()).toMatchObject([
      { attempts: 10, note: 'An event that cannot be read.', payload: { call_id: null } },
      { attempts: 10 },
    ]);
    const one = await stage.request('POST', `/api/provider-events/${first.id}/replay`);
    expect(one.body.event).toMatchObject({ state: 'PENDING', attempts: 0 });
    expect(await dead()).toMatchObject([{ id: second.id }]);
    const all = await stage.request('POST', '/api/provider-events/replay');
    expect(all.body).toEqual({ message: '1 event is looked at again.', events: 1 });
    expect(stage.woken.map(({ id }) => id)).toEqual([first.id, second.id]);
    expect(await dead()).toEqual([]);
  });

  it('what was called is in the mock CRM, contacts and all', async () => {
    const { body } = await stage.request('GET', '/api/crm/contacts?limit=2');
    expect(body).toMatchObject({ total: 3, next_cursor: expect.any(String) });
    const rest = await stage.request('GET', `/api/crm/contacts?limit=2&cursor=${body.next_cursor}`);
    expect(rest.body).toMatchObject({ contacts: [expect.anything()], next_cursor: null });
    const wrong = await stage.request('GET', '/api/crm/activities?cursor=zzz');
    expectProblem(wrong, 400, 'invalid_cursor');
    const faults = await stage.request('PUT', '/api/crm/faults', { fail_rate: 2 });
    expectProblem(faults, 400, 'invalid_request');
    expect((await stage.request('GET', '/api/crm/faults')).body).toEqual({
      down: false,
      fail_rate: 0,
      lose_answer_rate: 0,
    });
  });
});
