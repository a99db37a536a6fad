import type { NewProviderEvent } from '../ports/provider-inbox.js';
import type { Telephony } from '../ports/telephony.js';
import type { DialerPorts } from './dialer-ports.js';

/**
 * Stores what a provider sent, before it is answered (P7). Processing is a job of its own, so that a slow database
 * never makes a provider give up on us; what is plainly nothing for us needs none. Throws `InboxFull`.
 */
export async function receiveProviderEvent(
  {
    inbox,
    telephony,
    jobs,
    clock,
    ids,
  }: Pick<DialerPorts, 'inbox' | 'jobs' | 'clock' | 'ids'> & {
    readonly telephony: Pick<Telephony, 'interpret'>;
  },
  event: { readonly provider: string; readonly dedupeKey: string; readonly payload: unknown },
): Promise<'stored' | 'duplicate'> {
  const id = ids.next();
  const seen = firstLook(telephony, event.payload);
  const stored = await inbox.store({ id, ...event, ...seen, receivedAt: clock.now() });
  if (stored === 'stored' && seen.ignoredBecause === null) jobs.wake({ job: 'process-event', id });
  return stored;
}

/** What cannot be read is kept all the same: processing will say what is wrong with it, where a person can see it. */
function firstLook(
  telephony: Pick<Telephony, 'interpret'>,
  payload: unknown,
): Pick<NewProviderEvent, 'callKey' | 'ignoredBecause'> {
  try {
    const said = telephony.interpret(payload);
    if (said.kind === 'ignored') return { callKey: null, ignoredBecause: said.reason };
    const match = said.kind === 'call' ? said.match : {};
    return { callKey: match.providerCallId ?? match.callId ?? null, ignoredBecause: null };
  } catch {
    return { callKey: null, ignoredBecause: null };
  }
}
