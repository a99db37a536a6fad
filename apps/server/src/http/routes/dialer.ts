import {
  CreateSession,
  DialerStatus,
  Session,
  SessionList,
  SessionListQuery,
  StartDialer,
} from '@outdial/protocol';
import { actingAgent } from '../acting-agent.js';
import type { HttpPorts } from '../http-ports.js';
import { AgentHeader, type App, ById, operation } from '../operation.js';
import { notFound, ProblemError } from '../problems.js';
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
>;

const START_ERRORS = [
  'not_found',
  'agent_has_session',
  'too_many_lines',
  'nothing_to_call',
  'shutting_down',
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
      const upNext =
        session === null || session.status === 'STOPPED'
          ? []
          : await queueItems.upNext(session.queueId, now, UP_NEXT);
      return {
        agent: toWireAgent(agent),
        session: session && toWireSession(session),
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
      const sessionId = await startDialing(ports, agent.id, request.body);
      reply.status(201);
      return readSession(ports, sessionId);
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
        if (agent.sessionId !== null) return control(ports, agent.sessionId, wish);
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
    async ({ query }) => {
      const { agent_id: agentId, queue_id: queueId, status } = query;
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
    async ({ body }, reply) => {
      const sessionId = await startDialing(ports, body.agent_id, body);
      reply.status(201);
      return readSession(ports, sessionId);
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
    ({ params }) => readSession(ports, params.id),
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
      ({ params }) => control(ports, params.id, wish),
    );
  }
}

async function readSession({ sessions, clock }: Ports, sessionId: string) {
  const session = await sessions.view(sessionId, clock.now());
  if (session === null) throw notFound('session');
  return toWireSession(session);
}

async function control(ports: Ports, sessionId: string, wish: Wish) {
  if (wish === 'resume') refuseWhileStopping(ports);
  const answer = await ports.dialer.control(sessionId, wish);
  if (answer.kind === 'not_found') throw notFound('session');
  if (answer.kind === 'refused') throw refusal(answer.because);
  return readSession(ports, sessionId);
}

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
