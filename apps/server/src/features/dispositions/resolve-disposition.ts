import { type Disposition, findDisposition } from '@outdial/core';
import type { DispositionSetStore } from '@outdial/postgres';
import { doesNotFit } from '../../platform/does-not-fit.js';

/** A page that has been open since the beginning of a shift may still offer what was removed since. */
const OFFERED_FOR_MS = 12 * 60 * 60_000;

/**
 * The disposition that an agent means by a code or a label. One that was removed or renamed after the call began, or up to 12 h before,
 * still counts, so that nothing that an agent chose is lost. Throws a `Refusal` that lists the codes in force otherwise.
 */
export async function resolveDisposition(
  sets: Pick<DispositionSetStore, 'inForce' | 'inForceSince'>,
  call: { readonly queueId: string; readonly queuedAt: Date },
  words: string,
): Promise<Disposition> {
  const { dispositions } = await sets.inForce(call.queueId);
  const found = findDisposition(dispositions, words);
  if (found !== null) return found;
  const since = new Date(call.queuedAt.getTime() - OFFERED_FOR_MS);
  for (const earlier of await sets.inForceSince(call.queueId, since)) {
    const then = findDisposition(earlier, words);
    if (then !== null) return then;
  }
  const codes = dispositions.map(({ code }) => code).join(', ');
  throw doesNotFit([{ field: 'disposition', message: `must be one of ${codes}` }]);
}
