import { isTooFarAhead, TOO_FAR_AHEAD } from '@outdial/core';
import { operations } from '@outdial/protocol';
import { authorOf } from '../../access/audit-trail.js';
import { heldTo } from '../../access/principal.js';
import { type Handled, handle } from '../../operations/handle.js';
import { fromWirePage, pageFields } from '../../operations/to-page.js';
import { doesNotFit } from '../../platform/does-not-fit.js';
import { notFound, Refusal } from '../../platform/refusal.js';
import type { HttpPorts } from '../http-ports.js';
import { findLeads } from '../leads/find-leads.js';
import { queuesFilled } from './queue-changes.js';
import { claimed, removeQueueItem } from './remove-queue-item.js';
import { toWireQueueItem } from './to-wire.js';

type Ports = Pick<
  HttpPorts,
  'queueItems' | 'leads' | 'dialer' | 'clock' | 'ids' | 'jobs' | 'announcements' | 'changes'
>;

/** How many of the items just added an answer shows. */
const SHOWN = 200;

function dueAt(given: string | undefined, now: Date): Date | undefined {
  if (given === undefined) return undefined;
  const at = new Date(given);
  if (isTooFarAhead(at, now)) throw doesNotFit([{ field: 'due_at', message: TOO_FAR_AHEAD }]);
  return at;
}

export function queueItemHandlers(ports: Ports): readonly Handled[] {
  const { queueItems, clock, ids } = ports;
  return [
    handle(operations.queueItems.list, async (request) => {
      const { query } = request;
      const { queue_id: queueId, lead_id: leadId, state } = query;
      const workableBy = heldTo(request, 'queues.manage') ?? undefined;
      const page = await queueItems.list(
        { queueId, leadId, state, workableBy },
        fromWirePage(query),
      );
      return { items: page.rows.map(toWireQueueItem), ...pageFields(page) };
    }),

    handle(operations.queueItems.add, async (request) => {
      const { body } = request;
      const visibleTo = heldTo(request, 'leads.any') ?? undefined;
      const chosen = await findLeads(ports, body.lead_ids, visibleTo);
      const answer = await queueItems.addLeads(
        body.queue_id,
        chosen.map((lead) => lead.id),
        {
          priority: body.priority,
          dueAt: dueAt(body.due_at, clock.now()),
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
      return {
        message: `${added} ${added === 1 ? 'lead was' : 'leads were'} added.`,
        added,
        already_there: count('already_there'),
        suppressed: count('suppressed'),
        contact_ended: count('ended'),
        items: items.map(toWireQueueItem),
      };
    }),

    handle(operations.queueItems.update, async ({ params, body }) => {
      const answer = await queueItems.patch(
        params.id,
        {
          priority: body.priority,
          dueAt: dueAt(body.due_at, clock.now()),
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
          throw new Refusal(
            'number_suppressed',
            'The number of this lead is on the suppression list. Take it off the list first.',
          );
        case 'contact_ended':
          throw new Refusal(
            'contact_ended',
            'The person said on a call that they want no more calls. Change the disposition of that call, or allow contact on the page of the lead.',
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
    }),

    handle(operations.queueItems.remove, async (request) => {
      const { params, query } = request;
      await removeQueueItem(ports, params.id, query.callbacks === 'drop', authorOf(request));
      return { message: 'The lead was taken out of the queue.' };
    }),
  ];
}
