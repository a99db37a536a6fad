import type { OpenedProgram } from './run.js';

const LOOK_FOR_LIVE_CALLS_EVERY_MS = 250;

/** Begins nothing new from here on, and resolves when no call is live, or after `graceMs`; immediately where other nodes take over. */
export async function stopPlacing(program: OpenedProgram, graceMs: number): Promise<void> {
  const { state, stores, dialer } = program;
  state.stop();
  await dialer.jobs.stopPlacing();
  const now = (): number => stores.clock.now().getTime();
  const until = now() + ((await othersTakeOver(program)) ? 0 : graceMs);
  while (now() < until && (await countLiveCalls(program)) > 0) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_FOR_LIVE_CALLS_EVERY_MS));
  }
}

/** Placed and not over. What is only queued waits for the next start. */
export async function countLiveCalls({ stores }: Pick<OpenedProgram, 'stores'>): Promise<number> {
  const { liveCalls } = await stores.stores.inboxViews.gauges(stores.clock.now());
  return liveCalls.DIALING + liveCalls.RINGING + liveCalls.IN_PROGRESS;
}

/** Real phones' events reach any node that works; those of the simulated network come to the one that placed the call. */
async function othersTakeOver({ config, stores, dialer }: OpenedProgram): Promise<boolean> {
  const { shared } = stores.node;
  if (shared === null || !dialer.provider.telephony.capabilities.reachesRealPhones) return false;
  const here = config.role === 'api' ? 0 : 1;
  return (await shared.countWorkingNodes().catch(() => 0)) > here;
}
