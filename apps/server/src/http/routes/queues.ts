import type { QueueAccess, QueueStore } from '@outdial/postgres';
import {
  CreateQueue,
  Message,
  PatchQueue,
  Queue,
  QueueAgents,
  QueueAgentsResult,
  QueueList,
  QueueListQuery,
  QueueResult,
  SetQueueAgents,
} from '@outdial/protocol';
import type { FastifyRequest } from 'fastify';
import { changedFields } from '../../access/changed-fields.js';
import { heldTo } from '../../access/principal.js';
import { fromWireOverrides, toWireOverrides } from '../../settings/translate-dialing.js';
import { findLeads } from '../find-leads.js';
import type { HttpPorts } from '../http-ports.js';
import { type App, ById, operation } from '../operation.js';
import { notFound, ProblemError } from '../problems.js';
import { announceQueues, queuesFilled } from '../queue-changes.js';
import { record } from '../record.js';
import { fromWirePage, pageFields } from '../translate/page.js';
import { toWireQueue } from '../translate/queue.js';

type Ports = Pick<
  HttpPorts,
  | 'queues'
  | 'queueItems'
  | 'leads'
  | 'sessions'
  | 'releaseHeld'
  | 'clock'
  | 'ids'
  | 'jobs'
  | 'announcements'
  | 'dialer'
  | 'audit'
>;

export function queueRoutes(app: App, ports: Ports): void {
  const { queues, queueItems, clock, ids } = ports;

  app.get(
    '/api/queues',
    {
      schema: operation(
        {
          id: 'listQueues',
          tag: 'queues',
          summary: 'Stored queues, by name',
          errors: ['invalid_cursor'],
        },
        { querystring: QueueListQuery, response: { 200: QueueList } },
      ),
    },
    async (request) => {
      const { query } = request;
      const page = await queues.list(
        { q: query.q, workableBy: workableBy(request) },
        fromWirePage(query),
        clock.now(),
      );
      return { queues: page.rows.map(toWireQueue), ...pageFields(page) };
    },
  );

  app.post(
    '/api/queues',
    {
      schema: operation(
        {
          id: 'createQueue',
          tag: 'queues',
          summary: 'Makes a queue, empty or of these leads in this order',
          errors: ['duplicate_name', 'not_found', 'not_recorded'],
        },
        { body: CreateQueue, response: { 201: QueueResult } },
      ),
    },
    async (request, reply) => {
      const { body } = request;
      const visibleTo = heldTo(request, 'leads.any') ?? undefined;
      const chosen = await findLeads(ports, body.lead_ids ?? [], visibleTo);
      const now = clock.now();
      const id = ids.next();
      const settings = fromWireOverrides(body.settings);
      const answer = await queues.create({ id, name: body.name, settings }, now);
      if (answer.kind === 'name_taken') throw nameTaken(body.name);
      if (chosen.length > 0) {
        await queueItems.addLeads(
          id,
          chosen.map((lead) => lead.id),
          { now, ids },
        );
      }
      announceQueues(ports, [id]);
      await record(ports, request, {
        action: 'queue_changed',
        target: { kind: 'queue', id },
        details: { ...changedFields({}, auditedOf({ name: body.name, settings })) },
      });
      reply.status(201);
      return { message: `The queue ${body.name} was made.`, queue: await readQueue(ports, id) };
    },
  );

  app.get(
    '/api/queues/:id',
    {
      schema: operation(
        { id: 'getQueue', tag: 'queues', summary: 'One queue', errors: ['not_found'] },
        { params: ById, response: { 200: Queue } },
      ),
    },
    (request) => readQueue(ports, request.params.id, workableBy(request)),
  );

  app.patch(
    '/api/queues/:id',
    {
      schema: operation(
        {
          id: 'updateQueue',
          tag: 'queues',
          summary: "Changes the name, or the queue's own settings as a whole",
          description: 'Sessions under way keep the settings that they were started with.',
          errors: ['not_found', 'duplicate_name', 'not_recorded'],
        },
        { params: ById, body: PatchQueue, response: { 200: QueueResult } },
      ),
    },
    async (request) => {
      const { params, body } = request;
      const before = await queues.get(params.id);
      if (before === null) throw notFound('queue');
      const settings = body.settings && fromWireOverrides(body.settings);
      const answer = await queues.patch(params.id, { name: body.name, settings });
      if (answer.kind === 'not_found') throw notFound('queue');
      if (answer.kind === 'name_taken') throw nameTaken(body.name ?? '');
      if (settings !== undefined) await ports.releaseHeld?.(params.id);
      await queuesFilled(ports, [params.id]);
      const change = changedFields(auditedOf(before), auditedOf(answer.queue));
      if (Object.keys(change.after).length > 0) {
        await record(ports, request, {
          action: 'queue_changed',
          target: { kind: 'queue', id: params.id },
          details: { ...change },
        });
      }
      return {
        message: `The queue ${answer.queue.name} was saved.`,
        queue: await readQueue(ports, params.id),
      };
    },
  );

  app.delete(
    '/api/queues/:id',
    {
      schema: operation(
        {
          id: 'deleteQueue',
          tag: 'queues',
          summary: 'Takes a queue off the lists; its calls stay as history',
          errors: ['not_found', 'queue_in_use', 'not_recorded'],
        },
        { params: ById, response: { 200: Message } },
      ),
    },
    async (request) => {
      const { params } = request;
      const before = await queues.get(params.id);
      const answer = await queues.archive(params.id, clock.now());
      if (answer.kind === 'not_found') throw notFound('queue');
      if (answer.kind === 'in_use') {
        throw new ProblemError(
          'queue_in_use',
          `The session ${answer.sessionId} works through this queue. Stop it first, then delete the queue.`,
        );
      }
      announceQueues(ports, [params.id]);
      await record(ports, request, {
        action: 'queue_changed',
        target: { kind: 'queue', id: params.id },
        details: { ...(before !== null && { name: before.name }), deleted: true },
      });
      return { message: 'The queue was deleted; its calls stay in the history.' };
    },
  );

  queueAgentRoutes(app, ports);
}

/** Who may work a queue, and so sees its leads. */
function queueAgentRoutes(app: App, ports: Ports): void {
  const { queues } = ports;
  const path = '/api/queues/:id/agents';

  app.get(
    path,
    {
      schema: operation(
        {
          id: 'getQueueAgents',
          tag: 'queues',
          summary: 'Who may work a queue',
          errors: ['not_found'],
        },
        { params: ById, response: { 200: QueueAgents } },
      ),
    },
    async ({ params }) => {
      const access = await queues.access(params.id);
      if (access === null) throw notFound('queue');
      return { restricted: access.restricted, agent_ids: [...access.agentIds] };
    },
  );

  app.put(
    path,
    {
      schema: operation(
        {
          id: 'setQueueAgents',
          tag: 'queues',
          summary: 'Says who may work a queue, and so sees its leads',
          description:
            'Replaces the list as a whole; it counts while the queue is restricted. From then on the others do not see the queue ' +
            'and its leads, except for leads whom they called. Their sessions on it are stopped: unanswered calls are cancelled, a ' +
            'conversation is left alone and still recorded. A campaign at the provider has to be taken back first.',
          errors: ['not_found', 'agent_has_campaign', 'not_recorded'],
        },
        { params: ById, body: SetQueueAgents, response: { 200: QueueAgentsResult } },
      ),
    },
    async (request) => {
      const { params, body } = request;
      const answer = await queues.setAccess(params.id, {
        restricted: body.restricted,
        agentIds: body.agent_ids.map((agentId) => agentId.toLowerCase()),
      });
      switch (answer.kind) {
        case 'changed':
          break;
        case 'not_found':
          throw notFound('queue');
        case 'unknown_agents':
          throw unknownAgents(answer.agentIds, body.agent_ids);
        case 'has_campaign':
          throw new ProblemError(
            'agent_has_campaign',
            `The agent ${answer.agentId} has this queue as a campaign at the provider. Take it back first, or let them work the queue.`,
          );
        default: {
          const never: never = answer;
          return never;
        }
      }
      const { before, after } = answer;
      const stopped = after.restricted ? await stopOthers(ports, params.id, after.agentIds) : [];
      announceQueues(ports, [params.id]);
      await record(ports, request, {
        action: 'queue_access_changed',
        target: { kind: 'queue', id: params.id },
        details: { before: toWireAccess(before), after: toWireAccess(after) },
      });
      for (const session of stopped) {
        await record(ports, request, {
          action: 'session_stopped_by_other',
          target: { kind: 'session', id: session.id },
          details: { agent_id: session.agentId, because: 'queue_access_changed' },
        });
      }
      return {
        message: after.restricted
          ? `${agentsInWords(after.agentIds.length)} may work the queue.`
          : 'Every agent may work the queue.',
        ...toWireAccess(after),
        stopped_session_ids: stopped.map((session) => session.id),
      };
    },
  );
}

const agentsInWords = (count: number): string =>
  count === 0 ? 'No agent' : count === 1 ? '1 agent' : `${count} agents`;

/**
 * Stops the sessions of agents who may not work the queue any more. A session that is being started meanwhile looks again once
 * it is there (`startDialing`), so that one of the two sees it.
 */
async function stopOthers(
  { sessions, dialer }: Pick<Ports, 'sessions' | 'dialer'>,
  queueId: string,
  agentIds: readonly string[],
) {
  const stopped: { readonly id: string; readonly agentId: string }[] = [];
  let cursor: string | undefined;
  do {
    const filter = { queueId, status: ['RUNNING', 'PAUSED'] as const };
    const page = await sessions.list(filter, { limit: 200, cursor });
    for (const session of page.rows) {
      if (agentIds.includes(session.agentId)) continue;
      const answer = await dialer.control(session.id, 'stop');
      if (answer.kind === 'changed') stopped.push(session);
    }
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return stopped;
}

const toWireAccess = ({ restricted, agentIds }: QueueAccess) => ({
  restricted,
  agent_ids: [...agentIds],
});

const unknownAgents = (unknown: readonly string[], given: readonly string[]): ProblemError =>
  new ProblemError(
    'not_found',
    `There is no agent with the id ${unknown.slice(0, 3).join(', ')}. Nothing was changed; leave them out and try again.`,
    {
      errors: unknown.map((agentId) => ({
        field: `agent_ids.${given.findIndex((id) => id.toLowerCase() === agentId)}`,
        message: 'is the id of no agent',
      })),
    },
  );

/** A queue's own settings decide when and how often people are called, so they are configuration too. */
const auditedOf = ({
  name,
  settings = {},
}: Pick<Parameters<QueueStore['create']>[0], 'name' | 'settings'>) => ({
  name,
  settings: toWireOverrides(settings),
});

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

const nameTaken = (name: string): ProblemError =>
  new ProblemError(
    'duplicate_name',
    `There is a queue named ${name} already. Choose another name.`,
    {
      errors: [{ field: 'name', message: 'is taken' }],
    },
  );
