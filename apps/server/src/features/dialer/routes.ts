import type { Refusal as NotControlled, SessionWish } from '@outdial/core';
import type { AgentView, SessionHeader, SessionView, SnapshotViews } from '@outdial/postgres';
import { operations } from '@outdial/protocol';
import type { FastifyRequest } from 'fastify';
import { authorOf } from '../../access/audit-trail.js';
import { actorOf, agentFilter, heldTo, principalOf } from '../../access/principal.js';
import type { KnownConnection } from '../../connections/connections.js';
import { type Handled, handle } from '../../operations/handle.js';
import { fromWirePage, pageFields } from '../../operations/to-page.js';
import { notFound, Refusal } from '../../platform/refusal.js';
import { toWireAgent } from '../agents/to-wire.js';
import { toWireConnection } from '../connections/to-wire.js';
import type { HttpPorts } from '../http-ports.js';
import { toWireQueueItem } from '../queues/to-wire.js';
import { actingAgent } from './acting-agent.js';
import { refuseWhileStopping, startDialing } from './start-dialing.js';
import { toWireSession, toWireSessionHeader } from './to-wire.js';

type Ports = Pick<
  HttpPorts,
  | 'agents'
  | 'leads'
  | 'queues'
  | 'queueItems'
  | 'sessions'
  | 'snapshot'
  | 'settings'
  | 'dialer'
  | 'connections'
  | 'chooseConnection'
  | 'defaultConnection'
  | 'operations'
  | 'clock'
  | 'ids'
  | 'audit'
>;

/** How many leads the dialer page shows as the next ones. */
const UP_NEXT = 10;

export function dialerHandlers(ports: Ports): readonly Handled[] {
  return [...ownSession(ports), ...anySession(ports)];
}

/** The calling agent's own session. */
function ownSession(ports: Ports): readonly Handled[] {
  const asks = (operation: (typeof operations.dialer)['pause'], wish: SessionWish) =>
    handle(operation, async (request) => {
      const agent = await actingAgent(ports, request);
      if (agent.sessionId !== null) return control(ports, request, agent.sessionId, wish);
      throw new Refusal(
        'no_open_session',
        `${agent.name} has no session that is not stopped. Start one first.`,
      );
    });
  return [
    handle(operations.dialer.status, async (request) => {
      const { clock } = ports;
      const now = clock.now();
      const { agent, shown, upNext } = await ports.snapshot(async (views) => {
        const { sessions, queueItems } = views;
        const agent = await actingAgent(views, request);
        const latest = await sessions.latestOfAgent(agent.id);
        const session = latest === null ? null : await sessions.view(latest, now);
        const shown = session && (await withoutOthersLeads(views, request, session));
        const upNext =
          shown === null || shown.status === 'STOPPED' || shown !== session
            ? []
            : await queueItems.upNext(shown.queueId, now, UP_NEXT);
        return { agent, shown, upNext };
      });
      const connection = connectionOf(ports, agent, shown);
      return {
        agent: toWireAgent(agent),
        session: shown && toWireSession(shown),
        up_next: upNext.map(toWireQueueItem),
        connection: connection && toWireConnection(connection, ports.defaultConnection),
      };
    }),

    handle(operations.dialer.start, async (request) => {
      const agent = await actingAgent(ports, request);
      const sessionId = await startDialing(ports, request, agent.id, request.body);
      return readSession(ports, request, sessionId);
    }),

    asks(operations.dialer.pause, 'pause'),
    asks(operations.dialer.resume, 'resume'),
    asks(operations.dialer.stop, 'stop'),
    asks(operations.dialer.dialNext, 'dial_next'),
    asks(operations.dialer.holdWrapUp, 'hold_wrap_up'),
  ];
}

/** That of the open session, else the one that the agent's next session would run on; null: several are connected, and none is chosen. */
function connectionOf(
  { connections, chooseConnection }: Ports,
  agent: Pick<AgentView, 'connectionId'>,
  session: SessionView | null,
): KnownConnection | null {
  const own = session === null || session.status === 'STOPPED' ? null : session.provider;
  if (own !== null) return connections.get(own);
  try {
    return chooseConnection({ agent: agent.connectionId });
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
}

function anySession(ports: Ports): readonly Handled[] {
  const asks = (operation: (typeof operations.sessions)['pause'], wish: SessionWish) =>
    handle(operation, (request) => control(ports, request, request.params.id, wish));
  return [
    handle(operations.sessions.list, async (request) => {
      const { query } = request;
      const { queue_id: queueId, status } = query;
      const agentId = agentFilter(request, 'dialer.any', query.agent_id);
      const page = await ports.sessions.list({ agentId, queueId, status }, fromWirePage(query));
      return { sessions: page.rows.map(toWireSessionHeader), ...pageFields(page) };
    }),

    handle(operations.sessions.create, async (request) => {
      const { agent_id: agentId, ...wish } = request.body;
      const sessionId = await startDialing(ports, request, agentId.toLowerCase(), wish);
      return readSession(ports, request, sessionId);
    }),

    handle(operations.sessions.get, (request) => readSession(ports, request, request.params.id)),

    asks(operations.sessions.pause, 'pause'),
    asks(operations.sessions.resume, 'resume'),
    asks(operations.sessions.stop, 'stop'),
    asks(operations.sessions.dialNext, 'dial_next'),
    asks(operations.sessions.holdWrapUp, 'hold_wrap_up'),
  ];
}

type Asking = Pick<FastifyRequest, 'principal' | 'ip' | 'id'>;

async function readSession(ports: Ports, request: Asking, sessionId: string) {
  return ports.snapshot(async (views) => {
    const session = await views.sessions.view(sessionId, ports.clock.now());
    if (session === null || !isTheirs(request, session)) throw notFound('session');
    return toWireSession(await withoutOthersLeads(views, request, session));
  });
}

/** For a user who may see only their own sessions, another's is not there. */
function isTheirs(request: Asking, session: Pick<SessionHeader, 'agentId'>): boolean {
  const held = heldTo(request, 'dialer.any');
  return held === null || session.agentId === held;
}

/** Who may not work the queue any more sees what they called of it, and not the leads it has now. */
async function withoutOthersLeads(
  { queues }: Pick<SnapshotViews, 'queues'>,
  request: Asking,
  session: SessionView,
): Promise<SessionView> {
  const held = heldTo(request, 'dialer.any');
  if (held === null || (await queues.get(session.queueId, held)) !== null) return session;
  return { ...session, leadQueue: [] };
}

async function control(ports: Ports, request: Asking, sessionId: string, wish: SessionWish) {
  if (wish === 'resume' || wish === 'dial_next') refuseWhileStopping(ports);
  const session = await ports.sessions.header(sessionId);
  if (session === null || !isTheirs(request, session)) throw notFound('session');
  const answer = await ports.dialer.control(sessionId, wish, actorOf(request), {
    author: authorOf(request),
    agentId: principalOf(request).agentId,
  });
  if (answer.kind === 'not_found') throw notFound('session');
  if (answer.kind === 'refused') throw refusal(answer.because);
  return readSession(ports, request, sessionId);
}

function refusal(because: NotControlled): Refusal {
  switch (because) {
    case 'session_stopped':
      return new Refusal(
        'session_stopped',
        'The session is stopped, and that is final. Start a new one.',
      );
    case 'not_running':
      return new Refusal('session_not_running', 'The session is paused. Resume it to go on.');
    case 'not_paused':
      return new Refusal(
        'session_not_paused',
        'The session is running already; there is nothing to resume.',
      );
    case 'no_wrap_up':
      return new Refusal('no_wrap_up', 'The session is not in wrap-up. Nothing was changed.');
    default: {
      const never: never = because;
      return never;
    }
  }
}
