import { Gauge, type Registry } from 'prom-client';

/** What only the parts themselves know, asked at each scrape. */
export interface NodeReadings {
  /** Jobs by kind and state: those in this process, and those in Redis, which are the same on each node. */
  readonly jobs: () => Promise<readonly JobCount[]>;
  /** Connections to the database; null where there are none, as with the embedded one. */
  readonly connections: () => ConnectionCounts | null;
  /** Readers of the live events at this node. */
  readonly readers: () => number;
}

export interface JobCount {
  readonly place: 'process' | 'redis';
  readonly job: string;
  readonly state: string;
  readonly count: number;
}

export interface ConnectionCounts {
  readonly inUse: number;
  readonly idle: number;
  /** Statements that wait for a connection. */
  readonly waiting: number;
}

/** Answers a function that brings the figures up to date. */
export function createNodeGauges(registry: Registry): (readings: NodeReadings) => Promise<void> {
  const registers = [registry];
  const gauge = <L extends string>(name: string, help: string, labelNames: L[] = []) =>
    new Gauge({ name, help, labelNames, registers });

  const jobs = gauge(
    'outdial_jobs',
    'Jobs that wait or run, by kind; place redis: shared by all nodes and told by each.',
    ['place', 'job', 'state'],
  );
  const connections = gauge(
    'outdial_database_connections',
    'Connections of this node to the database; waiting: statements that have none yet.',
    ['state'],
  );
  const readers = gauge('outdial_live_readers', 'Browsers that follow live events at this node.');

  return async (readings) => {
    readers.set(readings.readers());
    const pool = readings.connections();
    if (pool !== null) {
      connections.set({ state: 'in_use' }, pool.inUse);
      connections.set({ state: 'idle' }, pool.idle);
      connections.set({ state: 'waiting' }, pool.waiting);
    }
    const counts = await readings.jobs();
    // A kind that is not counted any more is zero, not as many as last time.
    jobs.reset();
    for (const { place, job, state, count } of counts) jobs.inc({ place, job, state }, count);
  };
}
