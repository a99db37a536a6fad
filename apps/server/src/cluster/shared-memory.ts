import type { SharedMemory } from '@outdial/kit';
import type { Logger } from 'pino';
import type { Shared } from './join-nodes.js';

/** Work goes on without an answer that takes longer. */
const WAIT_MS = 500;

/** `SharedMemory` in Redis. While Redis is away, nothing is shared, and the log says so once. */
export function createSharedMemory(
  { redis, prefix }: Pick<Shared, 'redis' | 'prefix'>,
  log: Pick<Logger, 'warn'>,
): SharedMemory & { close(): void } {
  const named = (name: string): string => `${prefix}:integrations:${name}`;
  const listeners = new Map<string, Set<(text: string) => void>>();

  // A connection that subscribes can do nothing else. It waits for Redis by itself, and subscribes again.
  const hearing = redis.duplicate({ enableOfflineQueue: true, maxRetriesPerRequest: null });
  // The first connection reports a Redis that is away; without a listener, this one would end the process.
  hearing.on('error', () => undefined);
  hearing.on('message', (channel: string, text: string) => {
    for (const heard of listeners.get(channel) ?? []) heard(text);
  });

  let alone = false;
  async function ask<T, O>(command: Promise<T>, otherwise: O): Promise<T | O> {
    try {
      const answer = await within(WAIT_MS, command);
      alone = false;
      return answer;
    } catch (error) {
      if (!alone)
        log.warn({ err: error }, 'Redis is away: integrations go by what this node knows');
      alone = true;
      return otherwise;
    }
  }

  return {
    async put(key, text, keepMs, { ifAbsent = false } = {}) {
      await ask(
        ifAbsent
          ? redis.set(named(key), text, 'PX', keepMs, 'NX')
          : redis.set(named(key), text, 'PX', keepMs),
        null,
      );
    },
    async get(keys) {
      return ask(redis.mget(keys.map(named)), []);
    },
    async publish(channel, text) {
      await ask(redis.publish(named(channel), text), 0);
    },
    listen(channel, heard) {
      const name = named(channel);
      const heardHere = listeners.get(name) ?? new Set();
      listeners.set(name, heardHere.add(heard));
      void hearing.subscribe(name).catch(() => undefined);
      return () => {
        heardHere.delete(heard);
      };
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
