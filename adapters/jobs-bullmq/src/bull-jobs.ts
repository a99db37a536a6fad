import {
  CONCURRENCY_BY_JOB,
  CONCURRENT_JOBS,
  HINT_HORIZON_MS,
  type JobConcurrency,
  type JobHandlers,
  type JobHint,
  type JobName,
  type Jobs,
  jobNames,
  type Timers,
} from '@outdial/core';
import { ErrorCode, isNotConnectionError, Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { createOutbox, type DueHint } from './outbox.js';

export interface BullJobsOptions {
  /** `redis://` or, with TLS, `rediss://`. */
  readonly redisUrl: string;
  /**
   * What the keys of this installation begin with: `outdial:{<installation id>}`. The braces keep them together on a Redis
   * Cluster, and two installations on one Redis apart.
   */
  readonly prefix: string;
  /** null: this node gives hints, and others do the work. */
  readonly handlers: JobHandlers | null;
  /** The clock that the nodes agree on: hints carry its times. */
  readonly timers: Timers;
  /** How many of one kind this node runs at once at most; `CONCURRENCY_BY_JOB` unless told. */
  readonly limits?: JobConcurrency;
  /** The same for the kinds that `limits` leaves out; `CONCURRENT_JOBS` unless told. */
  readonly concurrency?: number;
  /** Hears of every handler that threw. Nothing else comes of it: the row is still due, and the sweeper comes back. */
  readonly onError: (error: unknown, hint: JobHint) => void;
  /**
   * Hears what Redis or BullMQ could not do although they are connected, at most once in 10 s. A lost connection is not
   * reported here, as `isThere` shows it; nor that Redis has forgotten a job that runs, as it runs to its end.
   */
  readonly onRedisError: (error: unknown) => void;
  /** Jobs due later than this from now are left to the sweeper; `HINT_HORIZON_MS` unless told. */
  readonly horizonMs?: number;
  /** For how long a node may be silent before others take over the jobs that it was running; 30 s unless told. */
  readonly lockMs?: number;
}

/** How many jobs of one kind there are, on all nodes together. */
export interface JobCounts {
  readonly waiting: number;
  readonly delayed: number;
  readonly active: number;
}

export interface BullJobs extends Jobs {
  /** Redis can be reached at this moment; while it cannot, hints are dropped. */
  isThere(): boolean;
  /** Throws, in words, when Redis does not answer. */
  ping(): Promise<void>;
  /** Throws, in words, when Redis does not answer. */
  counts(): Promise<Readonly<Record<JobName, JobCounts>>>;
  /** Leaves jobs of these kinds to the other nodes from now on; those that run go on. */
  leaveToOthers(kinds: readonly JobName[]): Promise<void>;
  /** How many hints this node has dropped since its start because Redis was away or refused them. */
  dropped(): number;
  /** Takes no more hints, begins nothing new and waits for what runs here, whether Redis is there or not. Safe to call twice. */
  close(): Promise<void>;
}

interface Payload {
  readonly id: string;
  readonly dueAt: number | null;
}

/** A command that Redis has not answered after so long has failed. */
const REDIS_TIMEOUT_MS = 5_000;
const REDIS_ERROR_INTERVAL_MS = 10_000;
/** How many entries BullMQ keeps of its own history. Outdial does not read it. */
const EVENTS_KEPT = 100;

const reconnect = (attempt: number): number => Math.min(attempt * 100, 2_000);

/**
 * Jobs that wait in Redis and run on whichever node has room: one BullMQ queue per kind of job. It begins to work at once,
 * and goes on by itself when Redis comes back after being away, restarted or flushed; what was in it is then gone, and the
 * sweeper finds the rows.
 *
 * One (job, id, due time) is known at most once. A hint that comes while its job runs makes it run once more. A handler that
 * threw is not retried, and nothing of a job stays in Redis after it ran. A job whose node died runs again on another one,
 * once `lockMs` have passed and the next check, as often again, has found it.
 */
export function createBullJobs(options: BullJobsOptions): BullJobs {
  const { handlers, timers, onError, lockMs = 30_000 } = options;
  const limits = options.limits ?? CONCURRENCY_BY_JOB;
  const concurrency = options.concurrency ?? CONCURRENT_JOBS;
  const horizonMs = options.horizonMs ?? HINT_HORIZON_MS;
  const prefix = `${options.prefix}:jobs`;

  const running = new Set<Promise<void>>();
  const held = new Set<() => void>();
  let lastRedisErrorAtMs = Number.NEGATIVE_INFINITY;
  let lastConnectionError: unknown;
  let closed = false;
  let closing: Promise<void> | null = null;

  const nowMs = (): number => timers.now().getTime();

  /** Nothing may pile up for a Redis that is away: commands fail at once instead of waiting for it. */
  const producer = connect({
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: REDIS_TIMEOUT_MS,
  });
  /** A worker's commands wait for Redis to come back; they are no more than there are jobs running. */
  const consumer = handlers === null ? null : connect({ maxRetriesPerRequest: null });

  const queues = byKind((kind) => {
    const queue = new Queue<Payload>(kind, {
      connection: producer,
      prefix,
      streams: { events: { maxLen: EVENTS_KEPT } },
    });
    queue.on('error', report);
    return queue;
  });
  const workers =
    handlers === null || consumer === null
      ? []
      : jobNames.map((kind) => startWorker(kind, handlers[kind], consumer));
  const outbox = createOutbox({ send, canSend: isThere, onRedisError: report });

  function connect(how: object): Redis {
    const client = new Redis(options.redisUrl, {
      ...how,
      retryStrategy: reconnect,
      keepAlive: 10_000,
      connectionName: 'outdial-jobs',
    });
    // Without a listener ioredis prints the error at every attempt. `isThere` shows it, and `ping` says it.
    client.on('error', (error: unknown) => {
      lastConnectionError = error;
    });
    return client;
  }

  function isThere(): boolean {
    return producer.status === 'ready';
  }

  function wake(hint: JobHint): void {
    if (closed) return;
    const now = nowMs();
    const asked = hint.at?.getTime() ?? now;
    const dueAt = Number.isNaN(asked) || asked <= now ? null : asked;
    if (dueAt !== null && dueAt - now > horizonMs) return;
    outbox.add({ job: hint.job, id: hint.id, dueAt });
  }

  async function send(batch: readonly DueHint[]): Promise<void> {
    const now = nowMs();
    const kinds = new Set(batch.map(({ job }) => job));
    await Promise.all(
      [...kinds].map((kind) =>
        queues[kind].addBulk(
          batch
            .filter(({ job }) => job === kind)
            .map(({ id, dueAt }) => ({
              name: kind,
              data: { id, dueAt },
              opts: {
                // Without `keepLastIfActive` a hint for a job that is running would be taken for one that is known.
                deduplication: {
                  id: dueAt === null ? id : `${id}@${dueAt}`,
                  keepLastIfActive: true,
                },
                // BullMQ adds the two up; so what stands in Redis is the time that nodes agree on, not this machine's.
                timestamp: now,
                delay: dueAt === null ? 0 : Math.max(0, dueAt - now),
              },
            })),
        ),
      ),
    );
  }

  function startWorker(
    kind: JobName,
    handle: (id: string) => Promise<void>,
    connection: Redis,
  ): Worker<Payload> {
    const worker = new Worker<Payload>(
      kind,
      ({ data: { id, dueAt } }) => track(begin(kind, id, dueAt, handle)),
      {
        connection,
        prefix,
        concurrency: limits[kind] ?? concurrency,
        lockDuration: lockMs,
        stalledInterval: lockMs,
        removeOnComplete: { count: 0 },
        removeOnFail: { count: 0 },
        // How long a worker that lost its connection waits before it looks again; 15 s unless told.
        runRetryDelay: 1_000,
      },
    );
    worker.on('error', report);
    // Handlers do not fail here, so this is a job whose nodes died under it more than once.
    worker.on('failed', (job, error) => {
      if (job !== undefined) tell(error, { job: kind, id: job.data.id });
    });
    return worker;
  }

  async function begin(
    kind: JobName,
    id: string,
    dueAt: number | null,
    handle: (id: string) => Promise<void>,
  ): Promise<void> {
    const early = dueAt === null ? 0 : dueAt - nowMs();
    if (early > 0) {
      // BullMQ goes by this machine's clock, which is ahead of the one that nodes agree on.
      hold({ job: kind, id }, early);
      return;
    }
    try {
      await handle(id);
    } catch (error) {
      tell(error, { job: kind, id });
    }
  }

  /** Gives the hint again when it is due; not in its place in the queue, as others may be due before. */
  function hold(hint: JobHint, ms: number): void {
    if (closed) return;
    const cancel = timers.after(ms, () => {
      held.delete(cancel);
      wake(hint);
    });
    held.add(cancel);
  }

  async function track(work: Promise<void>): Promise<void> {
    running.add(work);
    await work;
    running.delete(work);
  }

  function tell(error: unknown, hint: JobHint): void {
    try {
      onError(error, hint);
    } catch {
      // The error handler itself failed. The other jobs continue.
    }
  }

  function report(error: unknown): void {
    if (closed || isLostConnection(error) || isForgottenJob(error)) return;
    if (nowMs() - lastRedisErrorAtMs < REDIS_ERROR_INTERVAL_MS) return;
    lastRedisErrorAtMs = nowMs();
    options.onRedisError(error);
  }

  async function ask<T>(question: () => Promise<T>): Promise<T> {
    try {
      if (!isThere()) throw lastConnectionError ?? new Error(`It is ${producer.status}.`);
      return await question();
    } catch (cause) {
      throw new Error('Redis does not answer. Is it running, and is REDIS_URL its address?', {
        cause,
      });
    }
  }

  async function shutDown(): Promise<void> {
    closed = true;
    for (const cancel of held) cancel();
    held.clear();
    // Without waiting: they begin nothing new.
    await Promise.all(workers.map((worker) => worker.pause(true)));
    await outbox.idle();
    while (running.size > 0) await Promise.all(running);
    await Promise.all(workers.map(end));
    consumer?.disconnect();
    producer.disconnect();
    await Promise.allSettled(Object.values(queues).map((queue) => queue.close()));
  }

  /** Marks the job as done. A Redis outage must not delay the close. */
  async function end(worker: Worker<Payload>): Promise<void> {
    const connected = await within(REDIS_TIMEOUT_MS, isConnected(worker));
    await within(REDIS_TIMEOUT_MS, worker.close(connected !== true));
  }

  /**
   * In good order, BullMQ waits until a worker's connections have ended, which ioredis never says of one that it was about to make
   * again.
   */
  async function isConnected(worker: Worker<Payload>): Promise<boolean> {
    if (consumer?.status !== 'ready') return false;
    const blocking = await worker.getBackend().blockingConnection?.client;
    return blocking?.status === 'ready';
  }

  /** What the work came to, or undefined when it has not after so many milliseconds. */
  function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const cancel = timers.after(ms, () => resolve(undefined));
      work.then(resolve, reject).finally(cancel);
    });
  }

  return {
    wake,
    isThere,
    ping: () => ask(async () => void (await producer.ping())),
    counts: () =>
      ask(async () => {
        const counted = await Promise.all(
          jobNames.map(async (kind) => {
            const found = await queues[kind].getJobCounts('waiting', 'delayed', 'active');
            const { waiting = 0, delayed = 0, active = 0 } = found;
            return [kind, { waiting, delayed, active }] as const;
          }),
        );
        return Object.fromEntries(counted) as Record<JobName, JobCounts>;
      }),
    async leaveToOthers(kinds) {
      const theirs = workers.filter(({ name }) => kinds.includes(name as JobName));
      await Promise.all(theirs.map((worker) => worker.pause(true)));
    },
    dropped: outbox.dropped,
    close() {
      closing ??= shutDown();
      return closing;
    },
  };
}

function byKind<T>(make: (kind: JobName) => T): Readonly<Record<JobName, T>> {
  return Object.fromEntries(jobNames.map((kind) => [kind, make(kind)])) as Record<JobName, T>;
}

/** Sockets fail with the system call that failed; ioredis and BullMQ have words of their own for commands that came too late. */
function isLostConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    'syscall' in error ||
    ['MaxRetriesPerRequestError', 'AbortError'].includes(error.name) ||
    error.message.startsWith("Stream isn't writeable") ||
    !isNotConnectionError(error)
  );
}

/** Redis was restarted or flushed, or gave the job to another node because this one was silent for too long. */
function isForgottenJob(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : undefined;
  return FORGOTTEN.includes(code) || error.message.startsWith('could not renew lock');
}

const FORGOTTEN: readonly unknown[] = [
  ErrorCode.JobNotExist,
  ErrorCode.JobLockNotExist,
  ErrorCode.JobNotInState,
  ErrorCode.JobLockMismatch,
];
