import type { JobHandlers, JobHint, JobName } from '@outdial/core';
import { jobsContract } from '@outdial/testing/contracts/jobs';
import { realTime } from '@outdial/testing/real-time';
import { createVirtualTime } from '@outdial/testing/virtual-time';
import { describe, expect, it } from 'vitest';
import {
  createInProcessJobs,
  type InProcessJobs,
  type InProcessJobsOptions,
} from './in-process-jobs.js';

const start = new Date('2026-01-15T15:00:00Z');

jobsContract('In one process', async () => {
  const time = createVirtualTime(start);
  const errors: unknown[] = [];
  let jobs: InProcessJobs | undefined;
  return {
    start: async (handlers) => {
      jobs = createInProcessJobs({
        handlers,
        timers: time,
        onError: (error) => errors.push(error),
      });
      return jobs;
    },
    now: () => time.now(),
    advance: (ms) => time.advance(ms),
    settle: async () => jobs?.settle(),
    errors: () => errors,
    close: async () => jobs?.close(),
  };
});

const handleAll = (work: (hint: JobHint) => Promise<void>): JobHandlers => {
  const handler = (job: JobName) => (id: string) => work({ job, id });
  return {
    'advance-session': handler('advance-session'),
    'place-call': handler('place-call'),
    'hang-up-call': handler('hang-up-call'),
    'check-call': handler('check-call'),
    'process-event': handler('process-event'),
    'sync-call': handler('sync-call'),
    'run-import': handler('run-import'),
  };
};

function world(
  work: (hint: JobHint) => Promise<void>,
  options: Partial<InProcessJobsOptions> = {},
) {
  const time = createVirtualTime(start);
  const jobs = createInProcessJobs({
    handlers: handleAll(work),
    timers: time,
    onError: (error) => {
      throw error;
    },
    ...options,
  });
  const inMs = (ms: number): Date => new Date(time.now().getTime() + ms);
  return { time, jobs, inMs };
}

/** Jobs that run until they are let go. */
function heldJobs() {
  const held = new Map<string, () => void>();
  const order: string[] = [];
  const work = ({ job, id }: JobHint): Promise<void> => {
    order.push(`${job} ${id}`);
    return new Promise((resolve) => {
      held.set(`${job} ${id}`, resolve);
    });
  };
  const letGo = async (key: string): Promise<void> => {
    held.get(key)?.();
    held.delete(key);
    await new Promise((resolve) => setImmediate(resolve));
  };
  const begin = (): Promise<void> => letGo('');
  return { work, order, running: () => [...held.keys()], letGo, begin };
}

describe('jobs in one process', () => {
  it('jobs in one process run once for many hints that ask for the same', async () => {
    const runs: string[] = [];
    const { jobs, time, inMs } = world(async ({ id }) => void runs.push(id));
    for (let hint = 0; hint < 5; hint++)
      jobs.wake({ job: 'sync-call', id: 'a', at: inMs(100 * hint) });
    expect(time.pending()).toBe(0);
    await jobs.settle();
    for (let hint = 0; hint < 5; hint++)
      jobs.wake({ job: 'sync-call', id: 'a', at: inMs(500 - 100 * hint) });
    expect(time.pending()).toBe(1);
    await time.advance(1000);
    expect(runs).toEqual(['a', 'a']);
  });

  it('jobs begin only after `wake` has returned', async () => {
    const runs: string[] = [];
    const { jobs } = world(async ({ id }) => void runs.push(id));
    jobs.wake({ job: 'sync-call', id: 'a' });
    expect(runs).toEqual([]);
    await jobs.settle();
    expect(runs).toEqual(['a']);
  });

  it('jobs in one process never run twice at once for one row, and once more for any number of hints meanwhile', async () => {
    const held = heldJobs();
    const { jobs } = world(held.work);
    for (let hint = 0; hint < 3; hint++) jobs.wake({ job: 'advance-session', id: 'a' });
    await held.begin();
    for (let hint = 0; hint < 3; hint++) jobs.wake({ job: 'advance-session', id: 'a' });
    await held.begin();
    expect(held.order).toHaveLength(1);
    await held.letGo('advance-session a');
    expect(held.order).toHaveLength(2);
    await held.letGo('advance-session a');
    expect(held.order).toHaveLength(2);
    expect(held.running()).toEqual([]);
  });

  it('jobs in one process wait for a later hint that came while they ran', async () => {
    const held = heldJobs();
    const { jobs, time, inMs } = world(held.work);
    jobs.wake({ job: 'advance-session', id: 'a' });
    await held.begin();
    jobs.wake({ job: 'advance-session', id: 'a', at: inMs(5000) });
    await held.letGo('advance-session a');
    expect(time.nextDueAt()).toEqual(inMs(5000));
    await jobs.close();
  });

  it('jobs in one process run no more at once than there is room for', async () => {
    const held = heldJobs();
    const { jobs } = world(held.work, { concurrency: 2 });
    for (const id of ['a', 'b', 'c']) jobs.wake({ job: 'sync-call', id });
    await held.begin();
    expect(held.running()).toEqual(['sync-call a', 'sync-call b']);
    await held.letGo('sync-call b');
    expect(held.running()).toEqual(['sync-call a', 'sync-call c']);
    await held.letGo('sync-call a');
    await held.letGo('sync-call c');
    await jobs.settle();
  });

  it('jobs in one process take turns by kind: a hang-up does not stand behind a thousand calls for the CRM', async () => {
    const held = heldJobs();
    const { jobs } = world(held.work, { concurrency: 1 });
    for (let call = 0; call < 1000; call++) jobs.wake({ job: 'sync-call', id: `${call}` });
    await held.begin();
    jobs.wake({ job: 'hang-up-call', id: 'x' });
    await held.letGo('sync-call 0');
    await held.letGo('sync-call 1');
    expect(held.order).toEqual(['sync-call 0', 'sync-call 1', 'hang-up-call x']);
    const closing = jobs.close();
    await held.letGo('hang-up-call x');
    await closing;
    expect(held.order).toHaveLength(3);
  });

  it('import one file at a time, whatever room there is', async () => {
    const held = heldJobs();
    const { jobs } = world(held.work);
    jobs.wake({ job: 'run-import', id: 'a' });
    jobs.wake({ job: 'run-import', id: 'b' });
    jobs.wake({ job: 'place-call', id: 'c' });
    await held.begin();
    expect(held.running()).toEqual(['run-import a', 'place-call c']);
    await held.letGo('run-import a');
    expect(held.running()).toEqual(['place-call c', 'run-import b']);
    await held.letGo('run-import b');
    await held.letGo('place-call c');
    await jobs.settle();
  });

  it('jobs in one process find room for what happened on the phone, however long CRM and provider let others wait', async () => {
    const held = heldJobs();
    const { jobs } = world(held.work);
    const slow = ['sync-call', 'check-call', 'advance-session', 'place-call'] as const;
    for (const job of slow) {
      for (let call = 0; call < 50; call += 1) jobs.wake({ job, id: `${call}` });
    }
    await held.begin();
    jobs.wake({ job: 'process-event', id: 'ended' });
    jobs.wake({ job: 'hang-up-call', id: 'loser' });
    await held.begin();
    expect(held.order).toEqual(
      expect.arrayContaining(['process-event ended', 'hang-up-call loser']),
    );
  });

  it('jobs in one process leave what is due in more than an hour to the sweeper', async () => {
    const runs: string[] = [];
    const { jobs, time, inMs } = world(async ({ id }) => void runs.push(id));
    jobs.wake({ job: 'advance-session', id: 'tomorrow', at: inMs(24 * 3_600_000) });
    jobs.wake({ job: 'advance-session', id: 'soon', at: inMs(3_600_000) });
    expect(time.pending()).toBe(1);
    await time.advance(25 * 3_600_000);
    expect(runs).toEqual(['soon']);
  });

  it('jobs in one process forget what has not begun when they are closed', async () => {
    const runs: string[] = [];
    const { jobs, time, inMs } = world(async ({ id }) => void runs.push(id));
    jobs.wake({ job: 'sync-call', id: 'later', at: inMs(100) });
    jobs.wake({ job: 'sync-call', id: 'now' });
    await jobs.close();
    expect(time.pending()).toBe(0);
    await time.advance(1000);
    expect(runs).toEqual([]);
    await jobs.settle();
  });

  it('jobs in one process go on when the one who should report an error fails too', async () => {
    const runs: string[] = [];
    const { jobs } = world(async ({ id }) => {
      runs.push(id);
      throw new Error(id);
    });
    jobs.wake({ job: 'sync-call', id: 'a' });
    jobs.wake({ job: 'sync-call', id: 'b' });
    await jobs.settle();
    expect(runs).toEqual(['a', 'b']);
  });

  it('jobs in one process do not begin early although the timer rings a moment early', async () => {
    const runs: string[] = [];
    const time = createVirtualTime(start);
    const hasty = {
      now: time.now,
      after: (ms: number, run: () => void) => time.after(ms * 0.9, run),
    };
    const jobs = createInProcessJobs({
      handlers: handleAll(async () => void runs.push(time.now().toISOString())),
      timers: hasty,
      onError: () => undefined,
    });
    jobs.wake({ job: 'check-call', id: 'a', at: new Date('2026-01-15T15:00:10Z') });
    await time.advance(60_000);
    expect(runs).toEqual(['2026-01-15T15:00:10.000Z']);
  });

  it('work by the machine’s clock too', async () => {
    const runs: string[] = [];
    const { jobs } = world(async ({ id }) => void runs.push(id), { timers: realTime });
    const ran = new Promise<void>((resolve) => {
      realTime.after(30, resolve);
    });
    jobs.wake({ job: 'check-call', id: 'a', at: new Date(realTime.now().getTime() + 10) });
    jobs.wake({ job: 'check-call', id: 'b', at: new Date(realTime.now().getTime() + 60_000) });
    await ran;
    await jobs.settle();
    await jobs.close();
    expect(runs).toEqual(['a']);
  });
});
