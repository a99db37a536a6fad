import type { JobName } from '@outdial/core';

/** A hint on its way to Redis. `dueAt` is null for one that is due now. */
export interface DueHint {
  readonly job: JobName;
  readonly id: string;
  readonly dueAt: number | null;
}

/**
 * Where hints wait for Redis: all of one tick go in one batch, and those that come while a batch is under way go in the next.
 * It never grows: what cannot be sent is dropped and counted, as rows are the truth and the sweeper finds them.
 */
export interface Outbox {
  add(hint: DueHint): void;
  /** Resolves when nothing waits and nothing is under way. */
  idle(): Promise<void>;
  /** How many hints were dropped since the start. */
  dropped(): number;
}

/** Far more than one round trip gathers; a Redis that is slower than that is not to take our memory with it. */
const HINTS_AT_MOST = 10_000;

export function createOutbox({
  send,
  canSend,
  onRedisError,
}: {
  readonly send: (batch: readonly DueHint[]) => Promise<void>;
  readonly canSend: () => boolean;
  readonly onRedisError: (error: unknown) => void;
}): Outbox {
  const waiting = new Map<string, DueHint>();
  let sending: Promise<void> | null = null;
  let dropped = 0;

  async function sendAll(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.size > 0) {
      const batch = [...waiting.values()];
      waiting.clear();
      if (!canSend()) {
        dropped += batch.length;
        continue;
      }
      try {
        await send(batch);
      } catch (error) {
        dropped += batch.length;
        onRedisError(error);
      }
    }
    sending = null;
  }

  return {
    add(hint) {
      const key = `${hint.job} ${hint.id} ${hint.dueAt}`;
      if (waiting.size >= HINTS_AT_MOST && !waiting.has(key)) {
        dropped += 1;
        return;
      }
      waiting.set(key, hint);
      sending ??= sendAll();
    },
    async idle() {
      await sending;
    },
    dropped: () => dropped,
  };
}
