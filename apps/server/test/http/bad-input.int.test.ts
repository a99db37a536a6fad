import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStage, type Stage, UNKNOWN_ID } from '../harness/stage.js';

/** What strangers, scripts and broken clients send. */
const NASTY: readonly unknown[] = [
  '',
  ' ',
  'x'.repeat(6_000),
  "' or 1=1 --",
  '%',
  '\\',
  '\0',
  '\ud800',
  '-1',
  '9007199254740993',
  '1e400',
  'NaN',
  'null',
  '0000-01-01T00:00:00Z',
  '9999-12-31T23:59:59.999Z',
  '2026-02-30T00:00:00Z',
  '0000-01-01',
  '[object Object]',
  UNKNOWN_ID,
  0,
  -1,
  1.5,
  2 ** 31,
  2 ** 53,
  true,
  null,
  [],
  [null],
  ['x', 'x'],
  {},
  { a: { b: [] } },
];

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly name: string; readonly in: string }[];
  readonly responses: Readonly<Record<string, unknown>>;
}
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

describe('whatever a caller sends', () => {
  let stage: Stage;
  let operations: readonly { path: string; method: Method; operation: Operation }[];
  let bodies: Readonly<Record<string, Record<string, unknown>>>;

  beforeAll(async () => {
    stage = await createStage();
    const agentId = await stage.addAgent('Target');
    const lead = await stage.addLead();
    const queue = await stage.request('POST', '/api/queues', { name: 'Target' });
    const { paths } = (await stage.request('GET', '/api/openapi.json')).body;
    operations = Object.entries<Record<string, Operation>>(paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({
        path,
        method: method.toUpperCase() as Method,
        operation,
      })),
    );
    const { settings } = (await stage.request('GET', '/api/config')).body;
    const queue_id = queue.body.queue.id;
    const added = await stage.request('POST', '/api/queue', { queue_id, lead_ids: [lead.id] });
    const other = await stage.addAgent('Caller');
    const start = { agent_id: other, lead_ids: [(await stage.addLead()).id] };
    const session = await stage.request('POST', '/api/dialer/sessions', start);
    await stage.settle();
    const { body } = await stage.request('GET', `/api/dialer/sessions/${session.body.id}`);
    Object.assign(ids, {
      updateLead: lead.id,
      updateQueue: queue_id,
      updateQueueItem: added.body.items[0].id,
      setDisposition: body.active_call_ids[0],
      saveNote: body.active_call_ids[0],
      updateAgent: agentId,
      startCampaign: agentId,
    });
    bodies = {
      createLead: {
        name: 'N',
        phone_number: '+12025558001',
        job_title: 'J',
        company: 'C',
        email: 'a@example.com',
        headcount: '1',
        industry: 'I',
        time_zone: 'UTC',
        score: 1,
        queue_id,
      },
      updateLead: { name: 'N', phone_number: '+12025558002', time_zone: 'UTC', score: 1 },
      importLeads: {
        csv: 'name,phone\nA,+12025558003',
        mapping: { name: 'name', phone: 'phone_number' },
        default_country: 'US',
        duplicates: 'skip',
        queue_id,
        queue_name: 'Q',
        file_name: 'f.csv',
      },
      createQueue: { name: 'Fuzz', settings: settings.dialing, lead_ids: [lead.id] },
      updateQueue: { name: 'Target', settings: { calling_window: null, retry_rules: {} } },
      addToQueue: { queue_id, lead_ids: [lead.id], priority: 1, due_at: '2026-11-20T00:00:00Z' },
      updateQueueItem: { priority: 1, due_at: '2026-11-20T00:00:00Z', state: 'PENDING' },
      createSession: { agent_id: agentId, lead_ids: [lead.id], lines: 1, after_connect: 'stop' },
      startDialer: { queue_id, lines: 1, after_connect: 'stop' },
      setDisposition: {
        disposition: 'Busy',
        notes: 'n',
        note_revision: 0,
        request_id: UNKNOWN_ID,
        callback_at: '2027-01-01T00:00:00Z',
      },
      saveNote: { text: 'n', revision: 0 },
      createAgent: { name: 'N', email: 'n@example.com', provider_user_id: '1' },
      updateAgent: { name: 'N', provider_user_id: null },
      setMyStatus: { status: 'AVAILABLE' },
      startCampaign: { queue_id },
      addSuppressions: { phone_numbers: ['+12025558004'], reason: 'R' },
      syncCrm: { call_ids: [UNKNOWN_ID] },
      setMockCrmFaults: { down: false, fail_rate: 0, lose_answer_rate: 0 },
      putConfig: { version: 0, settings },
    };
  });
  afterAll(() => stage.close());

  /** Of something that exists, so that what is sent gets as far as it can. */
  const ids: Record<string, string> = {};
  const pathWith = (path: string, id: string) =>
    path.replace(/\{\w+\}/g, () => encodeURIComponent(id));
  /** Never our fault, and never an answer that the document does not mention. */
  async function expectDocumented(
    { path, method, operation }: (typeof operations)[number],
    url: string,
    body: unknown,
    sent: unknown,
  ): Promise<void> {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const text = body === undefined ? undefined : JSON.stringify(body);
    const answer = await stage.request(method, url, text, headers);
    const documented = Object.keys(operation.responses).map(Number);
    if (answer.status < 500 && documented.includes(answer.status)) return;
    const log = answer.status === 500 ? stage.logged.at(-1) : answer.text;
    expect.fail(
      `${method} ${path} with ${JSON.stringify(sent)?.slice(0, 200)} answered ${answer.status}: ${JSON.stringify(log)}`,
    );
  }

  it('whatever a caller sends in an address is answered as the document says', async () => {
    // Halves of surrogate pairs cannot be written into an address.
    const texts = NASTY.filter(
      (value): value is string => typeof value === 'string' && !/\p{Surrogate}/u.test(value),
    );
    for (const target of operations) {
      const url = pathWith(target.path, UNKNOWN_ID);
      for (const { name } of target.operation.parameters?.filter((p) => p.in === 'query') ?? []) {
        if (target.method !== 'GET') continue;
        for (const value of texts) {
          const query = `${name}=${encodeURIComponent(value)}`;
          await expectDocumented(target, `${url}?${query}`, undefined, query);
        }
        await expectDocumented(target, `${url}?${name}=1&${name}=2`, undefined, `${name} twice`);
      }
      if (!target.path.includes('{')) continue;
      for (const value of texts) {
        if (value.trim() === '' || value.length > 1_000) continue;
        const body = bodies[target.operation.operationId.replace('Contact', 'Lead')];
        await expectDocumented(target, pathWith(target.path, value), body, value);
      }
    }
  }, 60_000);

  it('whatever a caller sends in a body is answered as the document says', async () => {
    for (const target of operations) {
      const body = bodies[target.operation.operationId];
      if (body === undefined) continue;
      const url = pathWith(target.path, ids[target.operation.operationId] ?? UNKNOWN_ID);
      for (const value of NASTY) await expectDocumented(target, url, value, value);
      for (const field of Object.keys(body)) {
        for (const value of NASTY) {
          const changed = { ...body, [field]: value };
          await expectDocumented(target, url, changed, { [field]: value });
        }
        const { [field]: _, ...without } = body;
        await expectDocumented(target, url, without, `no ${field}`);
      }
    }
  }, 60_000);
});
