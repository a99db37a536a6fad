import type { Announcement, Clock } from '@outdial/core';
import type {
  AgentStore,
  CallViews,
  ImportStore,
  QueueStore,
  SessionViews,
} from '@outdial/postgres';
import type { LiveData, LiveEventName } from '@outdial/protocol';
import { toWireAgent } from '../features/agents/to-wire.js';
import { toWireCall } from '../features/calls/to-wire.js';
import { toWireSessionHeader } from '../features/dialer/to-wire.js';
import { toWireImport } from '../features/imports/to-wire.js';
import { toWireQueue } from '../features/queues/to-wire.js';

export interface StatePorts {
  readonly sessions: Pick<SessionViews, 'header'>;
  readonly calls: Pick<CallViews, 'get'>;
  readonly agents: Pick<AgentStore, 'get'>;
  readonly queues: Pick<QueueStore, 'view'>;
  readonly imports: Pick<ImportStore, 'get'>;
  readonly clock: Clock;
}

export type NamedState = {
  [N in LiveEventName]: { readonly name: N; readonly data: LiveData[N] };
}[LiveEventName];

/** What an entity is now, as the API would show it; null when it is gone. */
export async function readState(
  ports: StatePorts,
  change: Announcement,
): Promise<NamedState | null> {
  switch (change.kind) {
    case 'session': {
      const session = await ports.sessions.header(change.sessionId);
      return session && { name: 'session.updated', data: toWireSessionHeader(session) };
    }
    case 'call': {
      const call = await ports.calls.get(change.callId);
      return call && { name: 'call.updated', data: toWireCall(call) };
    }
    case 'agent': {
      const agent = await ports.agents.get(change.agentId);
      return agent && { name: 'agent.updated', data: toWireAgent(agent) };
    }
    case 'queue': {
      const queue = await ports.queues.view(change.queueId, ports.clock.now());
      return queue && { name: 'queue.updated', data: toWireQueue(queue) };
    }
    case 'import': {
      const view = await ports.imports.get(change.importId);
      return view && { name: 'import.progress', data: toWireImport(view) };
    }
    default: {
      const never: never = change;
      return never;
    }
  }
}
