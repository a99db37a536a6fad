import type { CallbacksOfArchived } from '@outdial/postgres';
import { operations } from '@outdial/protocol';
import type { FastifyRequest } from 'fastify';
import { authorOf } from '../../access/audit-trail.js';
import { actorOf, heldTo } from '../../access/principal.js';
import { type Handled, handle } from '../../operations/handle.js';
import { fromWirePage, pageFields } from '../../operations/to-page.js';
import { notFound } from '../../platform/refusal.js';
import { refuseUnknownConnections } from '../connections/refuse-unknown.js';
import type { HttpPorts } from '../http-ports.js';
import { findLeads } from '../leads/find-leads.js';
import { fromWireOverrides } from '../settings/translate-dialing.js';
import {
  changeQueue,
  createQueue,
  deleteQueue,
  restrictQueue,
  toWireAccess,
} from './manage-queues.js';
import { toWireQueue } from './to-wire.js';

type Ports = Pick<
  HttpPorts,
  | 'queues'
  | 'queueItems'
  | 'leads'
  | 'sessions'
  | 'dialer'
  | 'releaseHeld'
  | 'clock'
  | 'ids'
  | 'jobs'
  | 'announcements'
  | 'dialer'
  | 'changes'
  | 'connections'
>;

export function queueHandlers(ports: Ports): readonly Handled[] {
  const { queues, clock } = ports;
  return [
    handle(operations.queues.list, async (request) => {
      const { query } = request;
      const page = await queues.list(
        { q: query.q, workableBy: workableBy(request) },
        fromWirePage(query),
        clock.now(),
      );
      return { queues: page.rows.map(toWireQueue), ...pageFields(page) };
    }),

    handle(operations.queues.create, async (request) => {
      const { body } = request;
      refuseUnknownConnections(ports.connections, [['connection_id', body.connection_id]]);
      const visibleTo = heldTo(request, 'leads.any') ?? undefined;
      const chosen = await findLeads(ports, body.lead_ids ?? [], visibleTo);
      const wish = {
        name: body.name,
        settings: fromWireOverrides(body.settings),
        connectionId: body.connection_id,
        leadIds: chosen.map((lead) => lead.id),
      };
      const id = await createQueue(ports, wish, authorOf(request));
      return { message: `The queue ${body.name} was made.`, queue: await readQueue(ports, id) };
    }),

    handle(operations.queues.get, (request) =>
      readQueue(ports, request.params.id, workableBy(request)),
    ),

    handle(operations.queues.update, async (request) => {
      const { params, body } = request;
      const settings = body.settings && fromWireOverrides(body.settings);
      refuseUnknownConnections(ports.connections, [['connection_id', body.connection_id]]);
      const patch = { name: body.name, settings, connectionId: body.connection_id };
      const { name } = await changeQueue(ports, params.id, patch, authorOf(request));
      return {
        message: `The queue ${name} was saved.`,
        queue: await readQueue(ports, params.id),
      };
    }),

    handle(operations.queues.remove, async (request) => {
      const { params, query } = request;
      const callbacks = await deleteQueue(ports, params.id, callbacksOf(query), authorOf(request));
      const what =
        callbacks === 0
          ? ''
          : query.move_to === undefined
            ? ` Promised call-backs that were dropped: ${callbacks}.`
            : ` Promised call-backs that went to the other queue: ${callbacks}.`;
      return { message: `The queue was deleted; its calls stay in the history.${what}` };
    }),

    ...queueAgentHandlers(ports),
  ];
}

/** Who may work a queue, and so sees its leads. */
function queueAgentHandlers(ports: Ports): readonly Handled[] {
  const { queues } = ports;
  return [
    handle(operations.queues.agents, async ({ params }) => {
      const access = await queues.access(params.id);
      if (access === null) throw notFound('queue');
      return { restricted: access.restricted, agent_ids: [...access.agentIds] };
    }),

    handle(operations.queues.setAgents, async (request) => {
      const { params, body } = request;
      const access = {
        restricted: body.restricted,
        agentIds: body.agent_ids.map((agentId) => agentId.toLowerCase()),
      };
      const by = { actor: actorOf(request), author: authorOf(request) };
      const { after, stoppedSessionIds } = await restrictQueue(ports, params.id, access, by);
      return {
        message: after.restricted
          ? `${agentsInWords(after.agentIds.length)} may work the queue.`
          : 'Every agent may work the queue.',
        ...toWireAccess(after),
        stopped_session_ids: [...stoppedSessionIds],
      };
    }),
  ];
}

const callbacksOf = (query: {
  readonly callbacks?: 'move' | 'drop' | undefined;
  readonly move_to?: string | undefined;
}): CallbacksOfArchived | undefined =>
  query.move_to !== undefined
    ? { kind: 'move', queueId: query.move_to }
    : query.callbacks === 'drop'
      ? { kind: 'drop' }
      : undefined;

const agentsInWords = (count: number): string =>
  count === 0 ? 'No agent' : count === 1 ? '1 agent' : `${count} agents`;

/** The agent to whose queues a request is held; undefined: all are seen. */
const workableBy = (request: Pick<FastifyRequest, 'principal'>): string | undefined =>
  heldTo(request, 'queues.manage') ?? undefined;

async function readQueue(
  { queues, clock }: Pick<Ports, 'queues' | 'clock'>,
  queueId: string,
  workableBy?: string,
) {
  const queue = await queues.view(queueId, clock.now(), workableBy);
  if (queue === null || queue.archivedAt !== null) throw notFound('queue');
  return toWireQueue(queue);
}
