import { until } from '@outdial/lab/server/until';
import { Validator } from '@seriousme/openapi-schema-validator';
import { type Document, OpenAPIClientAxios } from 'openapi-client-axios';
import { expect, test } from 'vitest';
import { startedServer } from '../src/server-for-test.js';

/** Design, section 6: the outside surface. (`/webhooks/aircall` is there with Aircall alone.) */
const SURFACE: Readonly<Record<string, readonly string[]>> = {
  '/api/leads': ['get', 'post'],
  '/api/leads/{id}': ['get', 'patch', 'delete'],
  '/api/leads/{id}/enrich': ['post'],
  '/api/leads/filters/options': ['get'],
  '/api/leads/{id}/crm-activities': ['get'],
  '/api/imports': ['get', 'post'],
  '/api/imports/preview': ['post'],
  '/api/imports/{id}': ['get'],
  '/api/imports/{id}/lines': ['get'],
  '/api/imports/{id}/lines.csv': ['get'],
  '/api/contacts': ['get', 'post'],
  '/api/contacts/{id}': ['get', 'patch', 'delete'],
  '/api/contacts/{id}/enrich': ['post'],
  '/api/contacts/filters/options': ['get'],
  '/api/contacts/{id}/crm-activities': ['get'],
  '/api/queues': ['get', 'post'],
  '/api/queues/{id}': ['get', 'patch', 'delete'],
  '/api/queue': ['get', 'post'],
  '/api/queue/{id}': ['patch', 'delete'],
  '/api/dialer/start': ['post'],
  '/api/dialer/pause': ['post'],
  '/api/dialer/resume': ['post'],
  '/api/dialer/stop': ['post'],
  '/api/dialer/dial-next': ['post'],
  '/api/dialer/hold-wrap-up': ['post'],
  '/api/dialer/status': ['get'],
  '/api/dialer/sessions': ['get', 'post'],
  '/api/dialer/sessions/{id}': ['get'],
  '/api/dialer/sessions/{id}/pause': ['post'],
  '/api/dialer/sessions/{id}/resume': ['post'],
  '/api/dialer/sessions/{id}/stop': ['post'],
  '/api/dialer/sessions/{id}/dial-next': ['post'],
  '/api/dialer/sessions/{id}/hold-wrap-up': ['post'],
  '/api/calls/{id}/disposition': ['post'],
  '/api/calls/{id}/hangup': ['post'],
  '/api/history': ['get'],
  '/api/history/{id}': ['get'],
  '/api/history/export.csv': ['get'],
  '/api/stats': ['get'],
  '/api/agents': ['get'],
  '/api/agents/me/status': ['put'],
  '/api/crm/contacts': ['get'],
  '/api/crm/activities': ['get'],
  '/api/config': ['get', 'put'],
  '/api/auth/login': ['post'],
  '/api/auth/refresh': ['post'],
  '/api/auth/logout': ['post'],
  '/api/auth/me': ['get'],
  '/api/users': ['get', 'post'],
  '/api/users/{id}': ['get', 'patch'],
  '/api/api-keys': ['get', 'post'],
  '/api/api-keys/{id}': ['delete'],
  '/api/audit': ['get'],
  '/healthz': ['get'],
  '/readyz': ['get'],
  '/metrics': ['get'],
};

interface ApiDocument extends Record<string, unknown> {
  readonly openapi: string;
  readonly components?: { readonly securitySchemes?: Record<string, object> };
  readonly paths: Record<string, Record<string, Operation>>;
}
interface Operation {
  readonly operationId?: string;
  readonly responses?: Record<string, unknown>;
  /** Left out: the document's own. */
  readonly security?: readonly object[];
}

test('a client generated from the OpenAPI document works', async () => {
  const server = await startedServer({ env: { SIMULATOR_SPEED: '20', SIMULATOR_SEED: '9' } });
  const answer = await fetch(`${server.url}/api/openapi.json`);
  expect(answer.status).toBe(200);
  const document = (await answer.json()) as ApiDocument;

  expect(document.openapi).toMatch(/^3\.1\./);
  const validator = new Validator();
  const disposition = await validator.validate(structuredClone(document));
  expect(disposition.errors).toBeUndefined();
  expect(disposition.valid).toBe(true);

  // A generator makes of this where the token goes.
  expect(Object.values(document.components?.securitySchemes ?? {})).toContainEqual(
    expect.objectContaining({ type: 'http', scheme: 'bearer' }),
  );

  expect(document.paths['/api/auth/login']?.post?.security).toEqual([]);
  expect(document.paths['/api/leads']?.get).not.toHaveProperty('security');

  const missing = Object.entries(SURFACE).flatMap(([path, methods]) =>
    methods
      .filter((method) => document.paths[path]?.[method] === undefined)
      .map((method) => `${method} ${path}`),
  );
  expect(missing).toEqual([]);
  // What a generator needs to make a function of each operation: a name of its own, and what comes back.
  const operations = Object.values(document.paths).flatMap((path) => Object.values(path));
  const names = operations.map(({ operationId }) => operationId);
  expect(names).not.toContain(undefined);
  expect(new Set(names).size).toBe(names.length);
  for (const { operationId, responses } of operations) {
    const success = Object.keys(responses ?? {}).filter((status) => status.startsWith('2'));
    expect(success, `${operationId} says what success looks like`).not.toEqual([]);
  }
  const docs = await fetch(`${server.url}/api/docs`);
  expect(docs.status).toBe(200);
  expect(docs.headers.get('content-type')).toMatch(/text\/html/);

  const nameOf = (method: string, path: string): string =>
    document.paths[path]?.[method]?.operationId ?? `${method} ${path}`;
  const api = new OpenAPIClientAxios({
    definition: document as unknown as Document,
    withServer: { url: server.url },
    axiosConfigDefaults: { validateStatus: () => true },
  });
  const client = await api.init();
  const headers: Record<string, string> = {};
  const ask = async (
    method: string,
    path: string,
    parameters: Record<string, string | number> = {},
    body?: unknown,
  ) => {
    const operation = client[nameOf(method, path)];
    if (operation === undefined) throw new Error(`The client has no ${method} ${path}.`);
    const { status, data } = await operation(parameters, body, { headers });
    return { status, data: data as Record<string, unknown> };
  };

  // The API needs a key. An admin creates one for the program, and nothing else is needed.
  const stranger = await ask('get', '/api/leads');
  expect(stranger.status).toBe(401);
  expect(stranger.data).toMatchObject({ code: 'unauthorized', status: 401 });
  const made = await server.admin.request('POST', '/api/api-keys', {
    name: 'Made from the document',
    permissions: [
      'leads.read',
      'leads.any',
      'leads.manage',
      'agents.read',
      'dialer.any',
      'calls.any',
    ],
  });
  expect(made.status).toBe(201);
  headers.authorization = `Bearer ${((await made.json()) as { key: string }).key}`;

  // A program has no screen: without this its sessions would wait for one.
  const config = (await (await server.admin.request('GET', '/api/config')).json()) as {
    version: number;
    settings: { dialing: object };
  };
  const dialing = { ...config.settings.dialing, pause_when_away_seconds: 0 };
  const unattended = await server.admin.request('PUT', '/api/config', {
    version: config.version,
    settings: { ...config.settings, dialing },
  });
  expect(unattended.status).toBe(200);

  const created = await ask(
    'post',
    '/api/leads',
    {},
    { name: 'Ada Example', phone_number: '+1 907-555-0110', company: 'Example Ltd' },
  );
  expect(created.status).toBe(201);
  const lead = created.data.lead as { id: string; phone_number: string };
  expect(lead.phone_number).toBe('+19075550110');

  const listed = await ask('get', '/api/contacts', { q: 'Ada Example', limit: 5 });
  expect(listed.data).toMatchObject({ total: 1, next_cursor: null });

  const agents = await ask('get', '/api/agents');
  const [agent] = agents.data.agents as { id: string }[];
  const started = await ask(
    'post',
    '/api/dialer/sessions',
    {},
    { agent_id: agent?.id, lead_ids: [lead.id], lines: 2, after_connect: 'stop' },
  );
  expect(started.status).toBe(201);
  const { id } = started.data as { id: string };

  const session = await until('the session is over', async () => {
    const { data } = await ask('get', '/api/dialer/sessions/{id}', { id });
    return data.status === 'STOPPED' && data.phase === 'STOPPED' && data;
  });
  expect(session).toMatchObject({ metrics: { attempted: 1, connected: 1 } });
  // A program without an agent names the agent in a header.
  headers['x-agent-id'] = agent?.id ?? '';
  const status = await ask('get', '/api/dialer/status');
  expect(status.data).toMatchObject({ agent: { id: agent?.id }, session: { id } });
  const history = await ask('get', '/api/history', { lead_id: lead.id });
  expect(history.data).toMatchObject({ total: 1, calls: [{ outcome: 'CONNECTED' }] });

  // Refusals come as the document says.
  const unknown = await ask('get', '/api/leads/{id}', {
    id: '01890a5d-ac96-774b-bcce-b302099a8057',
  });
  expect(unknown.status).toBe(404);
  expect(unknown.data).toMatchObject({ code: 'not_found', status: 404 });
});
