import { NOTHING_SHARED, type SharedNetwork } from '@outdial/simulator';
import type { Logger } from 'pino';
import type { Shared } from '../cluster/join-nodes.js';

/** Milliseconds since 1970, as a `Date` can hold them. */
const MOMENT = /^\d{1,15}$/;
const HANG_UP = /^(\S{1,200}) (\d{1,15})$/;

/** Whoever waits longer for Redis is better off alone. */
const WAIT_MS = 500;

/**
 * The simulated network of several nodes. In Redis: the id of each call and the time of each hang-up, both for as long as
 * somebody may ask; and a channel on which hang-ups are told. While Redis is away, each node goes by what it knows.
 */
export function createSimulatorNetwork(
  { redis, prefix }: Pick<Shared, 'redis' | 'prefix'>,
  log: Pick<Logger, 'warn'>,
): SharedNetwork & { close(): void } {
  const placedKey = (callId: string): string => `${prefix}:simulator:call:${callId}`;
  const hungUpKey = (callId: string): string => `${prefix}:simulator:hung-up:${callId}`;
  const channel = `${prefix}:simulator:hang-ups`;
  const listeners = new Set<(callId: string, at: Date) => void>();

  // A connection that subscribes can do nothing else. It waits for Redis by itself, and subscribes again.
  const hearing = redis.duplicate({ enableOfflineQueue: true, maxRetriesPerRequest: null });
  // The first connection tells of a Redis that is away; unheard, this one would end the process.
  hearing.on('error', () => undefined);
  hearing.on('message', (_channel: string, message: string) => {
    // Anything may be written to Redis: what is no hang-up is ignored.
    const [, callId = '', at = ''] = HANG_UP.exec(message) ?? [];
    if (callId === '') return;
    for (const listener of listeners) listener(callId, new Date(Number(at)));
  });
  void hearing.subscribe(channel).catch(() => undefined);

  let alone = false;
  async function ask<T, O>(command: Promise<T>, otherwise: O): Promise<T | O> {
    try {
      const answer = await within(WAIT_MS, command);
      alone = false;
      return answer;
    } catch (error) {
      if (!alone) log.warn({ err: error }, 'the simulated network goes by what this node knows');
      alone = true;
      return otherwise;
    }
  }

  return {
    placed(callId, providerCallId, keepMs) {
      void ask(redis.set(placedKey(callId), providerCallId, 'PX', keepMs), null);
    },
    async hungUp(callId, at, keepMs) {
      const noted = redis.set(hungUpKey(callId), at.getTime(), 'PX', keepMs, 'NX');
      const told = redis.publish(channel, `${callId} ${at.getTime()}`);
      await ask(Promise.all([noted, told]), null);
    },
    async recall(callId) {
      const found = await ask(redis.mget(placedKey(callId), hungUpKey(callId)), []);
      const [providerCallId = null, hungUpAt = null] = found;
      if (providerCallId === null && hungUpAt === null) return NOTHING_SHARED;
      const when = hungUpAt !== null && MOMENT.test(hungUpAt) ? new Date(Number(hungUpAt)) : null;
      return { providerCallId, hungUpAt: when };
    },
    onHangUp(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      hearing.disconnect();
    },
  };
}

/** Rejects when it takes longer; what was begun goes on. */
function within<T>(ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`Redis did not answer in ${ms} ms.`)), ms);
    work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
