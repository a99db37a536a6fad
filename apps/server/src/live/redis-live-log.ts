import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { createEventRing, type NumberedEvent } from './event-ring.js';
import { EVENTS_KEPT, type LiveFollower, type LiveLog } from './live-log.js';

export interface RedisLiveLogOptions {
  /** For short commands; one that cannot be sent must fail rather than wait. */
  readonly redis: Redis;
  readonly prefix: string;
  readonly log: { warn(fields: object, message: string): void };
  /** How many events are kept, about; 10,000 unless told. */
  readonly size?: number;
}

export interface RedisLiveLog extends LiveLog {
  /** Resolves when what the stream holds has been read, or could not be. */
  readonly ready: Promise<void>;
}

/** A node looks so often whether the log is still the one it follows, and says that it is alive. */
const LOOK_EVERY_MS = 5_000;
/** A node that was silent for so long is dead. */
const DEAD_AFTER_SECONDS = 20;
const BLOCK_MS = 2_000;
const AGAIN_AFTER_MS = 500;
const AT_ONCE = 500;

/**
 * The log of several nodes: one stream in Redis (`<prefix>:live`), whose entry ids are the numbers. Every node adds to it,
 * and every node reads it to the end and keeps what it read, so that each sends the same events in the same order, its own
 * no sooner than the others', and a reader can come back to any of them.
 *
 * Three things may lose events: Redis forgets (flushed, or restarted with an older copy), a node dies with changes that it
 * had not told yet, a node is away for longer than the stream goes back. The first two begin a new epoch, by whichever node
 * notices first, with an entry that says so; in the third the node finds a gap. Then all its readers must read anew.
 *
 * See docs/adr/0009-live-events-across-nodes.md, also for why not the Socket.IO adapter.
 */
export function createRedisLiveLog(options: RedisLiveLogOptions): RedisLiveLog {
  const { redis, prefix, log, size = EVENTS_KEPT } = options;
  const stream = `${prefix}:live`;
  const state = `${prefix}:live:state`;
  const nodes = `${prefix}:live:nodes`;
  const node = randomUUID();
  const followers: LiveFollower[] = [];
  const closing = new AbortController();
  // Of its own, as it blocks. What cannot be read while Redis is away fails with the next attempt to connect.
  const reader = redis.duplicate({
    lazyConnect: false,
    enableOfflineQueue: true,
    maxRetriesPerRequest: 0,
    // A host that vanished without a word.
    socketTimeout: 5 * BLOCK_MS,
  });
  reader.on('error', () => undefined);

  /** Nobody's, until the stream has been read. */
  let epoch: string = randomUUID();
  let ring = createEventRing(size);
  let isRead = false;
  let wanted = false;
  let lookAt = 0;
  let away = false;
  let isReady: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    isReady = resolve;
  });

  /** Says that this node is alive, and begins a new epoch where events may have been lost. */
  async function look(): Promise<void> {
    lookAt = performance.now() + LOOK_EVERY_MS;
    const run = /^run_id:(\w+)/m.exec(await redis.info('server'))?.[1] ?? 'unknown';
    const answer = await redis.eval(
      LOOK,
      3,
      ...[state, stream, nodes],
      ...[run, randomUUID(), node, DEAD_AFTER_SECONDS, wanted ? 1 : 0],
    );
    const [now, last, isWanted] = answer as [string, string, string];
    wanted ||= isWanted === '1';
    // A stream that was flushed begins anew below where we wait, so its first entry would not reach us.
    if (isRead && now !== epoch) beginAnew(now, Number(last));
  }

  /** Reads the stream to its end and then on, as long as the process lives. */
  async function readOn(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        if (performance.now() >= lookAt) await look();
        const read = await reader.xread(
          ...(['COUNT', AT_ONCE, 'BLOCK', BLOCK_MS, 'STREAMS'] as const),
          stream,
          `${ring.last}-0`,
        );
        const entries = read?.[0]?.[1] ?? [];
        for (const [id, fields] of entries) take(Number.parseInt(id, 10), fields);
        away = false;
        if (entries.length < AT_ONCE) {
          isRead = true;
          isReady();
        }
      } catch (error) {
        isReady();
        if (closing.signal.aborted) return;
        if (!away) log.warn({ err: error }, 'live events cannot be read from Redis');
        away = true;
        lookAt = 0;
        await sleep(AGAIN_AFTER_MS, undefined, { signal: closing.signal }).catch(() => undefined);
      }
    }
  }

  function take(number: number, fields: readonly string[]): void {
    if (number <= ring.last) return;
    const entry = entryOf(fields);
    if (entry.epoch !== epoch || number !== ring.last + 1) {
      beginAnew(entry.epoch, entry.event === undefined ? number : number - 1);
    }
    wanted ||= entry.wanted === '1';
    if (entry.event === undefined) return;
    // One of an older release, which knew no audience, goes to those who may see everybody's.
    const event: NumberedEvent = { number, audience: [], ...JSON.parse(entry.event) };
    ring.add(event);
    for (const follower of followers) follower.event(event);
  }

  function beginAnew(now: string, after: number): void {
    epoch = now;
    ring = createEventRing(size, after);
    for (const follower of followers) follower.lost();
  }

  const reading = readOn();
  let closed: Promise<void> | undefined;

  return {
    ready,
    get epoch() {
      return epoch;
    },
    get last() {
      return ring.last;
    },
    get wanted() {
      return wanted;
    },
    async want() {
      if (wanted) return;
      wanted = true;
      await look();
    },
    async add(event, before) {
      const thing = `${event.name} ${'id' in event.data ? event.data.id : event.at}`;
      const said = await redis.eval(
        ADD,
        2,
        ...[state, stream],
        ...[epoch, thing, node, JSON.stringify(event), before, size],
      );
      if (said === 'added') return 'added';
      // Of another epoch, or of none since Redis forgot.
      if (said === 'refused') await look();
      return 'overtaken';
    },
    since(theirs, number) {
      if (theirs !== epoch) return null;
      // Another node has read further than this one; what this reader knows already it will not take twice.
      return number > ring.last ? [] : ring.since(number);
    },
    follow: (follower) => void followers.push(follower),
    close() {
      closed ??= (async () => {
        closing.abort();
        reader.disconnect();
        await reading;
        // One who leaves has told everything, so nobody need read anew.
        await redis.zrem(nodes, node).catch(() => undefined);
      })();
      return closed;
    },
  };
}

/** `event` is missing where an epoch begins. */
function entryOf(fields: readonly string[]): { epoch: string; event?: string; wanted?: string } {
  const entry: Record<string, string> = {};
  for (let at = 0; at + 1 < fields.length; at += 2) {
    entry[String(fields[at])] = String(fields[at + 1]);
  }
  return { epoch: '', ...entry };
}

/**
 * KEYS: state, stream, nodes. ARGV: Redis' run id, an epoch to begin, this node, seconds until death, 1 if wanted.
 * The run id is another one after each restart, from which Redis may have come back with an older copy of itself.
 * Whoever wants events begins an epoch too: everybody learns of it in order, and there is nobody yet whom it could disturb.
 */
const LOOK = `
local now = tonumber(redis.call('TIME')[1])
redis.call('ZADD', KEYS[3], now, ARGV[3])
local dead = redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now - tonumber(ARGV[4]))
local known = redis.call('HMGET', KEYS[1], 'run', 'wanted')
local wanted = (ARGV[5] == '1' or known[2] == '1') and '1' or '0'
if dead > 0 or known[1] ~= ARGV[1] or known[2] ~= wanted then
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[1], 'run', ARGV[1], 'epoch', ARGV[2], 'wanted', wanted)
  local number = redis.call('HINCRBY', KEYS[1], 'last', 1)
  redis.call('XADD', KEYS[2], number .. '-0', 'epoch', ARGV[2], 'wanted', wanted)
end
return redis.call('HMGET', KEYS[1], 'epoch', 'last', 'wanted')
`;

/**
 * KEYS: state, stream. ARGV: the epoch that this node knows, thing, this node, event, the number before its state was
 * read, how many to keep.
 */
const ADD = `
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return 'refused' end
local said = 'added'
for _, entry in ipairs(redis.call('XRANGE', KEYS[2], '(' .. ARGV[5] .. '-0', '+', 'COUNT', 1000)) do
  local fields = entry[2]
  if fields[4] == ARGV[2] and fields[6] ~= ARGV[3] then said = 'overtaken' end
end
local number = redis.call('HINCRBY', KEYS[1], 'last', 1)
redis.call('XADD', KEYS[2], 'MAXLEN', '~', ARGV[6], number .. '-0',
  'epoch', ARGV[1], 'thing', ARGV[2], 'by', ARGV[3], 'event', ARGV[4])
return said
`;
