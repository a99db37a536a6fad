import { jobsContract } from '@outdial/testing/contracts/jobs';
import { realTime } from '@outdial/testing/real-time';
import { testRedis } from '@outdial/testing/services';
import { type BullJobs, createBullJobs } from '../src/bull-jobs.js';
import { eventually } from './eventually.js';

jobsContract('BullMQ on Redis', async () => {
  const errors: unknown[] = [];
  let jobs: BullJobs | undefined;
  return {
    start: async (handlers) => {
      const made = createBullJobs({
        redisUrl: testRedis().url,
        prefix: testRedis().prefix,
        handlers,
        timers: realTime,
        onError: (error) => errors.push(error),
        onRedisError: (error) => errors.push(error),
      });
      jobs = made;
      await eventually(() => made.isThere());
      return made;
    },
    now: () => realTime.now(),
    advance: (ms) =>
      new Promise((resolve) => {
        realTime.after(ms, resolve);
      }),
    settle: async () => {
      await settled(jobs);
    },
    errors: () => errors,
    close: async () => jobs?.close(),
  };
});

/** No count includes a hint that is on its way, so the test looks several times in a row. */
async function settled(jobs: BullJobs | undefined): Promise<void> {
  if (jobs === undefined) return;
  let quiet = 0;
  await eventually(async () => {
    const counts = Object.values(await jobs.counts());
    const busy = counts.some(({ waiting, active }) => waiting + active > 0);
    quiet = busy ? 0 : quiet + 1;
    return quiet > 2;
  });
}
