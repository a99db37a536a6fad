import type { QueueStore } from '@outdial/postgres';
import type { LiveEventName } from '@outdial/protocol';
import { LIVE_PERMISSIONS } from '@outdial/protocol';
import type { Principal } from '../access/principal.js';
import type { Audience, NumberedEvent } from './event-ring.js';
import type { NamedState } from './read-state.js';

export interface AudiencePorts {
  readonly queues: Pick<QueueStore, 'access'>;
}

/** The agents that an event belongs to, as it is at this moment. An archived queue belongs to no agent. */
export async function audienceOf(
  ports: AudiencePorts,
  { name, data }: NamedState,
): Promise<Audience> {
  switch (name) {
    case 'session.updated':
    case 'call.updated':
      return [data.agent_id];
    case 'agent.updated':
      return [data.id];
    case 'queue.updated': {
      const access = await ports.queues.access(data.id);
      if (access === null) return [];
      return access.restricted ? access.agentIds : 'every agent';
    }
    case 'import.progress':
    case 'security.alert':
      return [];
    default: {
      const never: never = name;
      return never;
    }
  }
}

const EVERY_AGENT = '*';
const anyRoom = (name: LiveEventName): string => `any ${LIVE_PERMISSIONS[name].any}`;
const ownRoom = (name: LiveEventName, whose: string): string =>
  `${LIVE_PERMISSIONS[name].own} of ${whose}`;

/** The rooms of a subscriber, made once for each connection, so that an event need not look at all subscribers. */
export function roomsOf({ permissions, agentId }: Principal): ReadonlySet<string> {
  const rooms = new Set<string>();
  for (const name of Object.keys(LIVE_PERMISSIONS) as LiveEventName[]) {
    const { any, own } = LIVE_PERMISSIONS[name];
    if (permissions.has(any)) rooms.add(anyRoom(name));
    if (own === null || agentId === null || !permissions.has(own)) continue;
    rooms.add(ownRoom(name, agentId));
    rooms.add(ownRoom(name, EVERY_AGENT));
  }
  return rooms;
}

/** The rooms that an event goes to: of those who may see all of its kind, and of the agents it belongs to. */
export function roomsFor({ name, audience }: Pick<NumberedEvent, 'name' | 'audience'>): string[] {
  if (LIVE_PERMISSIONS[name].own === null) return [anyRoom(name)];
  const whose = audience === 'every agent' ? [EVERY_AGENT] : audience;
  return [anyRoom(name), ...whose.map((agentId) => ownRoom(name, agentId))];
}
