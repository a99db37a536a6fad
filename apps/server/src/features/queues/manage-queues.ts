import {
  announceQueues,
  type DialingOverrides,
  type QueueAccess,
  type SessionActor,
} from '@outdial/core';
import type { CallbacksOfArchived, Queue, QueueStore } from '@outdial/postgres';
import type { Author } from '../../access/audit-trail.js';
import { changedFields } from '../../access/changed-fields.js';
import { notFound, Refusal } from '../../platform/refusal.js';
import type { HttpPorts } from '../http-ports.js';
import { toWireOverrides } from '../settings/translate-dialing.js';

type Ports = Pick<HttpPorts, 'changes' | 'dialer' | 'announcements' | 'clock' | 'ids'>;

/** A new queue with these leads; answers its id. */
export async function createQueue(
  { changes, announcements, clock, ids }: Ports,
  wish: {
    readonly name: string;
    readonly settings: DialingOverrides | undefined;
    readonly connectionId: string | null;
    readonly leadIds: readonly string[];
  },
  author: Author,
): Promise<string> {
  const { name, settings, connectionId, leadIds } = wish;
  const id = ids.next();
  const now = clock.now();
  await changes.run(async (stores, record) => {
    const answer = await stores.queues.create({ id, name, settings, connectionId }, now);
    if (answer.kind === 'name_taken') throw nameTaken(name);
    if (leadIds.length > 0) await stores.queueItems.addLeads(id, leadIds, { now, ids });
    const details = { ...changedFields({}, auditedOf({ name, settings, connectionId })) };
    record({ ...author, action: 'queue_changed', target: { kind: 'queue', id }, details });
  });
  announceQueues({ announcements }, [id]);
  return id;
}

/**
 * A queue's name and own settings. Leads that the old settings deferred are looked at again, and sessions that wait on the queue are
 * woken.
 */
export async function changeQueue(
  ports: Ports & Pick<HttpPorts, 'releaseHeld'>,
  queueId: string,
  patch: {
    readonly name: string | undefined;
    readonly settings: DialingOverrides | undefined;
    readonly connectionId: string | null | undefined;
  },
  author: Author,
): Promise<Queue> {
  const queue = await ports.changes.run(async (stores, record) => {
    const before = await stores.queues.get(queueId);
    const answer = await stores.queues.patch(queueId, patch);
    if (answer.kind === 'name_taken') throw nameTaken(patch.name ?? '');
    if (before === null || answer.kind === 'not_found') throw notFound('queue');
    const change = changedFields(auditedOf(before), auditedOf(answer.queue));
    if (Object.keys(change.after).length > 0) {
      const target = { kind: 'queue', id: queueId };
      record({ ...author, action: 'queue_changed', target, details: { ...change } });
    }
    return answer.queue;
  });
  if (patch.settings !== undefined) await ports.releaseHeld?.(queueId);
  await ports.dialer.wakeQueues([queueId]);
  return queue;
}

/** Answers how many promised call-backs were moved or dropped. */
export async function deleteQueue(
  { changes, dialer, announcements, clock }: Ports,
  queueId: string,
  callbacks: CallbacksOfArchived | undefined,
  author: Author,
): Promise<number> {
  const moveTo = callbacks?.kind === 'move' ? callbacks.queueId : undefined;
  const count = await changes.run(async (stores, record) => {
    const before = await stores.queues.get(queueId);
    const answer = await stores.queues.archive(queueId, clock.now(), callbacks);
    if (answer.kind !== 'archived') throw notDeleted(answer);
    record({
      ...author,
      action: 'queue_changed',
      target: { kind: 'queue', id: queueId },
      details: {
        ...(before !== null && { name: before.name }),
        deleted: true,
        ...(answer.callbacks > 0 && {
          callbacks: answer.callbacks,
          callbacks_became: moveTo === undefined ? 'dropped' : `moved to ${moveTo}`,
        }),
      },
    });
    return answer.callbacks;
  });
  announceQueues({ announcements }, [queueId]);
  if (moveTo !== undefined) await dialer.wakeQueues([moveTo]);
  return count;
}

type NotDeleted = Exclude<Awaited<ReturnType<QueueStore['archive']>>, { kind: 'archived' }>;

function notDeleted(answer: NotDeleted): Refusal {
  switch (answer.kind) {
    case 'not_found':
      return notFound('queue');
    case 'has_callbacks': {
      const { count } = answer;
      return new Refusal(
        'callbacks_promised',
        `${count === 1 ? '1 person was' : `${count} people were`} promised a call back in this queue. ` +
          'Say "callbacks=move" with "move_to" and the id of another queue, or "callbacks=drop".',
        { errors: [{ field: 'callbacks', message: `is needed for ${count} promised call-backs` }] },
      );
    }
    case 'unknown_target':
      return new Refusal(
        'not_found',
        'There is no other queue with the id in "move_to". Nothing was deleted.',
      );
    case 'on_call_there':
      return new Refusal(
        'queue_in_use',
        'One of the people who were promised a call back is on a call in the other queue. Nothing was deleted; try again when that call is over.',
      );
    case 'in_use':
      return new Refusal(
        'queue_in_use',
        `The session ${answer.sessionId} works through this queue. Stop it first, then delete the queue.`,
      );
    default:
      return answer satisfies never;
  }
}

/** Who may work a queue, and so sees its leads: stops the sessions of those who may not any more. */
export async function restrictQueue(
  { changes, dialer }: Ports,
  queueId: string,
  access: QueueAccess,
  by: { readonly actor: SessionActor; readonly author: Author },
): Promise<{ readonly after: QueueAccess; readonly stoppedSessionIds: readonly string[] }> {
  const storeAccess = (id: string, wanted: QueueAccess) =>
    changes.run(async (stores, record) => {
      const answer = await stores.queues.setAccess(id, wanted);
      if (answer.kind !== 'changed') return answer;
      record({
        ...by.author,
        action: 'queue_access_changed',
        target: { kind: 'queue', id },
        details: { before: toWireAccess(answer.before), after: toWireAccess(answer.after) },
      });
      return answer;
    });
  const answer = await dialer.changeQueueAccess(storeAccess, { queueId, access }, by);
  switch (answer.kind) {
    case 'changed':
      return answer;
    case 'not_found':
      throw notFound('queue');
    case 'unknown_agents':
      throw unknownAgents(answer.agentIds, access.agentIds);
    case 'has_campaign':
      throw new Refusal(
        'agent_has_campaign',
        `The agent ${answer.agentId} has this queue as a campaign at the provider. Take it back first, or let them work the queue.`,
      );
    default:
      return answer satisfies never;
  }
}

export const toWireAccess = ({ restricted, agentIds }: QueueAccess) => ({
  restricted,
  agent_ids: [...agentIds],
});

const unknownAgents = (unknown: readonly string[], given: readonly string[]): Refusal =>
  new Refusal(
    'not_found',
    `There is no agent with the id ${unknown.slice(0, 3).join(', ')}. Nothing was changed; leave them out and try again.`,
    {
      errors: unknown.map((agentId) => ({
        field: `agent_ids.${given.indexOf(agentId)}`,
        message: 'is the id of no agent',
      })),
    },
  );

/** A queue's own settings decide when and how often people are called, so they are configuration too. */
const auditedOf = ({
  name,
  settings = {},
  connectionId = null,
}: Pick<Parameters<QueueStore['create']>[0], 'name' | 'settings' | 'connectionId'>) => ({
  name,
  settings: toWireOverrides(settings),
  ...(connectionId !== null && { connection_id: connectionId }),
});

const nameTaken = (name: string): Refusal =>
  new Refusal('duplicate_name', `There is a queue named ${name} already. Choose another name.`, {
    errors: [{ field: 'name', message: 'is taken' }],
  });
