import type { DialerPorts } from './dialer-ports.js';

/** Finds rows whose time has come and that no job woke (lost hints, dead nodes), and wakes their jobs. */
export async function sweep(
  { store, jobs, clock }: Pick<DialerPorts, 'store' | 'jobs' | 'clock'>,
  limit = 1000,
): Promise<number> {
  const due = await store.dueWork(clock.now(), limit);
  for (const hint of due) jobs.wake(hint);
  return due.length;
}
