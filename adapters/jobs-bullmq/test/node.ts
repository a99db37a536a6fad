import { type JobHandlers, type JobHint, type JobName, jobNames } from '@outdial/core';
import { realTime } from '@outdial/testing/real-time';
import { type BullJobs, type BullJobsOptions, createBullJobs } from '../src/bull-jobs.js';

/** A node as the tests see it: what it ran, and what it holds in its hands. */
export interface TestNode extends BullJobs {
  /** `job id` of what began here, in order. */
  readonly began: string[];
  readonly errors: unknown[];
  readonly redisErrors: unknown[];
}

type Options = Partial<BullJobsOptions> & Pick<BullJobsOptions, 'redisUrl' | 'prefix'>;

/** A node that does `work`; without it, one that only gives hints. */
export function startNode(
  options: Options,
  work: ((hint: JobHint) => Promise<void>) | null,
): TestNode {
  const began: string[] = [];
  const errors: unknown[] = [];
  const troubles: unknown[] = [];
  const jobs = createBullJobs({
    handlers:
      work &&
      handleAll((hint) => {
        began.push(`${hint.job} ${hint.id}`);
        return work(hint);
      }),
    timers: realTime,
    onError: (error) => errors.push(error),
    onRedisError: (error) => troubles.push(error),
    ...options,
  });
  return { ...jobs, began, errors, redisErrors: troubles };
}

function handleAll(work: (hint: JobHint) => Promise<void>): JobHandlers {
  const handler = (job: JobName) => (id: string) => work({ job, id });
  return Object.fromEntries(jobNames.map((job) => [job, handler(job)])) as Record<
    JobName,
    (id: string) => Promise<void>
  >;
}

/** Jobs that run until they are let go. */
export function heldJobs() {
  const held: (() => void)[] = [];
  return {
    work: (): Promise<void> =>
      new Promise((resolve) => {
        held.push(resolve);
      }),
    running: () => held.length,
    letAllGo: () => {
      for (const letGo of held.splice(0)) letGo();
    },
  };
}
