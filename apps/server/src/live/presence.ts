import type { Clock, PresenceStore, Timers } from '@outdial/core';
import type { AgentStore } from '@outdial/postgres';

export interface PresencePorts {
  readonly store: Pick<PresenceStore, 'seen'>;
  /** Who is meant where nobody is named: the agent who was created first. */
  readonly agents: Pick<AgentStore, 'list'>;
  readonly clock: Clock;
  readonly timers: Pick<Timers, 'after'>;
  readonly log: { warn(fields: object, message: string): void };
}

export interface Presence {
  /** A screen of this agent (null: of the one who is meant where nobody is named) is connected, until the answer is called. */
  connected(agentId: string | null): () => void;
  /** Writes what is not written yet. Safe twice. */
  close(): Promise<void>;
}

/** A node that dies writes nothing more; its screens come back to another one well within the shortest time allowed away. */
const WRITE_EVERY = 30_000;
/** Screens come back all at once when a node is gone: so long they are collected, and written together. */
const COLLECT_FOR = 250;

/**
 * Which agents have a screen at this node, written when one comes or goes and every half minute while they are there: one
 * statement for all of them each time.
 */
export function createPresence({ store, agents, clock, timers, log }: PresencePorts): Presence {
  /** How many screens of each are there. */
  const screens = new Map<string | null, number>();
  const toWrite = new Set<string | null>();
  let writing: Promise<void> = Promise.resolve();
  let cancelWrite: (() => void) | null = null;
  let closed = false;

  async function idsOf(whom: ReadonlySet<string | null>): Promise<string[]> {
    const named = new Set([...whom].filter((id) => id !== null));
    if (whom.has(null)) {
      const [first] = (await agents.list({ limit: 1 })).rows;
      if (first !== undefined) named.add(first.id);
    }
    return [...named];
  }

  function write(): void {
    cancelWrite = null;
    const whom = new Set(toWrite);
    toWrite.clear();
    const at = clock.now();
    writing = writing
      .then(async () => store.seen(await idsOf(whom), at))
      .catch((error: unknown) => {
        log.warn({ err: error, agents: whom.size }, 'who is at a screen could not be written');
      });
  }

  function writeSoon(agentId: string | null): void {
    toWrite.add(agentId);
    if (!closed) cancelWrite ??= timers.after(COLLECT_FOR, write);
  }

  let cancelRound: () => void;
  function nextRound(): void {
    cancelRound = timers.after(WRITE_EVERY, () => {
      for (const agentId of screens.keys()) toWrite.add(agentId);
      if (cancelWrite === null && toWrite.size > 0) write();
      nextRound();
    });
  }
  nextRound();

  return {
    connected(agentId) {
      screens.set(agentId, (screens.get(agentId) ?? 0) + 1);
      writeSoon(agentId);
      let left = false;
      return () => {
        if (left) return;
        left = true;
        const others = (screens.get(agentId) ?? 1) - 1;
        if (others > 0) screens.set(agentId, others);
        else screens.delete(agentId);
        writeSoon(agentId);
      };
    },
    async close() {
      if (!closed) {
        closed = true;
        cancelRound();
        cancelWrite?.();
        for (const agentId of screens.keys()) toWrite.add(agentId);
        if (toWrite.size > 0) write();
      }
      await writing;
    },
  };
}
