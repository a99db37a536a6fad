import type {
  Agent,
  ApiKey,
  AuditEntry,
  Call,
  Config,
  Connection,
  DialerStatus,
  DispositionSet,
  Import,
  ImportDetail,
  Integration,
  Lead,
  Problem,
  Queue,
  QueueAgents,
  QueueItem,
  SaveNote,
  SessionHeader,
  SetDisposition,
  SignedIn,
  SignInEntries,
  User,
} from '@outdial/protocol';
import { HttpResponse, http, type JsonBodyType } from 'msw';
import { setupServer } from 'msw/node';
import { ADA, AN_INTEGRATION, aStatus, aUser, CONFIG, PRACTICE, signedInAs } from './builders.js';

export { signedInAs };

/** What the server knows in a test; the handlers below answer from it, in the protocol's own types. */
export interface World {
  status: DialerStatus;
  agents: Agent[];
  queues: Queue[];
  items: QueueItem[];
  leads: Lead[];
  calls: Call[];
  sessions: SessionHeader[];
  imports: Import[];
  importGroups: ImportDetail['groups'];
  config: Config;
  /** The user of the cookie; null: there is none. */
  signedIn: SignedIn | null;
  /** Who signs in with the right password. */
  user: User;
  signIns: SignInEntries['sign_ins'];
  users: User[];
  apiKeys: ApiKey[];
  audit: AuditEntry[];
  connections: Connection[];
  integrations: Integration[];
  queueAgents: QueueAgents;
  /** Every request that changes something, as `POST /api/dialer/start`, with its body. */
  asked: Array<{ what: string; body: unknown }>;
}

export const DISPOSITIONS: DispositionSet['dispositions'] = [
  {
    code: 'interested',
    label: 'Interested',
    effect: 'ends_everywhere',
    retry: null,
    color: 'green',
    key: '1',
  },
  {
    code: 'not_interested',
    label: 'Not Interested',
    effect: 'ends_everywhere',
    retry: null,
    color: 'gray',
    key: '2',
  },
  {
    code: 'call_back',
    label: 'Call Back',
    effect: 'callback',
    retry: null,
    color: 'violet',
    key: '3',
  },
  {
    code: 'do_not_call',
    label: 'Do Not Call',
    effect: 'suppress_person',
    retry: null,
    color: 'red',
    key: '4',
  },
];

const emptyWorld = (): World => ({
  status: aStatus(),
  agents: [ADA],
  queues: [],
  items: [],
  leads: [],
  calls: [],
  sessions: [],
  imports: [],
  importGroups: [],
  config: CONFIG,
  signedIn: signedInAs(aUser()),
  user: aUser(),
  signIns: [],
  users: [aUser()],
  apiKeys: [],
  audit: [],
  connections: [PRACTICE],
  integrations: [AN_INTEGRATION],
  queueAgents: { restricted: false, agent_ids: [] },
  asked: [],
});

export const world: World = emptyWorld();
export const resetWorld = () => void Object.assign(world, emptyWorld());

const page = <K extends string, T>(key: K, rows: readonly T[], url: string) => {
  const query = new URL(url).searchParams;
  const limit = Number(query.get('limit') ?? 50);
  const from = Number(query.get('cursor') ?? 0);
  return HttpResponse.json({
    [key]: rows.slice(from, from + limit),
    total: rows.length,
    next_cursor: from + limit < rows.length ? String(from + limit) : null,
  });
};

export function problem(
  status: number,
  code: Problem['code'],
  detail: string,
  errors?: Problem['errors'],
) {
  const body: Problem = { type: 'about:blank', title: code, status, detail, code };
  if (errors) body.errors = errors;
  return HttpResponse.json(body, {
    status,
    headers: { 'content-type': 'application/problem+json' },
  });
}

const note = async (request: Request): Promise<unknown> => {
  const text = await request.clone().text();
  const isJson = request.headers.get('content-type')?.includes('json') ?? false;
  const body: unknown = isJson && text !== '' ? JSON.parse(text) : text;
  world.asked.push({ what: `${request.method} ${new URL(request.url).pathname}`, body });
  return body;
};

/** What was asked for with this method and path. */
export const askedFor = (what: string) =>
  world.asked.filter((a) => a.what === what).map((a) => a.body);

const found = (thing: JsonBodyType | undefined) =>
  thing === undefined
    ? problem(404, 'not_found', 'There is nothing with this id.')
    : HttpResponse.json(thing);

const callOf = (id: unknown) =>
  [...(world.status.session?.calls ?? []), ...world.calls].find((call) => call.id === id);

const NO_COOKIE = 'No user is signed in here.';

export const backend = setupServer(
  http.post('*/api/auth/refresh', () =>
    world.signedIn ? HttpResponse.json(world.signedIn) : problem(401, 'refresh_token', NO_COOKIE),
  ),
  http.post('*/api/auth/login', async ({ request }) => {
    const { password } = (await note(request)) as { password: string };
    if (password === 'wrong') {
      return problem(401, 'invalid_credentials', 'The e-mail address or the password is wrong.');
    }
    world.signedIn = signedInAs(world.user);
    return HttpResponse.json(world.signedIn);
  }),
  http.post('*/api/auth/logout', async ({ request }) => {
    await note(request);
    world.signedIn = null;
    return HttpResponse.json({ message: 'You are signed out.' });
  }),
  http.get('*/api/auth/me', () => {
    const { user, permissions } = signedInAs(world.user);
    return HttpResponse.json({ user, permissions });
  }),
  http.get('*/api/auth/sign-ins', () => HttpResponse.json({ sign_ins: world.signIns })),
  http.get('*/api/users', ({ request }) => {
    const q = new URL(request.url).searchParams.get('q')?.toLowerCase() ?? '';
    const users = world.users.filter((u) => `${u.name} ${u.email}`.toLowerCase().includes(q));
    return page('users', users, request.url);
  }),
  http.get('*/api/api-keys', ({ request }) => page('api_keys', world.apiKeys, request.url)),
  http.get('*/api/audit', ({ request }) => {
    const query = new URL(request.url).searchParams;
    const fits = (name: string, value: string | null) =>
      !query.has(name) || query.get(name) === value;
    const entries = world.audit.filter(
      (entry) => fits('action', entry.action) && fits('actor_id', entry.actor.id),
    );
    return page('entries', entries, request.url);
  }),
  http.get('*/api/connections', () => HttpResponse.json({ connections: world.connections })),
  http.get('*/api/integrations', () => HttpResponse.json({ integrations: world.integrations })),
  http.get('*/api/queues/:id/agents', () => HttpResponse.json(world.queueAgents)),
  http.get('*/api/dialer/status', () => HttpResponse.json(world.status)),
  http.post('*/api/dialer/:verb', async ({ request }) => {
    await note(request);
    return HttpResponse.json(world.status.session);
  }),
  http.get('*/api/dialer/sessions', ({ request }) => {
    const status = new URL(request.url).searchParams.get('status');
    return page(
      'sessions',
      world.sessions.filter((s) => status === null || s.status === status),
      request.url,
    );
  }),
  http.get('*/api/dispositions', () =>
    HttpResponse.json({ version: 0, scope: 'all', dispositions: DISPOSITIONS }),
  ),
  http.get('*/api/agents', ({ request }) => page('agents', world.agents, request.url)),
  http.get('*/api/config', () => HttpResponse.json(world.config)),
  http.get('*/api/queues', ({ request }) => page('queues', world.queues, request.url)),
  http.get('*/api/queues/:id', ({ params }) => found(world.queues.find((q) => q.id === params.id))),
  http.get('*/api/queue', ({ request }) => page('items', world.items, request.url)),
  http.get('*/api/leads/filters/options', () =>
    HttpResponse.json({
      industries: [...new Set(world.leads.flatMap((l) => l.industry ?? []))],
      headcounts: [...new Set(world.leads.flatMap((l) => l.headcount ?? []))],
    }),
  ),
  http.get('*/api/imports', ({ request }) => page('imports', world.imports, request.url)),
  http.get('*/api/imports/:id/lines', () =>
    HttpResponse.json({ lines: [], total: 0, next_cursor: null }),
  ),
  http.get('*/api/imports/:id', ({ params }) => {
    const it = world.imports.find((i) => i.id === params.id);
    return found(
      it && {
        ...it,
        groups: world.importGroups,
        errors: [],
        errors_total: 0,
        next_cursor: null,
      },
    );
  }),
  http.get('*/api/leads', ({ request }) => {
    const query = new URL(request.url).searchParams;
    const industries = query.getAll('industry');
    const q = query.get('q')?.toLowerCase() ?? '';
    return page(
      'leads',
      world.leads.filter(
        (l) =>
          (industries.length === 0 || industries.includes(l.industry ?? '')) &&
          l.name.toLowerCase().includes(q),
      ),
      request.url,
    );
  }),
  http.get('*/api/leads/:id', ({ params }) => found(world.leads.find((l) => l.id === params.id))),
  http.get('*/api/leads/:id/crm-activities', ({ params }) =>
    HttpResponse.json({
      lead_id: params.id,
      lead_name: 'Lead',
      crm_external_id: null,
      activities: [],
      total: 0,
    }),
  ),
  http.get('*/api/history', ({ request }) => {
    const outcomes = new URL(request.url).searchParams.getAll('outcome');
    return page(
      'calls',
      world.calls.filter((c) => outcomes.length === 0 || outcomes.includes(c.outcome ?? '')),
      request.url,
    );
  }),
  http.get('*/api/calls/:id', ({ params }) => found(callOf(params.id))),
  http.put('*/api/calls/:id/note', async ({ request, params }) => {
    const { text, revision } = (await note(request)) as SaveNote;
    const call = callOf(params.id);
    if (!call) return problem(404, 'not_found', 'There is no such call.');
    if (call.agent_note.revision !== revision) {
      return problem(409, 'version_conflict', 'Another device changed this note.');
    }
    call.agent_note = { text, revision: revision + 1, is_draft: true };
    return HttpResponse.json({ message: 'The note is saved.', call });
  }),
  http.post('*/api/calls/:id/disposition', async ({ request, params }) => {
    const body = (await note(request)) as SetDisposition;
    const call = callOf(params.id);
    if (!call) return problem(404, 'not_found', 'There is no such call.');
    const { agent_note } = call;
    const text = body.notes === undefined ? agent_note.text : body.notes || null;
    call.agent_note = { text, revision: agent_note.revision + 1, is_draft: false };
    const chosen = DISPOSITIONS.find(({ code }) => code === body.disposition);
    Object.assign(call, {
      disposition: chosen?.label ?? body.disposition,
      disposition_code: chosen?.code ?? null,
      disposition_effect: chosen?.effect ?? null,
      notes: text ?? call.notes,
    });
    return HttpResponse.json({ message: 'Saved.', call });
  }),
);

/** Remembers what the page asked for, then answers; for `backend.use`. */
export const on = (
  method: 'get' | 'post' | 'put' | 'patch' | 'delete',
  path: string,
  answer: (body: never) => Response | JsonBodyType,
) =>
  http[method](`*${path}`, async ({ request }) => {
    const result = answer((await note(request)) as never);
    return result instanceof Response ? result : HttpResponse.json(result);
  });
