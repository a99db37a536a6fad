import { verifyWebhook } from '@outdial/aircall';
import {
  type Needs,
  type Operation,
  operations,
  PERMISSIONS,
  type Permission,
  ROLE_PERMISSIONS,
  type Role,
} from '@outdial/protocol';
import type { FastifyContextConfig, RouteOptions } from 'fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { needsOfRoute } from '../../src/access/authorize.js';
import { NO_AGENT_ID } from '../../src/access/principal.js';
import { carrierWebhooks } from '../../src/webhooks/carrier-webhooks.js';
import { type Answer, createStage, type Stage, UNKNOWN_ID } from '../harness/stage.js';
import { as, asKey } from '../harness/stage-access.js';

type Method = Parameters<Stage['request']>[0];
interface Route {
  readonly method: Method;
  readonly url: string;
  readonly config?: FastifyContextConfig | undefined;
}

const EVERYTHING = Object.keys(PERMISSIONS) as Permission[];
const ROLES: readonly Role[] = ['agent', 'supervisor', 'admin'];
const PARAMETERS: Readonly<Record<string, string>> = {
  ':phone_number': '%2B12025550199',
  ':name': 'aircall',
  ':segment': 'guessed',
};

let stage: Stage;
let routes: readonly Route[];

beforeAll(async () => {
  const seen: RouteOptions[] = [];
  stage = await createStage({
    http: {
      watch: (app) => app.addHook('onRoute', (route) => void seen.push(route)),
      plugins: [
        carrierWebhooks({
          segment: 'unguessable',
          webhookOf: () => ({
            refusedMessage: 'The token is missing or wrong.',
            verify: (body) => verifyWebhook(body, ['token']),
            learn: async () => undefined,
            ensure: async () => ({ missed: false, problem: null }),
          }),
          receive: async () => 'stored',
          refused: () => undefined,
        }),
      ],
    },
  });
  await stage.addAgent('Rosa Diaz');
  routes = seen.flatMap(({ method, url, config }) =>
    [method].flat().flatMap((each) => ({ method: each as Method, url, config })),
  );
});
afterAll(() => stage.close());

const keyOf = ({ method, url }: Route): string => `${method === 'HEAD' ? 'GET' : method} ${url}`;
const needsOf = (route: Route): Needs | undefined => needsOfRoute(route.config);
/** Files of the documentation and of the web app hold no personal data. */
const holdsData = ({ url }: Route): boolean =>
  /^\/(api|webhooks|metrics|healthz|readyz)/.test(url) &&
  (!url.startsWith('/api/docs') || url.endsWith('errors.md'));
const guarded = (): readonly Route[] =>
  routes.filter((route) => holdsData(route) && needsOf(route) !== 'public');

const asked = (url: string): string =>
  url.replace(/:\w+/g, (parameter) => PARAMETERS[parameter] ?? UNKNOWN_ID);

/** Without a key: through a proxy, as scrapes from the machine itself need none. */
async function ask(route: Route, authorization: string | null, url = asked(route.url)) {
  const { app } = stage;
  const hasBody = ['POST', 'PUT', 'PATCH'].includes(route.method);
  const response = await app.inject({
    method: route.method as 'GET',
    url,
    headers: {
      'x-forwarded-for': '203.0.113.9',
      ...(authorization !== null && { authorization }),
    },
    ...(hasBody && { payload: {} }),
  });
  const isJson = /json/.test(String(response.headers['content-type'] ?? ''));
  const code = isJson && response.body !== '' ? response.json().code : undefined;
  return { asked: `${route.method} ${url}`, status: response.statusCode, code };
}

/** An empty request may be wrong in other ways, but it is never refused for a missing permission. */
function expectLetIn(answer: Awaited<ReturnType<typeof ask>>): void {
  expect(['unauthorized', 'forbidden'], answer.asked).not.toContain(answer.code);
  expect([401, 403], answer.asked).not.toContain(answer.status);
  expect(answer.status, answer.asked).toBeLessThan(500);
}

describe('the API', () => {
  it('the API says of every route who may use it', async () => {
    const { body } = await stage.request('GET', '/api/openapi.json');
    const documented = Object.entries(body.paths as Record<string, object>).flatMap(
      ([path, methods]) =>
        Object.keys(methods).map(
          (method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`,
        ),
    );
    expect(documented.length).toBeGreaterThan(60);
    const decided = new Set(routes.filter((route) => needsOf(route) !== undefined).map(keyOf));
    const all = [...new Set([...documented, ...routes.filter(holdsData).map(keyOf)])];
    expect(all.filter((key) => !decided.has(key))).toEqual([]);
  });

  it('the API has exactly one route for every operation, and the client calls each by a name of its own', () => {
    const described = Object.values(operations).flatMap((resource): Operation[] =>
      Object.values(resource),
    );
    const served = routes.flatMap(({ method, config }) =>
      method !== ('HEAD' as Method) && config?.operation ? [config.operation.id] : [],
    );
    expect(served.sort()).toEqual(described.map(({ id }) => id).sort());
    expect(new Set(served).size).toBe(served.length);
  });

  it('the API has no two paths of which one could be taken for the other', () => {
    const paths = [...new Set(routes.filter(holdsData).map(({ url }) => url))];
    const confused = paths.flatMap((one, at) =>
      paths.slice(at + 1).flatMap((other) => (couldBeEither(one, other) ? [[one, other]] : [])),
    );
    expect(confused).toEqual([]);
  });

  /** Some address fits both, and neither is the plainer one: `/a/:id/b` and `/a/c/:id`. */
  function couldBeEither(one: string, other: string): boolean {
    const [a, b] = [one.split('/'), other.split('/')];
    if (a.length !== b.length) return false;
    const open = (part: string | undefined) => part?.startsWith(':') ?? false;
    const overlap = a.every((part, at) => part === b[at] || open(part) || open(b[at]));
    const plainer = (x: readonly string[], y: readonly string[]) =>
      x.some((part, at) => !open(part) && open(y[at]));
    return overlap && plainer(a, b) === plainer(b, a);
  }

  it('the API refuses a route that says neither which operation it is nor who may use it', async () => {
    const undecided = await createStage({
      http: { plugins: [async (app) => void app.get('/api/undecided', async () => 'secret')] },
    });
    try {
      const answer = await undecided.request('GET', '/api/undecided');
      expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } });
    } finally {
      await undecided.close();
    }
  });
});

describe('each route', () => {
  it('requests without a sign-in are refused, except on public routes', async () => {
    for (const route of guarded()) {
      const anonymous = await ask(route, null);
      expect(anonymous).toMatchObject({ status: 401 });
      expect(await ask(route, 'Bearer made-up')).toMatchObject({ status: 401 });
    }
    for (const route of routes.filter((one) => needsOf(one) === 'public')) {
      const { code, status, asked: what } = await ask(route, null);
      expect(['unauthorized', 'forbidden'], what).not.toContain(code);
      expect(status, what).toBeLessThan(500);
    }
  });

  it.each(ROLES)(
    'each route lets a person who is %s do what the role may, and nothing else',
    async (role) => {
      const permissions = new Set(ROLE_PERMISSIONS[role]);
      for (const route of guarded()) {
        const needs = needsOf(route);
        if (needs === undefined || needs === 'public') continue;
        const allowed = needs === 'signed_in' || needs.some((one) => permissions.has(one));
        const answer = await ask(route, as(role));
        if (allowed) expectLetIn(answer);
        else expect(answer).toMatchObject(refused(route));
      }
    },
  );

  it('each route lets an API key do what it may, and nothing with every other permission', async () => {
    for (const route of guarded()) {
      const needs = needsOf(route);
      if (needs === undefined || needs === 'public') continue;
      if (needs === 'signed_in') {
        expect(await ask(route, asKey(EVERYTHING))).toMatchObject(refused(route));
        continue;
      }
      const others = EVERYTHING.filter((permission) => !needs.includes(permission));
      expect(await ask(route, asKey(others))).toMatchObject(refused(route));
      expect(await ask(route, asKey([]))).toMatchObject(refused(route));
      for (const permission of needs) {
        // A key belongs to no user, so what is about its own agent does not exist.
        const answer = await ask(route, asKey([permission]));
        expectLetIn(answer);
      }
    }
  });

  const refused = ({ method }: Route) =>
    method === 'HEAD' ? { status: 403 } : { status: 403, code: 'forbidden' };
});

describe('another way of writing an address', () => {
  const WAYS: readonly ((url: string) => string)[] = [
    (url) => `${url}/`,
    (url) => `${url}//`,
    (url) => `/${url}`,
    (url) => url.replace('/', '//').replace(/\/(?=[^/]*$)/, '//'),
    (url) => url.toUpperCase(),
    (url) => url.replace('api', 'Api'),
    (url) => url.replace('a', '%61'),
    (url) => url.replace('/a', '/%2e/a'),
    (url) => url.replaceAll('/', '%2F'),
    (url) => url.replace('/api', '/api/docs/..'),
    (url) => url.replace('/api', '/healthz/../api'),
    (url) => url.replace('/api', '/api/.'),
    (url) => url.replace('/api', '\\api'),
    (url) => `http://localhost${url}`,
    (url) => `${url}?access_token=${encodeURIComponent(as('admin'))}`,
    (url) => `${url}#/healthz`,
    (url) => `${url};/healthz`,
    (url) => `${url}%00`,
    (url) => `${url}.json`,
  ];

  it('another way of writing an address is no way around the table', async () => {
    let reached = 0;
    for (const route of guarded()) {
      for (const way of WAYS) {
        const url = way(asked(route.url));
        const answer = await ask(route, null, url);
        // Either it is the same route, or none.
        expect([400, 401, 404, 405], answer.asked).toContain(answer.status);
        if (answer.status === 401) reached += 1;
        const agent = await ask(route, asKey([]), url);
        expect([400, 403, 404, 405], agent.asked).toContain(agent.status);
      }
    }
    expect(reached).toBeGreaterThan(guarded().length);
  });

  it('another way of writing an address is no way around it with another method either', async () => {
    for (const url of new Set(guarded().map((route) => route.url))) {
      for (const method of ['HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY'] as const) {
        const { status } = await ask({ method: method as Method, url }, null);
        expect([400, 401, 404, 405], `${method} ${url}`).toContain(status);
      }
      for (const header of ['x-http-method-override', 'x-original-url', 'x-rewrite-url']) {
        const response = await stage.app.inject({
          method: 'GET',
          url: '/healthz',
          headers: { [header]: header.endsWith('override') ? 'DELETE' : asked(url) },
        });
        expect(response.json()).toEqual({ status: 'ok' });
      }
    }
  });

  it('HEAD has the same permission as GET', async () => {
    const heads = guarded().filter((route) => route.method === 'HEAD');
    expect(heads.length).toBeGreaterThan(20);
    for (const head of heads) {
      expect(await ask(head, null)).toMatchObject({ status: 401 });
      expectLetIn(await ask(head, as('admin')));
    }
  });
});

describe('a permission without an agent', () => {
  it('a permission without an agent sees no lead and no queue, as a key takes no calls, until it may see all', async () => {
    const lead = await stage.addLead();
    const { body } = await stage.request('POST', '/api/queues', {
      name: 'Open',
      lead_ids: [lead.id],
    });
    const read = async (url: string, ...permissions: Permission[]): Promise<Answer> =>
      stage.request('GET', url, undefined, { authorization: asKey(permissions) });
    expect((await read('/api/leads', 'leads.read')).body).toMatchObject({ leads: [], total: 0 });
    expect((await read(`/api/leads/${lead.id}`, 'leads.read')).status).toBe(404);
    expect((await read('/api/queues', 'queues.read')).body).toMatchObject({ queues: [], total: 0 });
    expect((await read(`/api/queues/${body.queue.id}`, 'queues.read')).status).toBe(404);
    expect((await read('/api/queue', 'queues.read')).body).toMatchObject({ items: [], total: 0 });
    expect((await read('/api/history', 'calls.own')).body).toMatchObject({ calls: [], total: 0 });

    expect((await read('/api/leads', 'leads.read', 'leads.any')).body.total).toBe(1);
    expect((await read('/api/queues', 'queues.read', 'queues.manage')).body.total).toBe(1);
    expect(NO_AGENT_ID).not.toBe(UNKNOWN_ID);
  });
});
