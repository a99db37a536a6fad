import type { SessionHeader, SessionView } from '@outdial/postgres';
import type { AuditAction } from '@outdial/protocol';
import {
  CreateSession,
  DialerStatus,
  Session,
  SessionList,
  SessionListQuery,
  StartDialer,
} from '@outdial/protocol';
import type { FastifyRequest } from 'fastify';
import { agentFilter, heldTo, principalOf } from '../../access/principal.js';
import { actingAgent } from '../acting-agent.js';
import type { HttpPorts } from '../http-ports.js';
import { AgentHeader, type App, ById, operation } from '../operation.js';
import { notFound, ProblemError } from '../problems.js';
import { record } from '../record.js';
import { refuseWhileStopping, startDialing } from '../start-dialing.js';
import { toWireAgent } from '../translate/agent.js';
import { fromWirePage, pageFields } from '../translate/page.js';
import { toWireQueueItem } from '../translate/queue.js';
import { toWireProvider, toWireSession, toWireSessionHeader } from '../translate/session.js';

type Ports = Pick<
  HttpPorts,
  | 'agents'
  | 'leads'
  | 'queues'
  | 'queueItems'
  | 'sessions'
  | 'settings'
  | 'dialer'
  | 'telephony'
  | 'operations'
  | 'clock'
  | 'ids'
  | 'audit'
  | 'missingCredentials'
>;

const START_ERRORS = [
  'not_found',
  'agent_has_session',
  'too_many_lines',
  'nothing_to_call',
  'shutting_down',
  'provider_unavailable',
] as const;

const WISHES = {
  pause: {
    summary: 'No new calls; those that are live go on',
    errors: ['session_stopped', 'session_not_running'],
  },
  resume: {
    summary: 'Goes on where it was paused',
    errors: ['session_stopped', 'session_not_paused', 'shutting_down'],
  },
  stop: {
    summary: 'Ends it: unanswered calls are cancelled, a conversation is left alone',
    errors: ['session_stopped'],
  },
} as const;
type Wish = keyof typeof WISHES;

/** How many leads the dialer page shows as the next ones. */
const UP_NEXT = 10;

export function dialerRoutes(app: App, ports: Ports): void {
  ownSession(app, ports);
  anyonesSessions(app, ports);
}

/** The calling agent's own session. */
function ownSession(app: App, ports: Ports): void {
  app.get(
    '/api/dialer/status',
    {
      schema: operation(
        {
          id: 'getDialerStatus',
          tag: 'dialer',
          summary: "All that the agent's dialer page shows",
          errors: ['not_found'],
        },
        { headers: AgentHeader, response: { 200: DialerStatus } },
      ),
    },
    async (request) => {
      const { sessions, queueItems, telephony, clock } = ports;
      const agent = await actingAgent(ports, request);
      const now = clock.now();
      const latest = await sessions.latestOfAgent(agent.id);
      const session = latest === null ? null : await sessions.view(latest, now);
      const shown = session && (await withoutOthersLeads(ports, request, session));
      const upNext =
        shown === null || shown.status === 'STOPPED' || shown !== session
          ? []
          : await queueItems.upNext(shown.queueId, now, UP_NEXT);
      return {
        agent: toWireAgent(agent),
        session: shown && toWireSession(shown),
        up_next: upNext.map(toWireQueueItem),
        provider: toWireProvider(telephony.name, telephony.capabilities),
      };
    },
  );

  app.post(
    '/api/dialer/start',
    {
      schema: operation(
        {
          id: 'startDialer',
          tag: 'dialer',
          summary: 'Starts a session for the calling agent, on a queue or a selection of leads',
          errors: START_ERRORS,
        },
        { headers: AgentHeader, body: StartDialer, response: { 201: Session } },
      ),
    },
    async (request, reply) => {
      const agent = await actingAgent(ports, request);
      const sessionId = await startDialing(ports, request, agent.id, request.body);
      reply.status(201);
      return readSession(ports, request, sessionId);
    },
  );

  for (const wish of Object.keys(WISHES) as Wish[]) {
    app.post(
      `/api/dialer/${wish}`,
      {
        schema: operation(
          {
            id: `${wish}Dialer`,
            tag: 'dialer',
            summary: WISHES[wish].summary,
            errors: ['not_found', 'no_open_session', ...WISHES[wish].errors],
          },
          { headers: AgentHeader, response: { 200: Session } },
        ),
      },
      async (request) => {
        const agent = await actingAgent(ports, request);
        if (agent.sessionId !== null) return control(ports, request, agent.sessionId, wish);
        throw new ProblemError(
          'no_open_session',
          `${agent.name} has no session that is not stopped. Start one first.`,
        );
      },
    );
  }
}

function anyonesSessions(app: App, ports: Ports): void {
  app.get(
    '/api/dialer/sessions',
    {
      schema: operation(
        {
          id: 'listSessions',
          tag: 'dialer',
          summary: 'Sessions of all agents, the newest first',
          errors: ['invalid_cursor'],
        },
        { querystring: SessionListQuery, response: { 200: SessionList } },
      ),
    },
    async (request) => {
      const { query } = request;
      const { queue_id: queueId, status } = query;
      const agentId = agentFilter(request, 'dialer.any', query.agent_id);
      const page = await ports.sessions.list({ agentId, queueId, status }, fromWirePage(query));
      return { sessions: page.rows.map(toWireSessionHeader), ...pageFields(page) };
    },
  );

  app.post(
    '/api/dialer/sessions',
    {
      schema: operation(
        {
          id: 'createSession',
          tag: 'dialer',
          summary: 'Starts a session for any agent, on a queue or a selection of leads',
          errors: START_ERRORS,
        },
        { body: CreateSession, response: { 201: Session } },
      ),
    },
    async (request, reply) => {
      const { agent_id: agentId, ...wish } = request.body;
      const sessionId = await startDialing(ports, request, agentId.toLowerCase(), wish);
      reply.status(201);
      return readSession(ports, request, sessionId);
    },
  );

  app.get(
    '/api/dialer/sessions/:id',
    {
      schema: operation(
        {
          id: 'getSession',
          tag: 'dialer',
          summary: 'One session with its calls',
          errors: ['not_found'],
        },
        { params: ById, response: { 200: Session } },
      ),
    },
    (request) => readSession(ports, request, request.params.id),
  );

  for (const wish of Object.keys(WISHES) as Wish[]) {
    app.post(
      `/api/dialer/sessions/:id/${wish}`,
      {
        schema: operation(
          {
            id: `${wish}Session`,
            tag: 'dialer',
            summary: WISHES[wish].summary,
            errors: ['not_found', ...WISHES[wish].errors],
          },
          { params: ById, response: { 200: Session } },
        ),
      },
      (request) => control(ports, request, request.params.id, wish),
    );
  }
}

type Asking = Pick<FastifyRequest, 'principal' | 'ip' | 'id'>;

async function readSession(ports: Ports, request: Asking, sessionId: string) {
  const session = await ports.sessions.view(sessionId, ports.clock.now());
  if (session === null || !isTheirs(request, session)) throw notFound('session');
  return toWireSession(await withoutOthersLeads(ports, request, session));
}

/** Of somebody who is held to their own sessions, another's is not there. */
function isTheirs(request: Asking, session: Pick<SessionHeader, 'agentId'>): boolean {
  const held = heldTo(request, 'dialer.any');
  return held === null || session.agentId === held;
}

/** Who may not work the queue any more sees what they called of it, and not whom it holds now. */
async function withoutOthersLeads(
  { queues }: Pick<Ports, 'queues'>,
  request: Asking,
  session: SessionView,
): Promise<SessionView> {
  const held = heldTo(request, 'dialer.any');
  if (held === null || (await queues.get(session.queueId, held)) !== null) return session;
  return { ...session, leadQueue: [] };
}

async function control(ports: Ports, request: Asking, sessionId: string, wish: Wish) {
  if (wish === 'resume') refuseWhileStopping(ports);
  const session = await ports.sessions.header(sessionId);
  if (session === null || !isTheirs(request, session)) throw notFound('session');
  const answer = await ports.dialer.control(sessionId, wish);
  if (answer.kind === 'not_found') throw notFound('session');
  if (answer.kind === 'refused') throw refusal(answer.because);
  if (principalOf(request).agentId !== session.agentId) {
    await record(ports, request, {
      action: BY_OTHER[wish],
      target: { kind: 'session', id: sessionId },
      details: { agent_id: session.agentId, queue_id: session.queueId },
    });
  }
  return readSession(ports, request, sessionId);
}

const BY_OTHER = {
  pause: 'session_paused_by_other',
  resume: 'session_resumed_by_other',
  stop: 'session_stopped_by_other',
} as const satisfies Record<Wish, AuditAction>;

function refusal(because: 'session_stopped' | 'not_running' | 'not_paused'): ProblemError {
  switch (because) {
    case 'session_stopped':
      return new ProblemError(
        'session_stopped',
        'The session is stopped, and that is final. Start a new one.',
      );
    case 'not_running':
      return new ProblemError(
        'session_not_running',
        'The session is paused already. Resume it to go on.',
      );
    case 'not_paused':
      return new ProblemError(
        'session_not_paused',
        'The session is running already; there is nothing to resume.',
      );
    default: {
      const never: never = because;
      return never;
    }
  }
}
