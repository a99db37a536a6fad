import { type Lead, type Permission, ROLE_PERMISSIONS } from '@outdial/protocol';
import type { FastifyContextConfig, RouteOptions } from 'fastify';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { needsOfRoute } from '../../src/access/authorize.js';
import {
  type Answer,
  createStage,
  expectProblem,
  type Stage,
  UNKNOWN_ID,
} from '../harness/stage.js';
import { as, asKey } from '../harness/stage-access.js';

type Method = Parameters<Stage['request']>[0];

/** An agent at work on a queue of their own, with one call that is over and one that is live. */
interface AtWork {
  readonly agentId: string;
  readonly queueId: string;
  readonly leadIds: readonly string[];
  readonly sessionId: string;
  readonly overCallId: string;
  readonly liveCallId: string;
  readonly itemId: string;
  readonly industry: string;
  /** Everything by which they could be recognised in an answer. */
  readonly traces: readonly string[];
  request(
    method: Method,
    url: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer>;
}

interface Route {
  readonly method: Method;
  readonly url: string;
  readonly config?: FastifyContextConfig | undefined;
}

interface Office {
  readonly stage: Stage;
  readonly routes: readonly Route[];
  readonly rosa: AtWork;
  readonly omar: AtWork;
  /** An agent with nothing to do yet. */
  readonly idle: AtWork['request'];
  /** In the queue that everybody may work. */
  readonly shared: { readonly queueId: string; readonly leadId: string };
  /** In no queue. */
  readonly strayLeadId: string;
}

async function openOffice(): Promise<Office> {
  const seen: RouteOptions[] = [];
  const stage = await createStage({
    http: { watch: (app) => app.addHook('onRoute', (route) => void seen.push(route)) },
  });
  let phones = 0;
  const lead = async (name: string, industry: string) => {
    phones += 1;
    return stage.addLead({ name, industry, phone_number: `+1202555${4000 + phones}` });
  };

  const goToWork = async (name: string, industry: string): Promise<AtWork> => {
    const agentId = await stage.addAgent(name);
    const leads: Lead[] = [];
    for (const nth of ['First', 'Second', 'Third'])
      leads.push(await lead(`${nth} of ${name}`, industry));
    const leadIds = leads.map(({ id }) => id);
    const queue = await stage.request('POST', '/api/queues', {
      name: `${name}’s`,
      lead_ids: leadIds,
    });
    const queueId: string = queue.body.queue.id;
    await stage.request('PUT', `/api/queues/${queueId}/agents`, {
      restricted: true,
      agent_ids: [agentId],
    });
    const request: AtWork['request'] = (method, url, body, headers = {}) =>
      stage.request(method, url, body, { authorization: as('agent', agentId), ...headers });
    const session = await request('POST', '/api/dialer/start', { queue_id: queueId, lines: 2 });
    expect(session.status).toBe(201);
    await stage.settle();
    const [overCallId = '', liveCallId = ''] = (await request('GET', '/api/dialer/status')).body
      .session.active_call_ids;
    await request('POST', `/api/dialer/sessions/${session.body.id}/pause`);
    await stage.time.advance(1_000);
    await stage.tell(overCallId, { endedAt: stage.time.now(), endCause: 'busy' });
    const { body: items } = await stage.request('GET', `/api/queue?queue_id=${queueId}`);
    const itemIds: string[] = items.items.map((item: { id: string }) => item.id);
    return {
      agentId,
      queueId,
      leadIds,
      sessionId: session.body.id,
      overCallId,
      liveCallId,
      itemId: itemIds[0] ?? '',
      industry,
      traces: [
        agentId,
        queueId,
        session.body.id,
        overCallId,
        liveCallId,
        name,
        industry,
        ...leadIds,
        ...itemIds,
        ...leads.map((each) => each.phone_number),
      ],
      request,
    };
  };

  const rosa = await goToWork('Rosa Diaz', 'Bakeries');
  const omar = await goToWork('Omar Haddad', 'Breweries');
  const forAll = await lead('Dora of everybody', 'Schools');
  const open = await stage.request('POST', '/api/queues', {
    name: 'Everybody’s',
    lead_ids: [forAll.id],
  });
  const stray = await lead('Stray', 'Museums');
  const idleId = await stage.addAgent('Ines Okafor');
  stage.announced.length = 0;
  stage.woken.length = 0;
  return {
    stage,
    routes: seen.flatMap(({ method, url, config }) =>
      [method].flat().map((each) => ({ method: each as Method, url, config })),
    ),
    rosa,
    omar,
    idle: (method, url, body, headers = {}) =>
      stage.request(method, url, body, { authorization: as('agent', idleId), ...headers }),
    shared: { queueId: open.body.queue.id, leadId: forAll.id },
    strayLeadId: stray.id,
  };
}

const AGENT: ReadonlySet<Permission> = new Set(ROLE_PERMISSIONS.agent);
const agentMay = (route: Route): boolean => {
  const needs = needsOfRoute(route.config);
  return needs !== undefined && typeof needs !== 'string' && needs.some((one) => AGENT.has(one));
};

const TABLES = [
  'agents',
  'leads',
  'queues',
  'queue_agents',
  'queue_items',
  'sessions',
  'calls',
  'suppressions',
  'mock_crm_contacts',
  'mock_crm_activities',
  'settings_versions',
  'imports',
];

/** Everything that is stored, for seeing that nothing changed. */
async function everything({ db }: Stage): Promise<unknown> {
  const all: Record<string, unknown> = {};
  for (const table of TABLES) {
    const { rows } = await sql`
      select to_jsonb(t) as row from ${sql.table(table)} t order by to_jsonb(t)::text`.execute(db);
    all[table] = rows;
  }
  return all;
}

/** An answer without what differs from request to request, and without the id that was asked for. */
const told = (answer: Answer, id: string) => ({
  status: answer.status,
  text: answer.text.replaceAll(id, '…').replace(/"instance":"[^"]+"/, ''),
});

describe('of other agents', () => {
  let office: Office;
  let before: unknown;
  beforeAll(async () => {
    office = await openOffice();
  });
  afterAll(() => office.stage.close());
  beforeEach(async () => {
    before = await everything(office.stage);
  });
  afterEach(async () => {
    expect(await everything(office.stage)).toEqual(before);
    expect(office.stage.announced).toEqual([]);
    expect(office.stage.woken).toEqual([]);
  });

  /** Omar's, by the route; each route with an id needs an entry here with the id that a stranger would use. */
  const idsFor = (url: string): readonly string[] => {
    const { omar, strayLeadId } = office;
    if (/^\/api\/(leads|contacts)\/:id/.test(url)) return [...omar.leadIds, strayLeadId];
    if (url.startsWith('/api/queues/:id')) return [omar.queueId];
    if (url.startsWith('/api/dialer/sessions/:id')) return [omar.sessionId];
    if (url.startsWith('/api/calls/:id')) return [omar.overCallId, omar.liveCallId];
    if (url.startsWith('/api/history/:id')) return [omar.overCallId];
    throw new Error(`Add an entry for ${url}: which id would a stranger use?`);
  };
  const bodyFor = (url: string): unknown => {
    if (url.endsWith('/disposition')) return { disposition: 'Do Not Call', notes: 'Mine now.' };
    if (url.endsWith('/note')) return { text: 'Mine now.', revision: 0 };
    return /^\/api\/(leads|contacts)\/:id$/.test(url)
      ? { name: 'Taken over', score: 9 }
      : undefined;
  };

  it('an agent finds nothing by its id: the answer is the same as for an unknown id', async () => {
    const { routes, rosa } = office;
    const withId = routes.filter((route) => route.url.includes(':id') && agentMay(route));
    expect(withId.length).toBeGreaterThan(14);
    for (const { method, url } of withId) {
      const ask = (id: string) => rosa.request(method, url.replace(':id', id), bodyFor(url));
      const unknown = told(await ask(UNKNOWN_ID), UNKNOWN_ID);
      expect(unknown.status, `${method} ${url}`).toBe(404);
      for (const id of idsFor(url)) {
        expect({ url, ...told(await ask(id), id) }).toEqual({ url, ...unknown });
        const upper = id.toUpperCase();
        expect({ url, ...told(await ask(upper), upper) }).toEqual({ url, ...unknown });
      }
    }
  });

  it('an agent finds nothing by a filter: it answers as for an unknown id', async () => {
    const { stage, routes, rosa, omar, strayLeadId } = office;
    const theirs: Readonly<Record<string, readonly string[]>> = {
      agent_id: [omar.agentId],
      queue_id: [omar.queueId],
      session_id: [omar.sessionId],
      lead_id: [...omar.leadIds, strayLeadId],
    };
    const { body: document } = await stage.request('GET', '/api/openapi.json');
    const filters = Object.entries(document.paths as Record<string, Documented>).flatMap(
      ([path, { get }]) =>
        (get?.parameters ?? [])
          .filter((parameter) => parameter.in === 'query' && parameter.name.endsWith('_id'))
          .map((parameter) => ({ path, name: parameter.name })),
    );
    const openPaths = new Set(
      routes.filter((route) => route.method === 'GET' && agentMay(route)).map(({ url }) => url),
    );
    const open = filters.filter(({ path }) => openPaths.has(path));
    expect(open.length).toBeGreaterThan(8);
    for (const { path, name } of open) {
      const unknown = told(await rosa.request('GET', `${path}?${name}=${UNKNOWN_ID}`), UNKNOWN_ID);
      expect(unknown.status).toBe(200);
      for (const id of theirs[name] ?? [`no id for ${name}`]) {
        const found = told(await rosa.request('GET', `${path}?${name}=${id}`), id);
        expect({ path, name, ...found }).toEqual({ path, name, ...unknown });
      }
    }
  });
  interface Documented {
    readonly get?: {
      readonly parameters?: readonly { readonly in: string; readonly name: string }[];
    };
  }

  it('no list, search, filter option or figure shows an agent anything', async () => {
    const { routes, rosa, omar, shared } = office;
    const lists = routes.filter(
      (route) => route.method === 'GET' && !route.url.includes(':') && agentMay(route),
    );
    expect(lists.length).toBeGreaterThan(11);
    for (const { url } of lists) {
      for (const query of [
        '',
        '?limit=1',
        '?limit=200',
        '?q=Omar',
        '?q=Second',
        `?q=${omar.traces.at(-1)?.slice(1)}`,
      ]) {
        const answer = await rosa.request('GET', `${url}${query}`);
        if (answer.status === 400 && query !== '') continue;
        expect(answer.status, url).toBe(200);
        for (const trace of omar.traces) expect(answer.text, `${url}${query}`).not.toContain(trace);
        expect(answer.text).not.toContain('Stray');
        expect(answer.text).not.toContain('Museums');
      }
    }
    const { body: leads } = await rosa.request('GET', '/api/leads?sort=name');
    expect(leads.total).toBe(4);
    expect(leads.leads.map((lead: { id: string }) => lead.id)).toEqual([
      shared.leadId,
      rosa.leadIds[0],
      rosa.leadIds[1],
      rosa.leadIds[2],
    ]);
    expect((await rosa.request('GET', '/api/contacts/filters/options')).body.industries).toEqual([
      'Bakeries',
      'Schools',
    ]);
    const queues = (await rosa.request('GET', '/api/queues')).body;
    expect(queues.queues.map((queue: { name: string }) => queue.name)).toEqual([
      'Everybody’s',
      'Rosa Diaz’s',
    ]);
    expect(queues.queues.map((queue: { restricted: boolean }) => queue.restricted)).toEqual([
      false,
      true,
    ]);
    expect((await rosa.request('GET', '/api/queue')).body.total).toBe(4);
    expect((await rosa.request('GET', '/api/history')).body.total).toBe(1);
    expect((await rosa.request('GET', '/api/dialer/sessions')).body.total).toBe(1);
  });

  it('a page of another agent’s list, handed over, shows nothing of it', async () => {
    const { stage, rosa } = office;
    for (const path of ['/api/leads', '/api/queue', '/api/dialer/sessions']) {
      const all = await stage.request('GET', `${path}?limit=1`);
      const { body } = await rosa.request(
        'GET',
        `${path}?limit=200&cursor=${all.body.next_cursor}`,
      );
      for (const trace of office.omar.traces) expect(JSON.stringify(body)).not.toContain(trace);
    }
  });

  it('an agent has figures of their own calls only, whomever they ask for', async () => {
    const { stage, rosa, omar } = office;
    const own = (await rosa.request('GET', '/api/stats')).body;
    expect(own.totals).toMatchObject({ attempted: 2 });
    expect(own.by_agent).toMatchObject([{ agent_id: rosa.agentId }]);
    expect((await rosa.request('GET', `/api/stats?agent_id=${omar.agentId}`)).body).toEqual(own);
    expect(
      (await rosa.request('GET', `/api/stats?queue_id=${omar.queueId}`)).body.totals.attempted,
    ).toBe(0);
    expect((await stage.request('GET', '/api/stats')).body.totals.attempted).toBe(4);
  });

  it('an agent starts no queue and calls no lead of others, and the answer is the same as for unknown ids', async () => {
    const { rosa, omar, idle, shared, strayLeadId } = office;
    // An agent with an open session gets that answer first, for any request.
    for (const request of [rosa.request, idle]) {
      const start = (body: object) => request('POST', '/api/dialer/start', body);
      const asked = await start({ queue_id: omar.queueId });
      expect(asked.status).toBe(request === idle ? 404 : 409);
      expect(told(asked, omar.queueId)).toEqual(
        told(await start({ queue_id: UNKNOWN_ID }), UNKNOWN_ID),
      );
      for (const leadId of [...omar.leadIds, strayLeadId]) {
        const leads = (id: string) => start({ lead_ids: [shared.leadId, id] });
        expect(told(await leads(leadId), leadId)).toEqual(
          told(await leads(UNKNOWN_ID), UNKNOWN_ID),
        );
      }
    }
  });

  it('an agent cannot act for another agent', async () => {
    const { rosa, omar } = office;
    const headers = { 'x-agent-id': omar.agentId };
    for (const [method, url, body] of [
      ['GET', '/api/dialer/status', undefined],
      ['POST', '/api/dialer/start', { queue_id: rosa.queueId }],
      ['POST', '/api/dialer/pause', undefined],
      ['POST', '/api/dialer/resume', undefined],
      ['POST', '/api/dialer/stop', undefined],
      ['POST', '/api/dialer/dial-next', undefined],
      ['POST', '/api/dialer/hold-wrap-up', undefined],
      ['PUT', '/api/agents/me/status', { status: 'OFFLINE' }],
    ] as const) {
      expectProblem(await rosa.request(method, url, body, headers), 403, 'forbidden');
      expectProblem(
        await rosa.request(method, url, body, { 'x-agent-id': UNKNOWN_ID }),
        403,
        'forbidden',
      );
    }
    const own = await rosa.request('GET', '/api/dialer/status', undefined, {
      'x-agent-id': rosa.agentId,
    });
    expect(own.body.agent.id).toBe(rosa.agentId);
  });

  it('an agent learns that a number is taken, and not which lead has it', async () => {
    const { stage, rosa, omar } = office;
    const { body: lead } = await stage.request('GET', `/api/leads/${omar.leadIds[0]}`);
    const change = (number: string) =>
      rosa.request('PATCH', `/api/leads/${rosa.leadIds[0]}`, { phone_number: number });
    const taken = await change(lead.phone_number);
    expectProblem(taken, 409, 'duplicate_phone_number');
    for (const trace of omar.traces) expect(taken.text).not.toContain(trace);
    const { body: own } = await stage.request('GET', `/api/leads/${rosa.leadIds[1]}`);
    expect((await change(own.phone_number)).text).toContain(rosa.leadIds[1]);
  });

  it('an agent makes no calls known and changes nothing that supervisors look after', async () => {
    const { rosa, omar } = office;
    for (const [method, url, body] of [
      ['GET', '/api/history/export.csv', undefined],
      ['GET', `/api/agents/${omar.agentId}`, undefined],
      ['PATCH', `/api/queue/${rosa.itemId}`, { priority: 9 }],
      ['DELETE', `/api/leads/${rosa.leadIds[2]}`, undefined],
      ['PUT', `/api/queues/${omar.queueId}/agents`, { restricted: false }],
      ['POST', `/api/dialer/sessions`, { agent_id: rosa.agentId, queue_id: rosa.queueId }],
      ['GET', '/api/suppressions', undefined],
    ] as const) {
      expectProblem(await rosa.request(method, url, body), 403, 'forbidden');
    }
  });
});

describe('of their own', () => {
  let office: Office;
  beforeAll(async () => {
    office = await openOffice();
  });
  afterAll(() => office.stage.close());

  it('an agent still says how a call went: call back, and do not call', async () => {
    const { stage, rosa } = office;
    const later = await rosa.request('POST', `/api/calls/${rosa.overCallId}/disposition`, {
      disposition: 'Call Back',
      notes: 'After lunch.',
    });
    expect(later).toMatchObject({ status: 200, body: { call: { disposition: 'Call Back' } } });
    await stage.tell(rosa.liveCallId, { answeredAt: stage.time.now(), answeredBy: 'PERSON' });
    expect((await rosa.request('POST', `/api/calls/${rosa.liveCallId}/hangup`)).status).toBe(200);
    await stage.tell(rosa.liveCallId, { endedAt: stage.time.now(), endCause: 'hangup' });
    const never = await rosa.request('POST', `/api/calls/${rosa.liveCallId}/disposition`, {
      disposition: 'Do Not Call',
    });
    expect(never.status).toBe(200);
    const { body } = await stage.request('GET', '/api/suppressions');
    expect(body.suppressions).toMatchObject([{ phone_number: never.body.call.phone_number }]);
    expect((await rosa.request('GET', '/api/history')).body.total).toBe(2);
    expect((await rosa.request('GET', `/api/history/${rosa.overCallId}`)).body.notes).toBe(
      'After lunch.',
    );
    const activities = await rosa.request('GET', `/api/contacts/${rosa.leadIds[0]}/crm-activities`);
    expect(activities.body.total).toBe(1);
  });

  it('an agent adds one number at a time to those never dialed, learns nothing of the list, and no more than 50 a day', async () => {
    const { stage, rosa } = office;
    const add = (...phone_numbers: string[]) =>
      rosa.request('POST', '/api/suppressions', { phone_numbers });
    expectProblem(await add('+12025550901', '+12025550902'), 400, 'invalid_request');
    const first = await add('+12025550901');
    const again = await add('+12025550901');
    expect(first.status).toBe(201);
    expect(again.body).toEqual(first.body);
    expectProblem(await add('+1 202 555 0903 / +1 202 555 0904'), 400, 'invalid_request');
    // All at once: 48 are left.
    const many = await Promise.all(
      Array.from({ length: 60 }, (_, at) => add(`+120255512${String(at).padStart(2, '0')}`)),
    );
    expect(many.filter(({ status }) => status === 201)).toHaveLength(48);
    expect(many.filter(({ status }) => status === 429)).toHaveLength(12);
    expectProblem(await add('+12025550999'), 429, 'rate_limited');
    const removed = await stage.request('POST', '/api/suppressions/remove', {
      phone_numbers: ['+12025550901', '+12025550902', '+12025550999'],
    });
    expect(removed.body).toMatchObject({ removed: 1, not_on_list: 2 });
    expectProblem(
      await rosa.request('POST', '/api/suppressions/remove', { phone_numbers: ['+12025550903'] }),
      403,
      'forbidden',
    );
  });

  it('what an agent changes about a lead is in the audit log: the names of the fields, and numbers, which the log keeps as hashes', async () => {
    const { stage, rosa } = office;
    const [, leadId] = rosa.leadIds;
    const phone_number = '+12025550888';
    await rosa.request('PATCH', `/api/leads/${leadId}`, { phone_number, company: 'Elsewhere' });
    const entry = stage.audited.findLast(({ action }) => action === 'lead_changed');
    expect(entry).toMatchObject({
      target: { kind: 'lead', id: leadId },
      details: {
        fields: expect.arrayContaining(['phone_number', 'company']),
        number_after: phone_number,
      },
    });
    expect(JSON.stringify(entry)).not.toContain('Elsewhere');
  });

  it('an agent corrects a lead of their queue, and one of the queue for everybody', async () => {
    const { rosa, shared } = office;
    for (const leadId of [rosa.leadIds[2], shared.leadId]) {
      const saved = await rosa.request('PATCH', `/api/leads/${leadId}`, { job_title: 'Owner' });
      expect(saved).toMatchObject({ status: 200, body: { lead: { job_title: 'Owner' } } });
    }
  });

  it('an agent runs their session by its id and without, and the log has no other’s hand in it', async () => {
    const { stage, rosa } = office;
    stage.audited.length = 0;
    expect((await rosa.request('POST', '/api/dialer/resume')).status).toBe(200);
    expect(
      (await rosa.request('POST', `/api/dialer/sessions/${rosa.sessionId}/pause`)).status,
    ).toBe(200);
    expect((await rosa.request('POST', '/api/dialer/stop')).status).toBe(200);
    expect(stage.audited).toEqual([]);
  });

  it('a selection of leads is a queue that only the agent who calls it can see', async () => {
    const { stage, rosa, omar, shared } = office;
    await rosa.request('POST', '/api/dialer/stop');
    const started = await rosa.request('POST', '/api/dialer/start', {
      lead_ids: [rosa.leadIds[2], shared.leadId],
    });
    expect(started).toMatchObject({ status: 201, body: { ad_hoc: true } });
    const queueId = started.body.queue_id;
    expect(started.body.lead_queue).toEqual([rosa.leadIds[2], shared.leadId]);
    expect((await rosa.request('GET', `/api/queue?queue_id=${queueId}`)).body.total).toBe(2);
    expect((await omar.request('GET', `/api/queue?queue_id=${queueId}`)).body.total).toBe(0);
    expect((await omar.request('GET', `/api/queues/${queueId}`)).status).toBe(404);
    expect((await stage.request('GET', `/api/queues/${queueId}/agents`)).body).toEqual({
      restricted: true,
      agent_ids: [rosa.agentId],
    });
  });
});

describe('who may work a queue', () => {
  let office: Office;
  let put: (queueId: string, restricted: boolean, agentIds: readonly string[]) => Promise<Answer>;
  beforeEach(async () => {
    office = await openOffice();
    const { stage } = office;
    stage.audited.length = 0;
    put = (queueId, restricted, agent_ids) =>
      stage.request('PUT', `/api/queues/${queueId}/agents`, { restricted, agent_ids });
  });
  afterEach(() => office.stage.close());

  it('who may work a queue is said by a supervisor; who is added sees the queue and its leads from then on', async () => {
    const { stage, rosa, omar } = office;
    const answer = await put(omar.queueId, true, [omar.agentId, rosa.agentId]);
    expect(answer).toMatchObject({
      status: 200,
      body: {
        restricted: true,
        agent_ids: [omar.agentId, rosa.agentId].sort(),
        stopped_session_ids: [],
      },
    });
    expect((await rosa.request('GET', `/api/leads/${omar.leadIds[2]}`)).status).toBe(200);
    expect((await rosa.request('GET', `/api/queues/${omar.queueId}`)).status).toBe(200);
    // The queue is theirs to work, the other's calls and session are not theirs to see.
    expect((await rosa.request('GET', `/api/calls/${omar.overCallId}`)).status).toBe(404);
    expect((await rosa.request('GET', `/api/dialer/sessions/${omar.sessionId}`)).status).toBe(404);
    expect((await rosa.request('GET', `/api/history?queue_id=${omar.queueId}`)).body.total).toBe(0);
    expect(stage.audited).toMatchObject([
      {
        action: 'queue_access_changed',
        target: { kind: 'queue', id: omar.queueId },
        details: {
          before: { restricted: true, agent_ids: [omar.agentId] },
          after: { restricted: true, agent_ids: [omar.agentId, rosa.agentId].sort() },
        },
      },
    ]);
    await put(omar.queueId, false, []);
    expect((await stage.request('GET', `/api/queues/${omar.queueId}/agents`)).body).toEqual({
      restricted: false,
      agent_ids: [],
    });
    expect((await rosa.request('GET', `/api/leads/${omar.leadIds[2]}`)).status).toBe(200);
  });

  it('losing access to a queue stops the agent’s session; they keep the calls they made, and lose the rest', async () => {
    const { stage, omar } = office;
    const [called] = [omar.leadIds[0]];
    const answer = await put(omar.queueId, true, []);
    expect(answer.body).toMatchObject({
      message: 'No agent may work the queue.',
      agent_ids: [],
      stopped_session_ids: [omar.sessionId],
    });
    await stage.settle();
    const status = (await omar.request('GET', '/api/dialer/status')).body;
    expect(status.session).toMatchObject({ id: omar.sessionId, status: 'STOPPED', lead_queue: [] });
    expect(status.up_next).toEqual([]);
    expect((await omar.request('GET', `/api/leads/${called}`)).status).toBe(200);
    expect((await omar.request('GET', `/api/leads/${omar.leadIds[2]}`)).status).toBe(404);
    expect((await omar.request('GET', `/api/queue?queue_id=${omar.queueId}`)).body.total).toBe(0);
    expectProblem(
      await omar.request('POST', '/api/dialer/start', { queue_id: omar.queueId }),
      404,
      'not_found',
    );
    expect(stage.audited.map(({ action, target }) => [action, target?.id])).toEqual([
      ['queue_access_changed', omar.queueId],
      ['session_stopped_by_other', omar.sessionId],
    ]);
  });

  it('who may work a queue is looked at again once a session is there, as it may be taken away in that very moment', async () => {
    const { stage, rosa } = office;
    await rosa.request('POST', '/api/dialer/stop');
    const { start } = stage.ports.dialer;
    Object.assign(stage.ports.dialer, {
      start: async (input: Parameters<typeof start>[0]) => {
        // The session does not exist yet, so it cannot be stopped.
        expect((await put(rosa.queueId, true, [])).body.stopped_session_ids).toEqual([]);
        return start(input);
      },
    });
    const started = await rosa.request('POST', '/api/dialer/start', { queue_id: rosa.queueId });
    Object.assign(stage.ports.dialer, { start });
    expectProblem(started, 404, 'not_found');
    const { body } = await stage.request(
      'GET',
      `/api/dialer/sessions?agent_id=${rosa.agentId}&status=RUNNING`,
    );
    expect(body.total).toBe(0);
  });

  it('the restriction counts for supervisors too when they start another agent; the answer says what to do', async () => {
    const { stage, rosa, omar } = office;
    await rosa.request('POST', '/api/dialer/stop');
    const start = (authorization: string) =>
      stage.request(
        'POST',
        '/api/dialer/sessions',
        { agent_id: rosa.agentId, queue_id: omar.queueId },
        { authorization },
      );
    expectProblem(await start(as('supervisor')), 422, 'agent_not_on_queue');
    // A key that may start sessions, and does not look after queues.
    expectProblem(await start(asKey(['dialer.any'])), 404, 'not_found');
    await put(omar.queueId, true, [rosa.agentId, omar.agentId]);
    expect((await start(asKey(['dialer.any']))).status).toBe(201);
  });

  it('who may work a queue names agents that there are, of a queue that there is', async () => {
    const { rosa } = office;
    const answer = await put(rosa.queueId, true, [rosa.agentId, UNKNOWN_ID]);
    expect(expectProblem(answer, 404, 'not_found').errors).toEqual([
      { field: 'agent_ids.1', message: 'is the id of no agent' },
    ]);
    expectProblem(await put(UNKNOWN_ID, true, []), 404, 'not_found');
    expectProblem(
      await office.stage.request('GET', `/api/queues/${UNKNOWN_ID}/agents`),
      404,
      'not_found',
    );
  });
});

describe('an API key that may start sessions', () => {
  it('an API key that may start sessions starts one for an agent, on a queue or on leads that the agent may call; the log says so', async () => {
    const { stage, rosa, omar, shared } = await openOffice();
    try {
      await rosa.request('POST', '/api/dialer/stop');
      stage.audited.length = 0;
      const start = (body: object, permissions: readonly Permission[] = ['dialer.any']) =>
        stage.request(
          'POST',
          '/api/dialer/sessions',
          { agent_id: rosa.agentId, ...body },
          { authorization: asKey(permissions) },
        );
      expectProblem(await start({ lead_ids: [omar.leadIds[2]] }), 404, 'not_found');
      const started = await start({ lead_ids: [shared.leadId] });
      expect(started).toMatchObject({
        status: 201,
        body: { agent_id: rosa.agentId, ad_hoc: true },
      });
      expect(stage.audited).toMatchObject([
        {
          action: 'session_started_by_other',
          actor: { kind: 'api_key', name: 'A program' },
          target: { kind: 'session', id: started.body.id },
          details: { agent_id: rosa.agentId },
        },
      ]);
      await rosa.request('POST', '/api/dialer/stop');
      expect(
        (await start({ lead_ids: [omar.leadIds[2]] }, ['dialer.any', 'leads.any'])).status,
      ).toBe(201);
    } finally {
      await stage.close();
    }
  });
});

describe('what leaves a trace', () => {
  let office: Office;
  beforeAll(async () => {
    office = await openOffice();
  });
  beforeEach(() => {
    office.stage.audited.length = 0;
  });
  afterAll(() => office.stage.close());
  const actions = () => office.stage.audited.map(({ action }) => action);

  it('an audit entry is left by another user’s control of an agent’s session', async () => {
    const { stage, rosa, omar } = office;
    const supervisor = { authorization: as('supervisor', omar.agentId) };
    const control = (url: string, headers = {}) =>
      stage.request('POST', url, undefined, { ...supervisor, ...headers });
    await control(`/api/dialer/sessions/${rosa.sessionId}/resume`);
    await stage.request(
      'PUT',
      '/api/agents/me/status',
      { status: 'DO_NOT_DISTURB' },
      {
        ...supervisor,
        'x-agent-id': rosa.agentId,
      },
    );
    await control(`/api/dialer/resume`, { 'x-agent-id': rosa.agentId });
    await control(`/api/dialer/sessions/${rosa.sessionId}/pause`);
    const stopped = await control(`/api/dialer/sessions/${rosa.sessionId}/stop`);
    expect(stopped.body).toMatchObject({
      actor: { name: 'A user who is supervisor' },
      message: 'Stopped by A user who is supervisor.',
    });
    // A supervisor's own session is theirs.
    await control(`/api/dialer/stop`);
    expect(actions()).toEqual([
      'session_resumed_by_other',
      'session_paused_by_other',
      'session_resumed_by_other',
      'session_paused_by_other',
      'session_stopped_by_other',
    ]);
    expect(stage.audited[0]).toMatchObject({
      actor: { kind: 'user', name: 'A user who is supervisor' },
      target: { kind: 'session', id: rosa.sessionId },
      details: { agent_id: rosa.agentId },
      address: '127.0.0.1',
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
  });

  it('what leaves a trace is what changes leads, numbers, agents and settings', async () => {
    const { stage, rosa, strayLeadId } = office;
    const { request } = stage;
    await request('DELETE', `/api/leads/${strayLeadId}`);
    await request('POST', '/api/suppressions', { phone_numbers: ['+12025559999'] });
    await request('DELETE', '/api/suppressions/%2B12025559999');
    await request('POST', `/api/calls/${rosa.overCallId}/disposition`, {
      disposition: 'Do Not Call',
    });
    await request('PATCH', `/api/queues/${rosa.queueId}`, {
      settings: { ring_seconds: 15 },
    });
    await request('PATCH', `/api/queues/${rosa.queueId}`, {
      settings: { ring_seconds: 15 },
    });
    const { body: made } = await request('POST', '/api/queues', { name: 'Fairs' });
    await request('DELETE', `/api/queues/${made.queue.id}`);
    await request('PATCH', `/api/agents/${rosa.agentId}`, { name: 'Rosa Santiago' });
    const { body: config } = await request('GET', '/api/config');
    config.settings.dialing.lines = 3;
    await request('PUT', '/api/config', { version: config.version, settings: config.settings });
    await request('POST', '/api/imports', { csv: 'name,phone\nEve,+12025558888\n' });
    await stage.tellNonsense();
    await request('POST', '/api/provider-events/replay');
    expect(actions()).toEqual([
      'lead_deleted',
      'suppression_added',
      'suppression_removed',
      'suppression_added',
      'queue_changed',
      'queue_changed',
      'queue_changed',
      'agent_changed',
      'config_changed',
      'import_started',
      'events_replayed',
    ]);
    const of = (action: string) => stage.audited.find((entry) => entry.action === action);
    expect(of('agent_changed')?.details).toEqual({
      before: { name: 'Rosa Diaz' },
      after: { name: 'Rosa Santiago' },
    });
    expect(of('config_changed')?.details).toEqual({
      before: { 'dialing.lines': expect.any(Number) },
      after: { 'dialing.lines': 3 },
    });
    expect(
      stage.audited
        .filter(({ action }) => action === 'queue_changed')
        .map(({ details }) => details),
    ).toEqual([
      {
        before: { 'settings.ring_seconds': null },
        after: { 'settings.ring_seconds': 15 },
      },
      {
        before: { name: null },
        after: { name: 'Fairs' },
      },
      { name: 'Fairs', deleted: true },
    ]);
    expect(stage.audited.findLast(({ action }) => action === 'suppression_added')?.details).toEqual(
      { because: 'disposition', call_id: rosa.overCallId },
    );
    expect(of('import_started')?.details).toMatchObject({ rows: 1 });
    expect(of('suppression_removed')?.target).toEqual({ kind: 'phone_number', id: '+12025559999' });
    expect(of('lead_deleted')?.target).toEqual({ kind: 'lead', id: strayLeadId });
  });

  it('what leaves a trace is not what was refused', async () => {
    const { stage, rosa } = office;
    expect((await stage.request('DELETE', `/api/leads/${UNKNOWN_ID}`)).status).toBe(404);
    const { body: config } = await stage.request('GET', '/api/config');
    const stale = { version: config.version + 1, settings: config.settings };
    expect((await stage.request('PUT', '/api/config', stale)).status).toBe(409);
    expect(
      (await stage.request('POST', `/api/dialer/sessions/${rosa.sessionId}/pause`)).status,
    ).toBe(409);
    expect((await stage.request('DELETE', '/api/suppressions/%2B12025550000')).status).toBe(404);
    expect(stage.audited).toEqual([]);
  });

  it('what leaves a trace is an export with its size, before the first row leaves', async () => {
    const { stage, rosa } = office;
    const url = `/api/history/export.csv?agent_id=${rosa.agentId}`;
    const { text } = await stage.request('GET', url);
    const rows = text.trim().split('\n').length - 1;
    expect(rows).toBeGreaterThan(0);
    expect(stage.audited).toMatchObject([
      { action: 'exported', details: { rows, filter: { agent_id: rosa.agentId } } },
    ]);
  });

  it('what leaves a trace is there before anything is answered as done', async () => {
    const { stage, rosa, shared } = office;
    const { append } = stage.ports.audit;
    stage.ports.audit.append = async () => {
      throw new Error('The disk is full.');
    };
    for (const [method, url, body] of [
      ['DELETE', `/api/leads/${shared.leadId}`, undefined],
      ['GET', '/api/history/export.csv', undefined],
      ['POST', '/api/suppressions', { phone_numbers: ['+12025559999'] }],
      ['PATCH', `/api/agents/${rosa.agentId}`, { name: 'Rosa Diaz' }],
      ['PUT', `/api/queues/${rosa.queueId}/agents`, { restricted: false, agent_ids: [] }],
    ] as const) {
      const answer = await stage.request(method, url, body, {
        authorization: as('admin', office.omar.agentId),
      });
      expectProblem(answer, 503, 'not_recorded');
      expect(answer.text).not.toContain('The disk is full');
    }
    stage.ports.audit.append = append;
  });
});
