import {
  CreateQueue,
  Message,
  PatchQueue,
  Queue,
  QueueList,
  QueueListQuery,
  QueueResult,
} from '@outdial/protocol';
import { fromWireOverrides } from '../../settings/translate-dialing.js';
import { findLeads } from '../find-leads.js';
import type { HttpPorts } from '../http-ports.js';
import { type App, ById, operation } from '../operation.js';
import { notFound, ProblemError } from '../problems.js';
import { announceQueues, queuesFilled } from '../queue-changes.js';
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
    async ({ query }) => {
      const page = await queues.list({ q: query.q }, fromWirePage(query), clock.now());
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
          errors: ['duplicate_name', 'not_found'],
        },
        { body: CreateQueue, response: { 201: QueueResult } },
      ),
    },
    async ({ body }, reply) => {
      const chosen = await findLeads(ports, body.lead_ids ?? []);
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
    ({ params }) => readQueue(ports, params.id),
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
          errors: ['not_found', 'duplicate_name'],
        },
        { params: ById, body: PatchQueue, response: { 200: QueueResult } },
      ),
    },
    async ({ params, body }) => {
      const settings = body.settings && fromWireOverrides(body.settings);
      const answer = await queues.patch(params.id, { name: body.name, settings });
      if (answer.kind === 'not_found') throw notFound('queue');
      if (answer.kind === 'name_taken') throw nameTaken(body.name ?? '');
      if (settings !== undefined) await ports.releaseHeld?.(params.id);
      await queuesFilled(ports, [params.id]);
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
          errors: ['not_found', 'queue_in_use'],
        },
        { params: ById, response: { 200: Message } },
      ),
    },
    async ({ params }) => {
      const answer = await queues.archive(params.id, clock.now());
      if (answer.kind === 'not_found') throw notFound('queue');
      if (answer.kind === 'in_use') {
        throw new ProblemError(
          'queue_in_use',
          `The session ${answer.sessionId} works through this queue. Stop it first, then delete the queue.`,
        );
      }
      announceQueues(ports, [params.id]);
      return { message: 'The queue was deleted; its calls stay in the history.' };
    },
  );
}

async function readQueue({ queues, clock }: Pick<Ports, 'queues' | 'clock'>, queueId: string) {
  const queue = await queues.view(queueId, clock.now());
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
