import type { Call, DialerStatus } from '@outdial/protocol';
import { keys } from '../../data/keys.js';
import type { LiveUpdates } from '../../data/live-updates.js';

/** Calls of a session that the dialer page keeps: as many as the server sends. */
const CALLS_KEPT = 200;

export const dialerLive: LiveUpdates = {
  'session.updated': (header, cache) =>
    cache.write<DialerStatus>(keys.dialer, (old) => {
      if (old.agent.id !== header.agent_id) return old;
      if (old.session?.id === header.id) {
        return { ...old, session: { ...old.session, ...header } };
      }
      // Ids grow with time: a late event of an earlier session must not displace the present one.
      if (!old.session || old.session.id < header.id) cache.readAgain(keys.dialer, 50);
      return old;
    }),
  'call.updated': (call, cache) =>
    cache.write<DialerStatus>(keys.dialer, (old) => {
      if (old.session?.id !== call.session_id) return old;
      return {
        ...old,
        session: { ...old.session, calls: withCall(old.session.calls, call) },
        up_next: old.up_next.filter(
          (item) => item.lead_id !== call.lead_id || call.state === 'COMPLETED',
        ),
      };
    }),
  'agent.updated': (agent, cache) =>
    cache.write<DialerStatus>(keys.dialer, (old) =>
      old.agent.id === agent.id ? { ...old, agent } : old,
    ),
  'queue.updated': (queue, cache) => {
    if (queue.archived_at !== null) return;
    const dialer = cache.read<DialerStatus>(keys.dialer);
    if (dialer?.session?.queue_id === queue.id) cache.readAgain(keys.dialer, 1_500);
  },
};

/** Newest first, as the server gives them; a call never goes back from COMPLETED. */
function withCall(calls: readonly Call[], call: Call): Call[] {
  const known = calls.findIndex((c) => c.id === call.id);
  if (known >= 0) return calls.map((c) => (c.id === call.id ? call : c));
  return [call, ...calls].slice(0, CALLS_KEPT);
}
