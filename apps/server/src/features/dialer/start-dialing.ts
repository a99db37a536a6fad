import type { SessionStarted } from '@outdial/core';
import type { AgentView, Queue } from '@outdial/postgres';
import type { StartDialer } from '@outdial/protocol';
import type { FastifyRequest } from 'fastify';
import { actorOf, may, principalOf } from '../../access/principal.js';
import type { KnownConnection } from '../../connections/connections.js';
import { record } from '../../operations/record.js';
import { notFound, Refusal } from '../../platform/refusal.js';
import type { HttpPorts } from '../http-ports.js';
import { findLeads, unknownLeads } from '../leads/find-leads.js';

type Ports = Pick<
  HttpPorts,
  | 'agents'
  | 'leads'
  | 'queues'
  | 'sessions'
  | 'settings'
  | 'dialer'
  | 'chooseConnection'
  | 'operations'
  | 'clock'
  | 'ids'
  | 'audit'
>;

type Asking = Pick<FastifyRequest, 'principal' | 'ip' | 'id'>;

/**
 * Puts an agent to work on a queue that they may work, or on a selection of leads that the caller may see; answers the
 * session's id. The audit log notes a caller who starts a session for another agent.
 */
export async function startDialing(
  ports: Ports,
  request: Asking,
  agentId: string,
  wish: StartDialer,
): Promise<string> {
  const { dialing } = (await ports.settings.current()).settings;
  const lines = wish.lines ?? dialing.lines;
  refuseWhileStopping(ports);
  const agent = await findFreeAgent(ports, agentId);
  const stored =
    wish.queue_id === undefined
      ? null
      : await storedQueue(ports, request, { queueId: wish.queue_id, agentId });
  const connection = ports.chooseConnection({
    request: wish.connection_id,
    queue: stored?.connectionId,
    agent: agent.connectionId,
  });
  refuseTooManyLines(connection, lines);
  await refuseWithoutCredentials(connection);

  const queue =
    stored ??
    (await queueOfSelection(ports, wish.lead_ids ?? [], {
      agentId,
      visibleTo: may(request, 'leads.any') ? undefined : agentId,
    }));
  let started: SessionStarted | undefined;
  try {
    started = await ports.dialer.start({
      agentId,
      queueId: queue.id,
      connectionId: connection.row.id,
      lines,
      afterConnect: wish.after_connect ?? dialing.after_connect,
      settings: await ports.settings.dialingFor(queue),
    });
  } finally {
    if (started?.kind !== 'started' && queue.adHoc) {
      await ports.queues.archive(queue.id, ports.clock.now());
    }
  }
  switch (started.kind) {
    case 'started':
      await stopUnlessWorkable(ports, request, started.session);
      if (principalOf(request).agentId !== agentId) {
        await record(ports, request, {
          action: 'session_started_by_other',
          target: { kind: 'session', id: started.session.id },
          details: { agent_id: agentId, queue_id: queue.id, lines },
        });
      }
      return started.session.id;
    case 'too_many_lines':
      throw tooManyLines(connection.row.label, started.max);
    case 'connection_unavailable':
      throw new Refusal('connection_unavailable', started.message);
    case 'agent_busy':
      throw agentHasSession(null);
    case 'unknown_agent':
      throw notFound('agent');
    case 'unknown_queue':
      throw notFound('queue');
    default: {
      const never: never = started;
      return never;
    }
  }
}

export function refuseWhileStopping({ operations }: Pick<Ports, 'operations'>): void {
  if (!operations.stopping()) return;
  throw new Refusal(
    'shutting_down',
    'The server is stopping and takes no new work. Try again in a minute.',
    { retryAfterSeconds: 60 },
  );
}

/** Checked at the start, where a user sees it; without it the session would begin, and every call would be refused. */
async function refuseWithoutCredentials({ carrier }: KnownConnection): Promise<void> {
  const missing = (await carrier?.missing()) ?? null;
  if (missing !== null) throw new Refusal('provider_unavailable', missing);
}

function refuseTooManyLines({ row, manifest }: KnownConnection, lines: number): void {
  const { maxLinesPerAgent } = manifest.capabilities;
  if (lines > maxLinesPerAgent) throw tooManyLines(row.label, maxLinesPerAgent);
}

const tooManyLines = (connection: string, max: number): Refusal =>
  new Refusal(
    'too_many_lines',
    `The connection ${connection} carries at most ${max} ${max === 1 ? 'line' : 'lines'} per agent. Start the session with fewer lines.`,
    { errors: [{ field: 'lines', message: `must be at most ${max}` }] },
  );

/** Looked at before a queue is made of a selection; the unique index decides when two start at once. */
async function findFreeAgent({ agents }: Ports, agentId: string): Promise<AgentView> {
  const agent = await agents.get(agentId);
  if (agent === null) throw notFound('agent');
  if (agent.sessionId !== null) throw agentHasSession(agent.sessionId);
  return agent;
}

const agentHasSession = (sessionId: string | null): Refusal =>
  new Refusal(
    'agent_has_session',
    `The agent has a session that is not stopped${sessionId === null ? '' : ` (${sessionId})`}. Stop it first, or go on with it.`,
  );

/** A queue that the agent may work. A caller who may not manage queues does not learn that such a queue exists. */
export async function findWorkableQueue(
  { queues }: Pick<Ports, 'queues'>,
  request: Asking,
  { queueId, agentId }: { readonly queueId: string; readonly agentId: string },
): Promise<Queue> {
  const queue = await queues.get(queueId);
  if (queue === null || queue.archivedAt !== null) throw notFound('queue');
  if ((await queues.get(queueId, agentId)) !== null) return queue;
  if (!may(request, 'queues.manage')) throw notFound('queue');
  throw new Refusal(
    'agent_not_on_queue',
    `The queue ${queue.name} is restricted, and this agent is not among those who may work it. Add them with PUT /api/queues/${queue.id}/agents first.`,
  );
}

/** A change of access made in this very moment saw no session yet that it could stop. */
async function stopUnlessWorkable(
  ports: Ports,
  request: Asking,
  {
    id,
    queueId,
    agentId,
  }: { readonly id: string; readonly queueId: string; readonly agentId: string },
): Promise<void> {
  try {
    await findWorkableQueue(ports, request, { queueId, agentId });
  } catch (error) {
    await ports.dialer.control(id, 'stop', actorOf(request));
    throw error;
  }
}

async function storedQueue(
  ports: Ports,
  request: Asking,
  wish: { readonly queueId: string; readonly agentId: string },
): Promise<Queue> {
  const { queues } = ports;
  const { queueId } = wish;
  const queue = await findWorkableQueue(ports, request, wish);
  const callable = await queues.callableState(queueId);
  if (callable === 'callable') return queue;
  throw new Refusal(
    'nothing_to_call',
    callable === 'empty'
      ? 'The queue is empty. Add leads to it, then start.'
      : 'No lead is left to call in this queue: all its leads are done, exhausted or suppressed. Add leads, or bring some back.',
  );
}

async function queueOfSelection(
  ports: Ports,
  leadIds: readonly string[],
  { agentId, visibleTo }: { readonly agentId: string; readonly visibleTo: string | undefined },
) {
  const { queues, clock, ids } = ports;
  const chosen = await findLeads(ports, leadIds, visibleTo);
  const now = clock.now();
  const { queue, added, suppressed, unknownLeadIds } = await queues.createAdHoc(
    {
      id: ids.next(),
      name: `Selection of ${chosen.length} ${chosen.length === 1 ? 'lead' : 'leads'}`,
      agentId,
      leadIds: chosen.map((lead) => lead.id),
    },
    { now, ids },
  );
  if (unknownLeadIds.length === 0 && added > suppressed) return queue;
  await queues.archive(queue.id, now);
  // Deleted since they were found.
  if (unknownLeadIds.length > 0) throw unknownLeads(unknownLeadIds, leadIds);
  throw new Refusal(
    'nothing_to_call',
    'All numbers of this selection are on the suppression list, so none could ever be called. Choose other leads.',
  );
}
