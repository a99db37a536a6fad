import type { JobHandlers, JobHint, JobName, Jobs, Timers } from '@outdial/core';
import { createBullJobs } from '@outdial/jobs-bullmq';
import { createInProcessJobs } from '@outdial/jobs-in-process';
import type { JobCount } from '../metrics/node-gauges.js';
import type { Shared } from './join-nodes.js';
import { createNodeJobs } from './node-jobs.js';

/** The jobs of this node, and how to let go of them. */
export interface OpenJobs extends Jobs {
  /** By kind and state, for whoever watches. */
  counts(): Promise<readonly JobCount[]>;
  /** Where there are other nodes, what begins calls is theirs from now on: this one is about to end. */
  stopPlacing(): Promise<void>;
  /** Takes no more hints, and waits for what runs. Safe twice. */
  close(): Promise<void>;
}

const BEGINS_CALLS: readonly JobName[] = ['advance-session', 'place-call'];

/** Alarm clocks in this process; with other nodes, what is due later waits in Redis. */
export function openJobs(options: {
  /** False: a node that gives hints, for others to work on. */
  readonly works: boolean;
  readonly shared: Shared | null;
  readonly timers: Timers;
  readonly handlers: JobHandlers;
  readonly onError: (error: unknown, hint: JobHint) => void;
  /** Hears what the shared jobs could not do although Redis is there. */
  readonly onTrouble: (error: unknown) => void;
}): OpenJobs {
  const { works, shared, timers, handlers, onError, onTrouble } = options;
  const here = createInProcessJobs({ handlers, timers, onError });
  const hereCounts = (): JobCount[] =>
    here.counts().map((count) => ({ place: 'process', ...count }));
  if (shared === null) {
    return { ...here, counts: async () => hereCounts(), stopPlacing: async () => undefined };
  }

  const bull = createBullJobs({
    redisUrl: shared.redisUrl,
    prefix: shared.prefix,
    handlers: works ? handlers : null,
    timers,
    onError,
    onTrouble,
  });
  let placing = true;
  const jobs = createNodeJobs({
    here: works ? here : null,
    shared: bull,
    sharedIsThere: () => bull.isThere(),
    leftToOthers: (job) => !placing && BEGINS_CALLS.includes(job),
    clock: timers,
  });
  return {
    ...jobs,
    async counts() {
      // A Redis that is away is told of elsewhere.
      const counted = await bull.counts().catch(() => null);
      const inRedis = Object.entries(counted ?? {}).flatMap(([job, { waiting, delayed, active }]) =>
        Object.entries({ waiting, delayed, active }).map(([state, count]) => ({
          job,
          state,
          count,
        })),
      );
      return [...hereCounts(), ...inRedis.map((count) => ({ place: 'redis' as const, ...count }))];
    },
    async stopPlacing() {
      placing = false;
      await bull.leaveToOthers(BEGINS_CALLS);
    },
    async close() {
      await Promise.all([here.close(), bull.close()]);
    },
  };
}
