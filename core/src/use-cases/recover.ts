import { checkCall } from './check-call.js';
import type { DialerPorts } from './dialer-ports.js';
import { sweep } from './sweep.js';

/**
 * What a starting process does first: every live call is reconciled with the provider without waiting for its deadline
 * (its events may have been lost while nobody listened), and every open session goes on.
 */
export async function recover(
  ports: DialerPorts,
): Promise<{ readonly calls: number; readonly sessions: number }> {
  const { store, jobs } = ports;
  const { callIds, sessionIds } = await store.openWork();
  for (const callId of callIds) await checkCall(ports, callId, true);
  for (const sessionId of sessionIds) jobs.wake({ job: 'advance-session', id: sessionId });
  await sweep(ports);
  return { calls: callIds.length, sessions: sessionIds.length };
}
