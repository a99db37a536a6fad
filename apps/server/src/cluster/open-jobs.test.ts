import { type JobHandlers, jobNames } from '@outdial/core';
import { createVirtualTime } from '@outdial/testing/virtual-time';
import { expect, it } from 'vitest';
import { openJobs } from './open-jobs.js';

const ROW = '01a1fe50-601b-7000-8000-00fd89d0e4f3';

function notingHandlers() {
  const began: string[] = [];
  const handlers = Object.fromEntries(
    jobNames.map((job) => [job, async () => void began.push(job)]),
  ) as unknown as JobHandlers;
  return { began, handlers };
}

function jobsOfOneNode() {
  const time = createVirtualTime(new Date('2026-12-01T09:00:00Z'));
  return openJobs({
    works: true,
    shared: null,
    timers: time,
    onlyHere: () => false,
    onError: (error) => {
      throw error;
    },
    onRedisError: () => undefined,
  });
}

const aMoment = () => new Promise((resolve) => setTimeout(resolve, 10));

it('jobs that are hinted at while the program is opened wait until it runs, and then are all done', async () => {
  const { began, handlers } = notingHandlers();
  const jobs = jobsOfOneNode();
  for (const job of jobNames) jobs.wake({ job, id: ROW });
  await aMoment();
  expect(began).toEqual([]);

  jobs.start(handlers);
  await aMoment();
  expect(began.sort()).toEqual([...jobNames].sort());
  await jobs.close();
});

it('jobs of a program that ends before it ran are not done, and closing does not wait for them', async () => {
  const { began, handlers } = notingHandlers();
  const jobs = jobsOfOneNode();
  jobs.wake({ job: 'place-call', id: ROW });
  await aMoment();
  await jobs.close();
  jobs.start(handlers);
  await aMoment();
  expect(began).toEqual([]);
});
