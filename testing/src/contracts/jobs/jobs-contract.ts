import type { JobHandlers, JobHint, JobName, Jobs } from '@outdial/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/**
 * What an adapter's test must bring so that `jobsContract` can put it through its paces.
 *
 * The suite makes a fresh harness for every test and closes it afterwards. It never sleeps: where time is real, `advance`
 * waits; so the suite keeps its delays far below a second.
 */
export interface JobsHarness {
  /** Starts working with these handlers. Called once. */
  start(handlers: JobHandlers): Promise<Jobs>;
  now(): Date;
  /** Lets so much time pass. */
  advance(ms: number): Promise<void>;
  /** Resolves when nothing is due or running. */
  settle(): Promise<void>;
  /** What the adapter reported of handlers that threw. */
  errors(): readonly unknown[];
  /** Stops beginning jobs and waits for those that run; safe twice. */
  close(): Promise<void>;
}

/**
 * The definition of "works" for the port `Jobs`. Jobs may run twice and in any order, so nothing here counts runs from
 * above or looks at their order.
 */
export function jobsContract(name: string, createHarness: () => Promise<JobsHarness>): void {
  describe(`${name} keeps the contract of jobs`, () => {
    let harness: JobsHarness;
    let ran: Map<string, number>;

    beforeEach(async () => {
      harness = await createHarness();
      ran = new Map();
    });
    afterEach(() => harness.close());

    const runsOf = (job: JobName, id: string): number => ran.get(`${job} ${id}`) ?? 0;
    const start = (
      work: (hint: JobHint) => Promise<void> = async () => undefined,
    ): Promise<Jobs> => {
      const handler = (job: JobName) => async (id: string) => {
        ran.set(`${job} ${id}`, runsOf(job, id) + 1);
        await work({ job, id });
      };
      return harness.start({
        'advance-session': handler('advance-session'),
        'place-call': handler('place-call'),
        'hang-up-call': handler('hang-up-call'),
        'check-call': handler('check-call'),
        'process-event': handler('process-event'),
        'sync-call': handler('sync-call'),
        'run-import': handler('run-import'),
      });
    };
    const inMs = (ms: number): Date => new Date(harness.now().getTime() + ms);

    it('the job queue runs a job that is due now', async () => {
      const jobs = await start();
      jobs.wake({ job: 'place-call', id: 'a' });
      await harness.settle();
      expect(runsOf('place-call', 'a')).toBeGreaterThan(0);
      expect(runsOf('sync-call', 'a')).toBe(0);
    });

    it('the job queue runs a job whose time is already past', async () => {
      const jobs = await start();
      jobs.wake({ job: 'place-call', id: 'a', at: inMs(-60_000) });
      await harness.settle();
      expect(runsOf('place-call', 'a')).toBeGreaterThan(0);
    });

    it('the job queue runs a job for later when its time has come, and not before', async () => {
      const jobs = await start();
      jobs.wake({ job: 'check-call', id: 'a', at: inMs(300) });
      await harness.settle();
      expect(runsOf('check-call', 'a')).toBe(0);
      await harness.advance(400);
      await harness.settle();
      expect(runsOf('check-call', 'a')).toBeGreaterThan(0);
    });

    it('the job queue keeps the earlier of two hints when the later one comes second', async () => {
      const jobs = await start();
      jobs.wake({ job: 'check-call', id: 'a', at: inMs(200) });
      jobs.wake({ job: 'check-call', id: 'a', at: inMs(60_000) });
      await harness.advance(300);
      await harness.settle();
      expect(runsOf('check-call', 'a')).toBeGreaterThan(0);
    });

    it('the job queue keeps the earlier of two hints when it comes second', async () => {
      const jobs = await start();
      jobs.wake({ job: 'check-call', id: 'a', at: inMs(60_000) });
      jobs.wake({ job: 'check-call', id: 'a' });
      await harness.settle();
      expect(runsOf('check-call', 'a')).toBeGreaterThan(0);
    });

    it('the job queue tells jobs of different kinds for one id apart', async () => {
      const jobs = await start();
      jobs.wake({ job: 'hang-up-call', id: 'a' });
      jobs.wake({ job: 'check-call', id: 'a' });
      await harness.settle();
      expect(runsOf('hang-up-call', 'a')).toBeGreaterThan(0);
      expect(runsOf('check-call', 'a')).toBeGreaterThan(0);
    });

    it('the job queue runs every one of many', async () => {
      const jobs = await start();
      const ids = Array.from({ length: 200 }, (_, index) => `call-${index}`);
      for (const id of ids) jobs.wake({ job: 'sync-call', id });
      await harness.settle();
      expect(ids.filter((id) => runsOf('sync-call', id) === 0)).toEqual([]);
    });

    it('the job queue runs a job again when it is woken again after it ran', async () => {
      const jobs = await start();
      jobs.wake({ job: 'sync-call', id: 'a' });
      await harness.settle();
      const before = runsOf('sync-call', 'a');
      jobs.wake({ job: 'sync-call', id: 'a' });
      await harness.settle();
      expect(runsOf('sync-call', 'a')).toBeGreaterThan(before);
    });

    it('the job queue does not lose a hint that comes while the job runs: the row may have changed after it was read', async () => {
      const gate = promiseToOpen();
      const begun = promiseToOpen();
      const jobs = await start(async () => {
        begun.open();
        await gate.opened;
      });
      jobs.wake({ job: 'advance-session', id: 'a' });
      await begun.opened;
      const before = runsOf('advance-session', 'a');
      jobs.wake({ job: 'advance-session', id: 'a' });
      gate.open();
      await harness.settle();
      expect(runsOf('advance-session', 'a')).toBeGreaterThan(before);
    });

    it('the job queue lets a job wake itself for later and others for now', async () => {
      let woken = false;
      const jobs = await start(async ({ job, id }) => {
        if (job !== 'advance-session' || woken) return;
        woken = true;
        jobs.wake({ job, id, at: inMs(200) });
        jobs.wake({ job: 'place-call', id: 'b' });
      });
      jobs.wake({ job: 'advance-session', id: 'a' });
      await harness.settle();
      expect(runsOf('place-call', 'b')).toBeGreaterThan(0);
      const before = runsOf('advance-session', 'a');
      await harness.advance(300);
      await harness.settle();
      expect(runsOf('advance-session', 'a')).toBeGreaterThan(before);
    });

    it('the job queue reports a job that fails, goes on with the others, and runs it again when woken again', async () => {
      let broken = true;
      const jobs = await start(async ({ id }) => {
        if (id === 'bad' && broken) throw new Error('the CRM is down');
      });
      jobs.wake({ job: 'sync-call', id: 'bad' });
      jobs.wake({ job: 'sync-call', id: 'good' });
      await harness.settle();
      expect(harness.errors().map(String)).toContain('Error: the CRM is down');
      expect(runsOf('sync-call', 'good')).toBeGreaterThan(0);
      broken = false;
      const before = runsOf('sync-call', 'bad');
      jobs.wake({ job: 'sync-call', id: 'bad' });
      await harness.settle();
      expect(runsOf('sync-call', 'bad')).toBeGreaterThan(before);
    });

    it('the job queue waits on closing for the job that runs, and takes hints without a word afterwards', async () => {
      const gate = promiseToOpen();
      const begun = promiseToOpen();
      let finished = false;
      const jobs = await start(async () => {
        begun.open();
        await gate.opened;
        finished = true;
      });
      jobs.wake({ job: 'place-call', id: 'a' });
      await begun.opened;
      const closing = harness.close().then(() => finished);
      gate.open();
      expect(await closing).toBe(true);
      jobs.wake({ job: 'place-call', id: 'b' });
      await harness.close();
      expect(runsOf('place-call', 'b')).toBe(0);
    });
  });
}

function promiseToOpen(): { readonly opened: Promise<void>; open(): void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
