import type { NewSuppression } from '../ports/dialer-store.js';
import type { AddedToList, SuppressionList, SuppressionShare } from '../ports/suppression-list.js';
import type { DialerPorts } from './dialer-ports.js';
import { announceQueues, wakeQueues } from './wake-queues.js';

/**
 * Numbers are never dialed any more, for every caller: a person, a file, an import. Queues whose items changed are announced.
 * `over_share`: the actor has added as many as it may, and none of these was added.
 */
export async function suppressNumbers(
  {
    list,
    announcements,
    clock,
  }: { readonly list: SuppressionList } & Pick<DialerPorts, 'announcements' | 'clock'>,
  numbers: readonly NewSuppression[],
  share?: SuppressionShare,
): Promise<AddedToList | 'over_share'> {
  const answer = await list.add(numbers, clock.now(), share);
  if (answer !== 'over_share') announceQueues({ announcements }, answer.queueIds);
  return answer;
}

/** Numbers may be dialed again; sessions whose queue has a lead to call again are woken. Answers those that were on the list. */
export async function allowNumbers(
  {
    list,
    ...ports
  }: { readonly list: SuppressionList } & Pick<DialerPorts, 'store' | 'jobs' | 'announcements'>,
  phones: readonly string[],
): Promise<readonly string[]> {
  const { removed, queueIds } = await list.remove(phones);
  await wakeQueues(ports, queueIds);
  return removed;
}
