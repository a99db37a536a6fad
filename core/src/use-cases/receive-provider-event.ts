import type { DialerPorts } from './dialer-ports.js';

/**
 * Stores what a provider sent, before it is answered (P7). Processing is a job of its own, so that a slow database
 * never makes a provider give up on us.
 */
export async function receiveProviderEvent(
  { inbox, jobs, clock, ids }: Pick<DialerPorts, 'inbox' | 'jobs' | 'clock' | 'ids'>,
  event: { readonly provider: string; readonly dedupeKey: string; readonly payload: unknown },
): Promise<'stored' | 'duplicate'> {
  const id = ids.next();
  const stored = await inbox.store({ id, ...event, receivedAt: clock.now() });
  if (stored === 'stored') jobs.wake({ job: 'process-event', id });
  return stored;
}
