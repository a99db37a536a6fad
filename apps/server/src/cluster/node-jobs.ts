import type { Clock, JobHint, Jobs } from '@outdial/core';

/**
 * Jobs of one node among several. What is due now runs where it was given, without a way through Redis: the node that stored
 * an event applies it, the one that decided on a call places it, and what it knows of the session is fresh. What is due
 * later waits in Redis, where whichever node is there then takes it. While Redis is away it waits in this process; should the
 * process die meanwhile, the sweeper finds the row.
 */
export function createNodeJobs({
  here,
  shared,
  sharedIsThere,
  leftToOthers = () => false,
  clock,
}: {
  /** null: this node gives hints, and others do the work. */
  here: Jobs | null;
  shared: Jobs;
  sharedIsThere: () => boolean;
  /** Jobs that this node begins no more, as it is about to end. */
  leftToOthers?: (hint: JobHint) => boolean;
  clock: Clock;
}): Jobs {
  const isDue = (hint: JobHint): boolean =>
    hint.at === undefined || hint.at.getTime() <= clock.now().getTime();
  return {
    wake(hint) {
      const byUs = here !== null && !leftToOthers(hint) && (isDue(hint) || !sharedIsThere());
      (byUs ? here : shared).wake(hint);
    },
  };
}
