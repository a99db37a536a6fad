import {
  type JobHandlers,
  type JobHint,
  type JobName,
  type Jobs,
  jobNames,
  type Timers,
} from '@outdial/core';
import { createBullJobs } from '@outdial/jobs-bullmq';
import { createInProcessJobs } from '@outdial/jobs-in-process';
import { later } from '../platform/later.js';
import type { JobCount } from '../telemetry/metrics/node-gauges.js';
import type { Shared } from './join-nodes.js';
import { createNodeJobs } from './node-jobs.js';

/** The jobs of this node. They take hints from the beginning, and do the work that is hinted at once they are started. */
export interface OpenJobs extends Jobs {
  /** From here on jobs are done, those of hints that came sooner first. Only the first call counts. */
  start(handlers: JobHandlers): void;
  /** By kind and state, for metrics. */
  counts(): Promise<readonly JobCount[]>;
  /** Where there are other nodes, what begins calls is theirs from now on: this one is about to end. */
  stopPlacing(): Promise<void>;
  /** Takes no more hints, and waits for what runs. Jobs that were never started are left to other nodes and to the next start. Safe twice. */
  close(): Promise<void>;
}

const BEGINS_CALLS: readonly JobName[] = ['advance-session', 'place-call'];

/** Alarm clocks in this process; with other nodes, what is due later waits in Redis. */
export function openJobs(options: {
  /** False: a node that gives hints, for others to work on. */
  readonly works: boolean;
  readonly shared: Shared | null;
  readonly timers: Timers;
  /** Jobs that only this process can do; they stay here also when it is about to end. */
  readonly onlyHere: (hint: JobHint) => boolean;
  readonly onError: (error: unknown, hint: JobHint) => void;
  /** Hears what the shared jobs could not do although Redis is there. */
  readonly onRedisError: (error: unknown) => void;
}): OpenJobs {
  const { works, shared, timers, onlyHere, onError, onRedisError } = options;
  const started = later<JobHandlers | 'never'>();
  const handlers = handlersOnceStarted(started.value);
  const here = createInProcessJobs({ handlers, timers, onError });
  const hereCounts = (): JobCount[] =>
    here.counts().map((count) => ({ place: 'process', ...count }));
  if (shared === null) {
    return {
      wake: here.wake,
      start: started.provide,
      counts: async () => hereCounts(),
      stopPlacing: async () => undefined,
      close() {
        started.provide('never');
        return here.close();
      },
    };
  }

  const bull = createBullJobs({
    redisUrl: shared.redisUrl,
    prefix: shared.prefix,
    handlers: works ? handlers : null,
    timers,
    onError,
    onRedisError: onRedisError,
  });
  let placing = true;
  const jobs = createNodeJobs({
    here: works ? here : null,
    shared: bull,
    sharedIsThere: () => bull.isThere(),
    leftToOthers: (hint) => !placing && BEGINS_CALLS.includes(hint.job) && !onlyHere(hint),
    clock: timers,
  });
  return {
    ...jobs,
    start: started.provide,
    async counts() {
      // Another part reports that Redis is away.
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
      started.provide('never');
      await Promise.all([here.close(), bull.close()]);
    },
  };
}

/** Redis brings jobs of other nodes in the midst of the start, and what this node hints at meanwhile waits too. */
function handlersOnceStarted(started: Promise<JobHandlers | 'never'>): JobHandlers {
  const handle = (job: JobName) => async (id: string) => {
    const handlers = await started;
    if (handlers !== 'never') await handlers[job](id);
  };
  return Object.fromEntries(jobNames.map((job) => [job, handle(job)])) as unknown as JobHandlers;
}
