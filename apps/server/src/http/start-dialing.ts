import type { SessionStarted } from '@outdial/core';
import type { Queue } from '@outdial/postgres';
import type { StartDialer } from '@outdial/protocol';
import { findLeads, unknownLeads } from './find-leads.js';
import type { HttpPorts } from './http-ports.js';
import { notFound, ProblemError } from './problems.js';

type Ports = Pick<
  HttpPorts,
  | 'agents'
  | 'leads'
  | 'queues'
  | 'sessions'
  | 'settings'
  | 'dialer'
  | 'telephony'
  | 'operations'
  | 'clock'
  | 'ids'
>;

/** Puts an agent to work on a queue, or on a selection of leads; answers the session's id. */
export async function startDialing(
  ports: Ports,
  agentId: string,
  wish: StartDialer,
): Promise<string> {
  const { dialing } = (await ports.settings.current()).settings;
  const lines = wish.lines ?? dialing.lines;
  refuseWhileStopping(ports);
  refuseTooManyLines(ports.telephony, lines);
  await refuseBusyAgent(ports, agentId);

  const queue =
    wish.lead_ids === undefined
      ? await storedQueue(ports, wish.queue_id ?? '')
      : await queueOfSelection(ports, wish.lead_ids);
  let started: SessionStarted | undefined;
  try {
    started = await ports.dialer.start({
      agentId,
      queueId: queue.id,
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
      return started.session.id;
    case 'too_many_lines':
      throw tooManyLines(ports.telephony.name, started.max);
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
  throw new ProblemError(
    'shutting_down',
    'The server is stopping and takes no new work. Try again in a minute.',
    { headers: { 'retry-after': '60' } },
  );
}

function refuseTooManyLines({ name, capabilities }: Ports['telephony'], lines: number): void {
  const { maxLinesPerAgent } = capabilities;
  if (lines > maxLinesPerAgent) throw tooManyLines(name, maxLinesPerAgent);
}

const tooManyLines = (provider: string, max: number): ProblemError =>
  new ProblemError(
    'too_many_lines',
    `The provider (${provider}) carries at most ${max} ${max === 1 ? 'line' : 'lines'} per agent. Start the session with fewer lines.`,
    { errors: [{ field: 'lines', message: `must be at most ${max}` }] },
  );

/** Looked at before a queue is made of a selection; the unique index decides when two start at once. */
async function refuseBusyAgent({ agents }: Ports, agentId: string): Promise<void> {
  const agent = await agents.get(agentId);
  if (agent === null) throw notFound('agent');
  if (agent.sessionId !== null) throw agentHasSession(agent.sessionId);
}

const agentHasSession = (sessionId: string | null): ProblemError =>
  new ProblemError(
    'agent_has_session',
    `The agent has a session that is not stopped${sessionId === null ? '' : ` (${sessionId})`}. Stop it first, or go on with it.`,
  );

async function storedQueue({ queues }: Ports, queueId: string): Promise<Queue> {
  const queue = await queues.get(queueId);
  if (queue === null || queue.archivedAt !== null) throw notFound('queue');
  const inIt = await queues.whoIsIn(queueId);
  if (inIt === 'somebody to call') return queue;
  throw new ProblemError(
    'nothing_to_call',
    inIt === 'nobody'
      ? 'The queue is empty. Add leads to it, then start.'
      : 'Nobody is left to call in this queue: all its leads are done, exhausted or suppressed. Add leads, or bring some back.',
  );
}

async function queueOfSelection(ports: Ports, leadIds: readonly string[]) {
  const { queues, clock, ids } = ports;
  const chosen = await findLeads(ports, leadIds);
  const now = clock.now();
  const { queue, added, suppressed, unknownLeadIds } = await queues.createAdHoc(
    {
      id: ids.next(),
      name: `Selection of ${chosen.length} ${chosen.length === 1 ? 'lead' : 'leads'}`,
      leadIds: chosen.map((lead) => lead.id),
    },
    { now, ids },
  );
  if (unknownLeadIds.length === 0 && added > suppressed) return queue;
  await queues.archive(queue.id, now);
  // Deleted since they were found.
  if (unknownLeadIds.length > 0) throw unknownLeads(unknownLeadIds, leadIds);
  throw new ProblemError(
    'nothing_to_call',
    'All numbers of this selection are on the suppression list, so nobody could ever be called. Choose other leads.',
  );
}
