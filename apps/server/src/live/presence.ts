import {
  type Announcements,
  type Clock,
  type PresenceStore,
  SCREEN_GRACE_MS,
  SCREEN_HEARTBEAT_MS,
  type Timers,
} from '@outdial/core';

/** How many screens of each agent are connected to this node. Only `createPresence` writes it; the dialer reads it with each call. */
export type ScreensHere = Map<string, number>;

export interface PresencePorts {
  readonly screens: ScreensHere;
  readonly store: Pick<PresenceStore, 'seen' | 'left'>;
  readonly announcements: Announcements;
  /** An agent came: a session of theirs may wait for a screen. */
  readonly arrived: (agentId: string) => void;
  /** This process; screens of one that died run out. */
  readonly nodeId: string;
  readonly clock: Clock;
  readonly timers: Pick<Timers, 'after'>;
  readonly log: { warn(fields: object, message: string): void };
}

export interface Presence {
  /** A screen of this agent is connected, until the returned function is called. */
  connected(agentId: string): () => void;
  /** Writes that the screens of this node are gone. Safe twice. */
  close(): Promise<void>;
}

/** Screens come back all at once when a node is gone: so long they are collected, and written together. */
const COLLECT_FOR_MS = 250;
/** Past the grace, so that the announcement reads OFFLINE. */
const ANNOUNCE_AFTER_GRACE_MS = 200;

/**
 * Which agents have a screen at this node, written when one comes or goes and with each heartbeat while they are there: one
 * statement for all of them each time.
 */
export function createPresence(ports: PresencePorts): Presence {
  const { screens, store, announcements, arrived, nodeId, clock, timers, log } = ports;
  const toWrite = new Set<string>();
  /** To be announced once they are written. */
  const news = new Set<string>();
  const announcing = new Set<() => void>();
  let writing: Promise<void> = Promise.resolve();
  let cancelWrite: (() => void) | null = null;
  let closed = false;

  async function writeNow(
    changed: ReadonlySet<string>,
    here: ReadonlySet<string>,
    toAnnounce: ReadonlySet<string>,
    at: Date,
  ): Promise<void> {
    const stay = [...changed].filter((id) => here.has(id));
    const gone = [...changed].filter((id) => !here.has(id));
    if (stay.length > 0) await store.seen(nodeId, stay, at);
    if (gone.length > 0) await store.left(nodeId, gone, at);
    for (const agentId of toAnnounce) {
      if (here.has(agentId)) {
        announcements.announce({ kind: 'agent', agentId });
        arrived(agentId);
      } else announceLater(agentId);
    }
  }

  function write(): void {
    cancelWrite = null;
    const changed = new Set(toWrite);
    const toAnnounce = new Set(news);
    const here = new Set(screens.keys());
    toWrite.clear();
    news.clear();
    const at = clock.now();
    writing = writing
      .then(() => writeNow(changed, here, toAnnounce, at))
      .catch((error: unknown) => {
        // What was to be announced still is, with the next heartbeat.
        for (const agentId of toAnnounce) news.add(agentId);
        for (const agentId of changed) if (!screens.has(agentId)) toWrite.add(agentId);
        log.warn({ err: error, agents: changed.size }, 'agent screens could not be written');
      });
  }

  function writeSoon(agentId: string): void {
    toWrite.add(agentId);
    news.add(agentId);
    if (!closed) cancelWrite ??= timers.after(COLLECT_FOR_MS, write);
  }

  function announceLater(agentId: string): void {
    if (closed) return;
    const cancel = timers.after(SCREEN_GRACE_MS + ANNOUNCE_AFTER_GRACE_MS, () => {
      announcing.delete(cancel);
      announcements.announce({ kind: 'agent', agentId });
    });
    announcing.add(cancel);
  }

  let cancelRound: () => void;
  function nextRound(): void {
    cancelRound = timers.after(SCREEN_HEARTBEAT_MS, () => {
      for (const agentId of screens.keys()) toWrite.add(agentId);
      if (cancelWrite === null && toWrite.size > 0) write();
      nextRound();
    });
  }
  nextRound();

  return {
    connected(agentId) {
      if (closed) return () => undefined;
      const before = screens.get(agentId) ?? 0;
      screens.set(agentId, before + 1);
      if (before === 0) writeSoon(agentId);
      let left = false;
      return () => {
        if (left) return;
        left = true;
        const others = (screens.get(agentId) ?? 1) - 1;
        if (others > 0) screens.set(agentId, others);
        else {
          screens.delete(agentId);
          writeSoon(agentId);
        }
      };
    },
    async close() {
      if (!closed) {
        for (const agentId of screens.keys()) toWrite.add(agentId);
        screens.clear();
        closed = true;
        news.clear();
        cancelRound();
        cancelWrite?.();
        for (const cancel of announcing) cancel();
        if (toWrite.size > 0) write();
      }
      await writing;
    },
  };
}
