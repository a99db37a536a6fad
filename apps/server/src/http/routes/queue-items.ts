import {
  AddedToQueue,
  AddToQueue,
  Message,
  PatchQueueItem,
  QueueItemList,
  QueueItemListQuery,
  QueueItemResult,
} from '@outdial/protocol';
import { heldTo } from '../../access/principal.js';
import { doesNotFit } from '../check-request.js';
import { findLeads } from '../find-leads.js';
import type { HttpPorts } from '../http-ports.js';
import { type App, ById, operation } from '../operation.js';
import { notFound, ProblemError } from '../problems.js';
import { announceQueues, queuesFilled } from '../queue-changes.js';
import { fromWirePage, pageFields } from '../translate/page.js';
import { toWireQueueItem } from '../translate/queue.js';

type Ports = Pick<
  HttpPorts,
  'queueItems' | 'leads' | 'sessions' | 'clock' | 'ids' | 'jobs' | 'announcements'
>;

/** How many of the items just added an answer shows. */
const SHOWN = 200;

export function queueItemRoutes(app: App, ports: Ports): void {
  const { queueItems, clock, ids } = ports;

  app.get(
    '/api/queue',
    {
      schema: operation(
        {
          id: 'listQueueItems',
          tag: 'queues',
          summary: "Leads' places in queues, in the order of calling",
          errors: ['invalid_cursor'],
        },
        { querystring: QueueItemListQuery, response: { 200: QueueItemList } },
      ),
    },
    async (request) => {
      const { query } = request;
      const { queue_id: queueId, lead_id: leadId, state } = query;
      const workableBy = heldTo(request, 'queues.manage') ?? undefined;
      const page = await queueItems.list(
        { queueId, leadId, state, workableBy },
        fromWirePage(query),
      );
      return { items: page.rows.map(toWireQueueItem), ...pageFields(page) };
    },
  );

  app.post(
    '/api/queue',
    {
      schema: operation(
        {
          id: 'addToQueue',
          tag: 'queues',
          summary: 'Adds leads to a queue, in this order',
          errors: ['not_found'],
        },
        { body: AddToQueue, response: { 201: AddedToQueue } },
      ),
    },
    async (request, reply) => {
      const { body } = request;
      const visibleTo = heldTo(request, 'leads.any') ?? undefined;
      const chosen = await findLeads(ports, body.lead_ids, visibleTo);
      const answer = await queueItems.addLeads(
        body.queue_id,
        chosen.map((lead) => lead.id),
        {
          priority: body.priority,
          dueAt: body.due_at === undefined ? undefined : new Date(body.due_at),
          requeue: body.requeue,
          now: clock.now(),
          ids,
        },
      );
      if (answer.kind === 'unknown_queue') throw notFound('queue');
      const count = (...kinds: string[]) =>
        answer.leads.filter((lead) => kinds.includes(lead.kind)).length;
      const added = count('added', 'requeued');
      const itemIds = answer.leads.flatMap(({ itemId }) => (itemId === null ? [] : [itemId]));
      const items = await queueItems.getMany(itemIds.slice(0, SHOWN));
      await queuesFilled(ports, [body.queue_id]);
      reply.status(201);
      return {
        message: `${added} ${added === 1 ? 'lead was' : 'leads were'} added.`,
        added,
        already_there: count('already_there'),
        suppressed: count('suppressed'),
        items: items.map(toWireQueueItem),
      };
    },
  );

  app.patch(
    '/api/queue/:id',
    {
      schema: operation(
        {
          id: 'updateQueueItem',
          tag: 'queues',
          summary: "Changes a lead's priority or time, or brings it back",
          errors: ['not_found', 'queue_item_claimed', 'number_suppressed'],
        },
        { params: ById, body: PatchQueueItem, response: { 200: QueueItemResult } },
      ),
    },
    async ({ params, body }) => {
      const answer = await queueItems.patch(
        params.id,
        {
          priority: body.priority,
          dueAt: body.due_at === undefined ? undefined : new Date(body.due_at),
          requeue: body.state === 'PENDING',
        },
        clock.now(),
      );
      switch (answer.kind) {
        case 'changed':
          await queuesFilled(ports, [answer.item.queueId]);
          return {
            message: 'The place in the queue was saved.',
            item: toWireQueueItem(answer.item),
          };
        case 'not_found':
          throw notFound('queue item');
        case 'claimed':
          throw claimed('Until the call is over only the priority can be changed.');
        case 'suppressed':
          throw new ProblemError(
            'number_suppressed',
            'The number of this lead is on the suppression list. Take it off the list first.',
          );
        case 'not_waiting':
          throw doesNotFit([
            {
              field: 'due_at',
              message: 'needs "state": "PENDING" beside it, because this lead is done or exhausted',
            },
          ]);
        default: {
          const never: never = answer;
          return never;
        }
      }
    },
  );

  app.delete(
    '/api/queue/:id',
    {
      schema: operation(
        {
          id: 'removeFromQueue',
          tag: 'queues',
          summary: 'Takes a lead out of a queue; the calls stay as history',
          errors: ['not_found', 'queue_item_claimed'],
        },
        { params: ById, response: { 200: Message } },
      ),
    },
    async ({ params }) => {
      const item = await queueItems.get(params.id);
      const answer = item === null ? 'not_found' : await queueItems.remove(params.id);
      if (item === null || answer === 'not_found') throw notFound('queue item');
      if (answer === 'claimed') throw claimed('Wait until the call is over, then remove it.');
      announceQueues(ports, [item.queueId]);
      return { message: 'The lead was taken out of the queue.' };
    },
  );
}

const claimed = (advice: string): ProblemError =>
  new ProblemError('queue_item_claimed', `A session is calling this lead right now. ${advice}`);
