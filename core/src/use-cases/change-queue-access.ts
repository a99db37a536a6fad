import type { Author } from '../ports/audit.js';
import type { SessionActor } from '../session/session.js';
import { type ControlPorts, controlSession } from './control-session.js';
import type { DialerPorts } from './dialer-ports.js';
import { openSessionsOn } from './open-sessions-on.js';
import { announceQueues } from './wake-queues.js';

/** Who may work a queue. */
export interface QueueAccess {
  /** False: every agent, whatever `agentIds` says. */
  readonly restricted: boolean;
  readonly agentIds: readonly string[];
}

/** Stores who may work a queue, with its audit entry. `Refused`: what the store says instead of changing anything. */
export type StoreQueueAccess<Refused> = (
  queueId: string,
  access: QueueAccess,
) => Promise<
  { readonly kind: 'changed'; readonly before: QueueAccess; readonly after: QueueAccess } | Refused
>;

/**
 * Changes who may work a queue, and stops the sessions of agents who may not any more. A session that is being started meanwhile looks
 * again once it is stored (`startDialing`), so that one of the two sees the other. Running it again stops what a process that died
 * half-way left.
 */
export async function changeQueueAccess<Refused extends { readonly kind: string }>(
  ports: ControlPorts & {
    readonly storeAccess: StoreQueueAccess<Refused>;
  } & Pick<DialerPorts, 'announcements'>,
  change: { readonly queueId: string; readonly access: QueueAccess },
  by: { readonly actor: SessionActor; readonly author: Author },
): Promise<
  | {
      readonly kind: 'changed';
      readonly after: QueueAccess;
      readonly stoppedSessionIds: readonly string[];
    }
  | Exclude<Refused, { readonly kind: 'changed' }>
> {
  const { queueId, access } = change;
  const answer = await ports.storeAccess(queueId, access);
  if (answer.kind !== 'changed') return answer as Exclude<Refused, { readonly kind: 'changed' }>;
  const { after } = answer as { readonly after: QueueAccess };
  const stoppedSessionIds: string[] = [];
  if (after.restricted) {
    for await (const session of openSessionsOn(ports.store, [queueId], ['RUNNING', 'PAUSED'])) {
      if (after.agentIds.includes(session.agentId)) continue;
      const stopped = await controlSession(ports, session.id, 'stop', by.actor, {
        author: by.author,
        agentId: null,
        because: 'queue_access_changed',
      });
      if (stopped.kind === 'changed') stoppedSessionIds.push(session.id);
    }
  }
  announceQueues(ports, [queueId]);
  return { kind: 'changed', after, stoppedSessionIds };
}
