import {
  type Call,
  type CallWithItem,
  isLive,
  type LiveCall,
  type QueueItem,
  type Scene,
  type SceneChange,
  type SceneOfCall,
} from '@outdial/core';
import { LRUCache } from 'lru-cache';
import type { SceneRead } from './read-scene.js';

/** Sessions remembered; five hundred agents have as many open. */
const SESSIONS_REMEMBERED = 5_000;
/** Calls known to be over: as many as end in a few minutes, so that the alarms set for them find out without a look. */
const COMPLETED_CALLS_REMEMBERED = 20_000;
/** A session that another node works on as well is read each time for so long. */
const DISTRUST_AFTER_LOSS_MS = 5_000;

/**
 * The scenes that this process read or wrote last, so that it need not read before each write.
 *
 * A remembered scene may be outdated: another node may have changed the session since. It does no harm, because a decision
 * lands only on the version that it was made on, and one that wants nothing written is made again on a scene that was
 * read (`dialer-store.ts`). Hence the one rule for everybody who writes past the store: whatever a scene shows (the
 * session, its live calls, what decisions read of their items, the agent) changes only together with the session's version.
 *
 * A scene with `busyElsewhere` is not remembered, as the end of that other call is a change of another session.
 */
export class SceneMemory {
  readonly #scenes = new LRUCache<string, SceneRead>({
    max: SESSIONS_REMEMBERED,
    dispose: ({ scene }) => this.#forgetCalls(scene),
  });
  readonly #sessionOfCall = new Map<string, string>();
  readonly #callOfProviderCall = new Map<string, string>();
  readonly #over = new LRUCache<string, true>({ max: COMPLETED_CALLS_REMEMBERED });
  readonly #distrusted = new LRUCache<string, true>({
    max: SESSIONS_REMEMBERED,
    ttl: DISTRUST_AFTER_LOSS_MS,
  });

  scene(sessionId: string): SceneRead | null {
    return this.#scenes.get(sessionId) ?? null;
  }

  /** Only while the call is live: what became of it later is in the rows. */
  sceneOfCall(callId: string): SceneRead<SceneOfCall> | null {
    const sessionId = this.#sessionOfCall.get(callId);
    const found = sessionId === undefined ? undefined : this.#scenes.get(sessionId);
    const subject = found?.scene.live.find(({ call }) => call.id === callId);
    if (found === undefined || subject === undefined) return null;
    return { version: found.version, scene: { ...found.scene, subject } };
  }

  sceneOfProviderCall(provider: string, providerCallId: string): SceneRead<SceneOfCall> | null {
    const callId = this.#callOfProviderCall.get(keyOf(provider, providerCallId));
    return callId === undefined ? null : this.sceneOfCall(callId);
  }

  /** True only when this process saw the call end: no call comes back from that. */
  isOver(callId: string): boolean {
    return this.#over.has(callId);
  }

  remember({ scene, version }: SceneRead): void {
    const { session, agent, live, busyElsewhere } = scene;
    if (session.status === 'STOPPED' && live.length === 0) {
      this.forget(session.id);
      return;
    }
    if (busyElsewhere || this.#distrusted.has(session.id)) {
      this.forget(session.id);
      return;
    }
    // The old one's calls are forgotten by `dispose` before the new one's are noted.
    this.#scenes.set(session.id, { version, scene: { session, agent, live, busyElsewhere } });
    for (const { call } of live) {
      this.#sessionOfCall.set(call.id, session.id);
      if (call.providerCallId !== null) {
        this.#callOfProviderCall.set(keyOf(call.provider, call.providerCallId), call.id);
      }
    }
  }

  /** A change of this scene is in the database, with the calls and items that it wrote. */
  wrote(read: SceneRead, change: SceneChange): void {
    for (const call of change.calls ?? []) if (!isLive(call)) this.#over.set(call.id, true);
    this.remember({ version: read.version + 1, scene: sceneAfter(read.scene, change) });
  }

  forget(sessionId: string): void {
    this.#scenes.delete(sessionId);
  }

  /** It was outdated: another node works on this session too, and then reading first is the shorter way. */
  distrust(sessionId: string): void {
    this.forget(sessionId);
    this.#distrusted.set(sessionId, true);
  }

  #forgetCalls({ live }: Scene): void {
    for (const { call } of live) {
      this.#sessionOfCall.delete(call.id);
      if (call.providerCallId !== null) {
        this.#callOfProviderCall.delete(keyOf(call.provider, call.providerCallId));
      }
    }
  }
}

const keyOf = (provider: string, providerCallId: string): string => `${provider} ${providerCallId}`;

/** What reading the scene would show after the change. */
export function sceneAfter(scene: Scene, change: SceneChange): Scene {
  const items = new Map<string, QueueItem>();
  for (const item of change.items ?? []) items.set(item.id, item);
  const calls = new Map<string, Call>();
  for (const call of change.calls ?? []) calls.set(call.id, call);
  const itemOf = (call: Call, before: QueueItem | null): QueueItem | null =>
    items.get(call.queueItemId) ?? before;

  const live: CallWithItem<LiveCall>[] = [];
  for (const { call: before, item } of scene.live) {
    const call = calls.get(before.id) ?? before;
    calls.delete(before.id);
    if (isLive(call)) live.push({ call, item: itemOf(call, item) });
  }
  // What is left was not live before: a claim's new calls. A finished call that was refined stays out.
  for (const call of calls.values()) {
    if (isLive(call)) live.push({ call, item: itemOf(call, null) });
  }
  live.sort((a, b) => (a.call.id < b.call.id ? -1 : 1));
  return { ...scene, session: change.session ?? scene.session, live };
}
