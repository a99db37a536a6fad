import type { Announcement, Timers } from '@outdial/core';

export interface Coalescer {
  add(change: Announcement): void;
  /** Takes nothing more, and publishes at once what was gathered; what fails now is not tried again. */
  close(): Promise<void>;
}

/** How long changes of one entity are gathered. Counting a queue costs most and is watched least closely. */
const GATHER_MS: Readonly<Record<Announcement['kind'], number>> = {
  session: 40,
  call: 40,
  agent: 40,
  queue: 250,
  import: 250,
};
/**
 * Counting a queue of 100,000 takes 0.3 s of the embedded database, which does nothing else meanwhile: what takes long is
 * done less often, so that it never takes more than a tenth of the time.
 */
const REST_FOR_WORK = 10;
const AGAIN_AFTER_FAILURE_MS = 1_000;

/**
 * Of many changes of one entity within a moment only the state after them matters. The first change of an entity sets
 * its time, later ones join it, and then `publish` reads and sends. One change at a time, so that an older state is
 * never sent after a newer one. One that fails is tried again: subscribers would otherwise keep the old state.
 */
export function createCoalescer(
  timers: Pick<Timers, 'after' | 'now'>,
  publish: (change: Announcement) => Promise<void>,
  onError: (error: unknown) => void,
): Coalescer {
  const gathering = new Map<string, { change: Announcement; takeBack: () => void }>();
  /** How long the last one of each kind took to read and send. */
  const took = new Map<Announcement['kind'], number>();
  let due = new Map<string, Announcement>();
  let publishing: Promise<void> | undefined;
  let closed = false;

  function gather(change: Announcement, ms: number): void {
    const key = keyOf(change);
    if (closed || gathering.has(key) || due.has(key)) return;
    const takeBack = timers.after(ms, () => {
      makeDue(key, change.kind);
      void publishDue();
    });
    gathering.set(key, { change, takeBack });
  }

  /**
   * Makes a change due, with all of its kind that were announced before it: a new call is never shown before the end of
   * the call whose line it takes, or a session of two lines would show three.
   */
  function makeDue(key: string, kind: Announcement['kind']): void {
    for (const [each, { change, takeBack }] of gathering) {
      if (change.kind === kind) {
        takeBack();
        gathering.delete(each);
        due.set(each, change);
      }
      if (each === key) return;
    }
  }

  function publishDue(): Promise<void> {
    if (due.size > 0) publishing ??= publishAll();
    return publishing ?? Promise.resolve();
  }

  async function publishAll(): Promise<void> {
    // What falls due meanwhile goes with the next round.
    while (due.size > 0) {
      const batch = [...due.values()];
      due = new Map();
      for (const change of batch) {
        const begunAt = timers.now().getTime();
        try {
          await publish(change);
          took.set(change.kind, timers.now().getTime() - begunAt);
        } catch (error) {
          onError(error);
          gather(change, AGAIN_AFTER_FAILURE_MS);
        }
      }
    }
    publishing = undefined;
  }

  return {
    add(change) {
      const rest = REST_FOR_WORK * (took.get(change.kind) ?? 0);
      gather(change, Math.max(GATHER_MS[change.kind], rest));
    },
    async close() {
      closed = true;
      for (const [key, { change, takeBack }] of gathering) {
        takeBack();
        due.set(key, change);
      }
      gathering.clear();
      await publishDue();
    },
  };
}

function keyOf(change: Announcement): string {
  switch (change.kind) {
    case 'session':
      return `session ${change.sessionId}`;
    case 'call':
      return `call ${change.callId}`;
    case 'agent':
      return `agent ${change.agentId}`;
    case 'queue':
      return `queue ${change.queueId}`;
    case 'import':
      return `import ${change.importId}`;
    default: {
      const never: never = change;
      return never;
    }
  }
}
