import { checkCall } from './check-call.js';
import type { DialerPorts } from './dialer-ports.js';

/** A slow provider with many live calls must not keep the sessions waiting; nor do we knock it over. */
const CONCURRENT_LOOK_UPS = 8;

/**
 * What a starting process does first: every live call is reconciled with the provider without waiting for its deadline
 * (its events may have been lost while no node listened), and every open session continues. What else is due, a sweep finds.
 */
export async function recover(
  ports: DialerPorts,
): Promise<{ readonly calls: number; readonly sessions: number }> {
  const { calls, sessionIds } = await lookUpLiveCalls(ports);
  for (const sessionId of sessionIds) ports.jobs.wake({ job: 'advance-session', id: sessionId });
  return { calls, sessions: sessionIds.length };
}

/** Reconciles every live call immediately: also when a provider's events surely were missed. */
export async function lookUpLiveCalls(
  ports: DialerPorts,
): Promise<{ readonly calls: number; readonly sessionIds: readonly string[] }> {
  const { callIds, sessionIds } = await ports.store.openWork();
  for (let at = 0; at < callIds.length; at += CONCURRENT_LOOK_UPS) {
    const some = callIds.slice(at, at + CONCURRENT_LOOK_UPS);
    await Promise.all(some.map((callId) => checkCall(ports, callId, true)));
  }
  return { calls: callIds.length, sessionIds };
}
