import {
  CONCURRENCY_BY_JOB,
  CONCURRENT_JOBS,
  HINT_HORIZON_MS,
  type JobConcurrency,
  type JobHandlers,
  type JobHint,
  type JobName,
  type Jobs,
  type Timers,
} from '@outdial/core';
import { createReadyLine } from './ready-line.js';

export interface InProcessJobsOptions {
  readonly handlers: JobHandlers;
  readonly timers: Timers;
  /** How many run at once at most; `CONCURRENT_JOBS` unless told. */
  readonly concurrency?: number;
  /** How many of one kind run at once at most; `CONCURRENCY_BY_JOB` unless told. */
  readonly limits?: JobConcurrency;
  /** Hears of every handler that threw. Nothing else comes of it: the row is still due, and the sweeper comes back. */
  readonly onError: (error: unknown, hint: JobHint) => void;
  /** Jobs due later than this from now are left to the sweeper; `HINT_HORIZON_MS` unless told. */
  readonly horizonMs?: number;
}

export interface InProcessJobs extends Jobs {
  /** Resolves when nothing is due or running: for tests. */
  settle(): Promise<void>;
  /** What it knows of at this moment: a walk over all of it, some ten thousand at most. */
  counts(): readonly InProcessJobCount[];
  /** Takes no more hints, forgets those that have not begun, and waits for what runs. Safe to call twice. */
  close(): Promise<void>;
}

export interface InProcessJobCount {
  readonly job: JobName;
  readonly state: 'waiting' | 'ready' | 'running';
  readonly count: number;
}

/**
 * The state of one job for one id.
 *
 * WAITING  a timer is set for `dueAt`        READY    due, and waiting for a free place
 * RUNNING  the handler runs; `again` is the earliest hint that came meanwhile, and makes it run once more
 */
type Entry = { readonly hint: JobHint } & (
  | { state: 'WAITING'; dueAt: number; cancel: () => void }
  | { state: 'READY' }
  | { state: 'RUNNING'; again: number | null }
);
const STATE_WORDS = { WAITING: 'waiting', READY: 'ready', RUNNING: 'running' } as const;
type Waiting = Extract<Entry, { state: 'WAITING' }>;

/**
 * Jobs in the memory of this process: enough for one node, as rows are the truth and the sweeper finds what a restart
 * forgot. One (job, id) is known at most once and never runs twice at the same time here.
 */
export function createInProcessJobs(options: InProcessJobsOptions): InProcessJobs {
  const { handlers, onError, timers, concurrency = CONCURRENT_JOBS } = options;
  const limits = options.limits ?? CONCURRENCY_BY_JOB;
  const horizonMs = options.horizonMs ?? HINT_HORIZON_MS;

  const entries = new Map<string, Entry>();
  const ready = createReadyLine<string>();
  const running = new Map<string, Promise<void>>();
  const runningOfKind = new Map<string, number>();
  let idleWaiters: (() => void)[] = [];
  let startScheduled = false;
  let closed = false;

  const nowMs = (): number => timers.now().getTime();
  const keyOf = (hint: JobHint): string => `${hint.job} ${hint.id}`;

  function wake(hint: JobHint): void {
    if (closed) return;
    const now = nowMs();
    const asked = hint.at?.getTime() ?? now;
    const dueAt = Number.isNaN(asked) ? now : asked;
    if (dueAt - now > horizonMs) return;
    const key = keyOf(hint);
    const entry = entries.get(key);
    switch (entry?.state) {
      case undefined:
        schedule(key, { job: hint.job, id: hint.id }, dueAt);
        return;
      case 'WAITING':
        if (dueAt >= entry.dueAt) return;
        entry.cancel();
        schedule(key, entry.hint, dueAt);
        return;
      case 'READY':
        return;
      case 'RUNNING':
        entry.again = Math.min(entry.again ?? dueAt, dueAt);
        return;
    }
  }

  function schedule(key: string, hint: JobHint, dueAt: number): void {
    const delay = dueAt - nowMs();
    if (delay <= 0) {
      makeReady(key, hint);
      return;
    }
    const onTime = (): void => {
      // Timers may ring a moment early, and a row that is not due yet is left alone by its handler: look at the clock.
      schedule(key, hint, dueAt);
    };
    entries.set(key, { hint, state: 'WAITING', dueAt, cancel: timers.after(delay, onTime) });
  }

  function makeReady(key: string, hint: JobHint): void {
    entries.set(key, { hint, state: 'READY' });
    ready.add(hint.job, key);
    startSoon();
  }

  /** Deferred, so that `wake` returns before any handler begins. */
  function startSoon(): void {
    if (startScheduled) return;
    startScheduled = true;
    queueMicrotask(() => {
      startScheduled = false;
      while (running.size < concurrency) {
        const key = ready.take(mayRun);
        if (key === undefined) break;
        start(key);
      }
      tellIdle();
    });
  }

  const mayRun = (kind: string): boolean =>
    (runningOfKind.get(kind) ?? 0) < (limits[kind as JobName] ?? concurrency);

  function start(key: string): void {
    const hint = entries.get(key)?.hint;
    if (hint === undefined) return;
    entries.set(key, { hint, state: 'RUNNING', again: null });
    count(hint.job, 1);
    running.set(key, run(key, hint));
  }

  async function run(key: string, hint: JobHint): Promise<void> {
    try {
      await handlers[hint.job](hint.id);
    } catch (error) {
      report(error, hint);
    }
    const entry = entries.get(key);
    running.delete(key);
    count(hint.job, -1);
    entries.delete(key);
    if (!closed && entry?.state === 'RUNNING' && entry.again !== null) {
      schedule(key, hint, entry.again);
    }
    startSoon();
  }

  function report(error: unknown, hint: JobHint): void {
    try {
      onError(error, hint);
    } catch {
      // The error handler itself failed. The other jobs continue.
    }
  }

  const count = (kind: string, by: number): void => {
    runningOfKind.set(kind, (runningOfKind.get(kind) ?? 0) + by);
  };

  const waiting = (): [string, Waiting][] =>
    [...entries].filter((pair): pair is [string, Waiting] => pair[1].state === 'WAITING');

  function tellIdle(): void {
    if (idleWaiters.length === 0 || startScheduled || running.size > 0) return;
    const now = nowMs();
    for (const [key, entry] of waiting()) {
      if (entry.dueAt > now) continue;
      entry.cancel();
      makeReady(key, entry.hint);
    }
    if (startScheduled) return;
    const waiters = idleWaiters;
    idleWaiters = [];
    for (const resolve of waiters) resolve();
  }

  return {
    wake,
    settle: () =>
      new Promise((resolve) => {
        idleWaiters.push(resolve);
        startSoon();
      }),
    counts() {
      const counts = new Map<
        string,
        { job: JobName; state: InProcessJobCount['state']; count: number }
      >();
      for (const { hint, state } of entries.values()) {
        const key = `${hint.job} ${state}`;
        const known = counts.get(key);
        if (known !== undefined) known.count += 1;
        else counts.set(key, { job: hint.job, state: STATE_WORDS[state], count: 1 });
      }
      return [...counts.values()];
    },
    async close() {
      closed = true;
      ready.clear();
      for (const [key, entry] of [...entries]) {
        if (entry.state === 'WAITING') entry.cancel();
        if (entry.state !== 'RUNNING') entries.delete(key);
      }
      await Promise.all(running.values());
    },
  };
}
