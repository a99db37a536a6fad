import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import type { RefusedEntry } from '../telemetry/metrics/refused-entries.js';
import { createEventRing } from './event-ring.js';
import { createEntryReader, sealBegin, sealEvent } from './live-entry.js';
import { EVENTS_KEPT, type LiveFollower, type LiveLog } from './live-log.js';
import { createLiveSeal } from './live-seal.js';

export interface RedisLiveLogOptions {
  /** For short commands; one that cannot be sent must fail rather than wait. */
  readonly redis: Redis;
  readonly prefix: string;
  readonly log: { warn(fields: object, message: string): void };
  /** Under which entries are sealed, the same on every node; it may be replaced while they run. */
  readonly key: () => Uint8Array;
  /** Told of each entry that no node of this installation wrote as it stands there. */
  readonly refused?: (because: RefusedEntry) => void;
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
/** An attack goes on for hours; the log has it once in so long, the metric counts each. */
const TELL_REFUSED_EVERY_MS = 60_000;

/**
 * The log of several nodes: one stream in Redis (`<prefix>:live`), whose entry ids are the numbers. Every node adds to it,
 * and every node reads it to the end and keeps what it read, so that each sends the same events in the same order, its own
 * no sooner than the others', and a reader can come back to any of them.
 *
 * Three things may lose events: Redis forgets (flushed, or restarted with an older copy), a node dies with changes that it
 * had not told yet, a node is away for longer than the stream goes back. The first two begin a new epoch, by whichever node
 * notices first, with an entry that says so; in the third the node finds a gap. Then all its readers must read anew.
 *
 * Redis is not trusted with them: entries are sealed (`live-seal.ts`), and one that no node wrote is passed over and counted. Where
 * another program has written the next number, or anything else than the stream where it should be, a new epoch
 * begins: it costs readers a look at the API, and live events go on.
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
  const seal = createLiveSeal(options.key);
  const read = createEntryReader(seal, size);
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

  /** Unknown until the stream has been read. */
  let epoch: string = randomUUID();
  let ring = createEventRing(size);
  /** The entry that was read last, whatever it was: the next read goes on behind it. */
  let position = '0-0';
  let isRead = false;
  let wanted = false;
  let lookAt = 0;
  let wantsNewEpoch = false;
  let toldRefusedAt = Number.NEGATIVE_INFINITY;
  let away = false;
  let isReady: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    isReady = resolve;
  });

  /** Says that this node is alive, and begins a new epoch where events may have been lost. */
  async function look(): Promise<void> {
    lookAt = performance.now() + LOOK_EVERY_MS;
    const run = /^run_id:(\w+)/m.exec(await redis.info('server'))?.[1] ?? 'unknown';
    const next = randomUUID();
    const anew = wantsNewEpoch;
    const answer = await redis
      .eval(
        LOOK,
        3,
        ...[state, stream, nodes],
        ...[run, next, node, DEAD_AFTER_SECONDS, wanted ? 1 : 0],
        ...[sealBegin(seal, node, next), anew ? 1 : 0],
      )
      .catch((error: unknown) => {
        // Such as a text where the stream should be.
        if (!anew && isReplyError(error)) wantsNewEpoch = true;
        throw error;
      });
    if (anew) wantsNewEpoch = false;
    const [now, last, isWanted] = answer as [string, string, string];
    wanted ||= isWanted === '1';
    // A stream that was flushed begins anew below where we wait, so its first entry would not reach us.
    if (isRead && now !== epoch) beginAnew(now, Number(last), `${last}-0`);
  }

  /** Reads the stream to its end and then on, as long as the process lives. */
  async function readOn(): Promise<void> {
    while (!closing.signal.aborted) {
      try {
        if (performance.now() >= lookAt) await look();
        const answer = await reader.xread(
          ...(['COUNT', AT_ONCE, 'BLOCK', BLOCK_MS, 'STREAMS'] as const),
          stream,
          position,
        );
        const entries = answer?.[0]?.[1] ?? [];
        for (const [id, fields] of entries) {
          position = id;
          take(id, fields);
        }
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
        if (isReplyError(error)) wantsNewEpoch = true;
        lookAt = 0;
        await sleep(AGAIN_AFTER_MS, undefined, { signal: closing.signal }).catch(() => undefined);
      }
    }
  }

  /** Never throws: one entry must not keep those behind it from being read. */
  function take(id: string, fields: readonly string[]): void {
    const entry = read(id, fields);
    if (entry.kind === 'refused') {
      refuse(entry.because);
      return;
    }
    const number = Number.parseInt(id, 10);
    if (number <= ring.last) return;
    if (entry.epoch !== epoch || number !== ring.last + 1) {
      beginAnew(entry.epoch, entry.kind === 'begin' ? number : number - 1, id);
    }
    if (entry.kind === 'begin') {
      wanted ||= entry.wanted;
      return;
    }
    ring.add(entry.event);
    for (const follower of followers) follower.event(entry.event);
  }

  function refuse(because: RefusedEntry): void {
    options.refused?.(because);
    if (performance.now() - toldRefusedAt < TELL_REFUSED_EVERY_MS) return;
    toldRefusedAt = performance.now();
    log.warn(
      { because },
      'an entry of the live events was passed over, as no node of this installation wrote it: who can reach Redis?',
    );
  }

  function beginAnew(now: string, after: number, at: string): void {
    epoch = now;
    ring = createEventRing(size, after);
    position = at;
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
      const said = await redis
        .eval(
          ADD,
          2,
          ...[state, stream],
          ...[epoch, thing, node, before, size],
          ...[sealEvent(seal, node, { epoch, thing, before }, event)],
        )
        .catch((error: unknown) => {
          if (isReplyError(error)) return 'blocked';
          throw error;
        });
      if (said === 'added') return 'added';
      if (said === 'blocked') wantsNewEpoch = true;
      // Of another epoch, or of none since Redis forgot; or something stands where the next number belongs.
      if (said === 'refused' || said === 'blocked') await look();
      return 'overtaken';
    },
    async beginAnew() {
      wantsNewEpoch = true;
      // Where Redis is away the next look does it; until then nothing is read from there either.
      await look();
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
        // A node that leaves has published everything, so no subscriber need read anew.
        await redis.zrem(nodes, node).catch(() => undefined);
      })();
      return closed;
    },
  };
}

/** Redis answered, and not that it was done. */
const isReplyError = (error: unknown): boolean =>
  error instanceof Error && error.name === 'ReplyError';

/**
 * KEYS: state, stream, nodes. ARGV: Redis' run id, an epoch to begin, this node, seconds until death, 1 if wanted, the seal of that
 * epoch, 1 to begin it in any case.
 * The run id is another one after each restart, from which Redis may have come back with an older copy of itself.
 * A node with its first subscriber begins an epoch too: every node learns of it in order, and there is no subscriber yet that it could disturb.
 * A number goes on from the one before as long as that can be believed: beyond 2^50 it was written by another program.
 */
const LOOK = `
local anew = ARGV[7] == '1'
local last = 0
if anew then
  local kept = redis.pcall('HGET', KEYS[1], 'last')
  if type(kept) == 'string' then last = tonumber(kept) or 0 end
  if last < 0 or last > 2^50 then last = 0 end
  local kept_wanted = redis.pcall('HGET', KEYS[1], 'wanted')
  redis.call('DEL', KEYS[1], KEYS[2], KEYS[3])
  redis.call('HSET', KEYS[1], 'last', string.format('%.0f', last))
  if kept_wanted == '1' then redis.call('HSET', KEYS[1], 'wanted', '1') end
end
local now = tonumber(redis.call('TIME')[1])
redis.call('ZADD', KEYS[3], now, ARGV[3])
local dead = redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now - tonumber(ARGV[4]))
local known = redis.call('HMGET', KEYS[1], 'run', 'wanted')
local wanted = (ARGV[5] == '1' or known[2] == '1') and '1' or '0'
if anew or dead > 0 or known[1] ~= ARGV[1] or known[2] ~= wanted then
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[1], 'run', ARGV[1], 'epoch', ARGV[2], 'wanted', wanted)
  local number = redis.call('HINCRBY', KEYS[1], 'last', 1)
  redis.call('HSET', KEYS[1], 'begun', number)
  redis.call('XADD', KEYS[2], number .. '-0', 'epoch', ARGV[2], 'wanted', wanted, 'by', ARGV[3], 'sealed', ARGV[6])
end
return redis.call('HMGET', KEYS[1], 'epoch', 'last', 'wanted')
`;

/**
 * KEYS: state, stream. ARGV: the epoch that this node knows, thing, this node, the number before its state was read, how many to
 * keep, the sealed event. A state that was read before the epoch began may show what the epoch was begun to forget.
 */
const ADD = `
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then return 'refused' end
if tonumber(ARGV[4]) < (tonumber(redis.call('HGET', KEYS[1], 'begun')) or 0) then return 'overtaken' end
local said = 'added'
for _, entry in ipairs(redis.call('XRANGE', KEYS[2], '(' .. ARGV[4] .. '-0', '+', 'COUNT', 1000)) do
  local fields = entry[2]
  if fields[4] == ARGV[2] and fields[6] ~= ARGV[3] then said = 'overtaken' end
end
local number = redis.call('HINCRBY', KEYS[1], 'last', 1)
local added = redis.pcall('XADD', KEYS[2], 'MAXLEN', '~', ARGV[5], number .. '-0',
  'epoch', ARGV[1], 'thing', ARGV[2], 'by', ARGV[3], 'before', ARGV[4], 'sealed', ARGV[6])
if type(added) == 'table' and added.err then return 'blocked' end
return said
`;
