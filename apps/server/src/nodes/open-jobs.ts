import type { JobHandlers, JobHint, Jobs, Timers } from '@outdial/core';
import { createInProcessJobs } from '@outdial/jobs-in-process';
import type { JobCount } from '../metrics/node-gauges.js';
import type { Shared } from './join-nodes.js';

/** The jobs of this node, and how to let go of them. */
export interface OpenJobs extends Jobs {
  /** By kind and state, for whoever watches. */
  counts(): Promise<readonly JobCount[]>;
  /** Takes no more hints, and waits for what runs. Safe twice. */
  close(): Promise<void>;
}

/** Alarm clocks in this process; with other nodes, what is due later waits in Redis. */
export function openJobs(options: {
  /** False: a node that gives hints, for others to work on. */
  readonly works: boolean;
  readonly shared: Shared | null;
  readonly timers: Timers;
  readonly handlers: JobHandlers;
  readonly onError: (error: unknown, hint: JobHint) => void;
}): OpenJobs {
  const here = createInProcessJobs(options);
  return {
    ...here,
    counts: async () => here.counts().map((count) => ({ place: 'process', ...count })),
  };
}
