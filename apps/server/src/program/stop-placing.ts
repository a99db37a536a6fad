import type { OpenedProgram } from './run.js';

const LOOK_FOR_LIVE_CALLS_EVERY_MS = 250;

/** Begins nothing new from here on, and resolves when no call is live that only this node can follow, or after `graceMs`. */
export async function stopPlacing(program: OpenedProgram, graceMs: number): Promise<void> {
  const { state, stores, dialer } = program;
  state.stop();
  await dialer.jobs.stopPlacing();
  const now = (): number => stores.clock.now().getTime();
  const until = now() + graceMs;
  const countCalls = (await othersTakeOver(program))
    ? () => countSimulatedCalls(program)
    : () => countLiveCalls(program);
  while (now() < until && (await countCalls()) > 0) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_FOR_LIVE_CALLS_EVERY_MS));
  }
}

/** Placed and not over. What is only queued waits for the next start. */
export async function countLiveCalls({ stores }: Pick<OpenedProgram, 'stores'>): Promise<number> {
  const { liveCalls } = await stores.stores.inboxViews.gauges(stores.clock.now());
  return liveCalls.DIALING + liveCalls.RINGING + liveCalls.IN_PROGRESS;
}

/** Events of real phones reach any node that works. */
async function othersTakeOver({ config, stores }: OpenedProgram): Promise<boolean> {
  const { shared } = stores.node;
  if (shared === null) return false;
  const here = config.role === 'api' ? 0 : 1;
  return (await shared.countWorkingNodes().catch(() => 0)) > here;
}

/** Events of a simulated network come to the node that placed the call. */
function countSimulatedCalls({ stores, dialer }: OpenedProgram): Promise<number> {
  const simulated = dialer.connections
    .open()
    .filter(({ capabilities }) => !capabilities.reachesRealPhones);
  return stores.stores.connections.countLiveCalls(simulated.map(({ name }) => name));
}
