import { recover } from '@outdial/core';
import { freeCrmLeases } from '@outdial/postgres';
import type { EdgeNeeds } from './edge-ports.js';
import type { OpenedEdge } from './open-edge.js';

export interface OpenedProgram extends EdgeNeeds {
  readonly edge: OpenedEdge;
}

/** Starts what the stages opened: jobs, HTTP, the provider; recovers; and answers the address. */
export async function run(program: OpenedProgram): Promise<string> {
  const { config, state, dialer, work, edge } = program;
  dialer.jobs.start(work.handlers);
  dialer.intake.start(edge.receive);
  const address = await edge.http.listen({ port: config.http.port, host: config.http.host });
  dialer.connections.start();
  await work.scheduled.plan();
  // With the webhook in order first: what it missed, recovery looks up.
  await work.checkConnections();
  if (config.role !== 'api') await resume(program);
  for (const ticker of work.tickers) ticker.start();
  state.recovered();
  return address;
}

/**
 * What a crash or a stop left behind. Where other nodes work already they have seen to it, and hundreds of look-ups at each
 * restart would use the provider's patience up; the simulated network, though, is in this very process.
 */
async function resume({ log, stores, dialer, work }: OpenedProgram): Promise<void> {
  const { node, database, clock } = stores;
  if (node.first) await freeCrmLeases(database.db, clock.now());
  // Calls of the simulated network ring in the process that placed them.
  if (
    node.first ||
    dialer.connections.open().every(({ capabilities }) => !capabilities.reachesRealPhones)
  ) {
    const recovered = await recover(dialer.dialer);
    if (recovered.calls + recovered.sessions > 0) log.info(recovered, 'went on where it stopped');
  }
  await work.sweeping.sweepNow();
}
