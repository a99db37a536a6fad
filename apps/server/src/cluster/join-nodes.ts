import type { Timers } from '@outdial/core';
import {
  countNodes,
  countWorkingNodes,
  type DatabaseTaken,
  joinDatabase,
  type OpenDatabase,
  readDatabaseTime,
  readInstallation,
} from '@outdial/postgres';
import { Redis } from 'ioredis';
import type { Logger } from 'pino';
import type { Config } from '../config/read-config.js';
import { systemTimers } from '../platform/system-timers.js';
import { createTicker } from '../platform/ticker.js';
import { createAgreedClock } from './agreed-clock.js';

/** What this process shares with the other nodes of its installation. */
export interface Node {
  /** The time that all nodes agree on. */
  readonly timers: Timers;
  /** null: this node is the only one. */
  readonly shared: Shared | null;
  /** No other node worked on this database when this node joined; of working nodes that join together it is true for one. */
  readonly first: boolean;
  /** Lets go of the place; safe twice. */
  leave(): Promise<void>;
}

export interface Shared {
  /**
   * For short commands: while Redis is away they fail at once, as everything in it is a hint or a count. A caller that blocks or
   * subscribes makes a connection of their own with `duplicate()`.
   */
  readonly redis: Redis;
  readonly redisUrl: string;
  /** What every key of this installation begins with. */
  readonly prefix: string;
  /** How many nodes there are, by the database. */
  countNodes(): Promise<number>;
  /** Those of them that do the work. */
  countWorkingNodes(): Promise<number>;
}

const SET_CLOCK_EVERY_MS = 30_000;
/** A machine that is so wrong shows wrong times in its log, and its TLS may fail: an operator should correct it. */
const WRONG_CLOCK_MS = 2_000;

/**
 * Takes this process' place among the nodes of its database. Throws `DatabaseTaken` when another node is there and the two
 * would not know of each other; `lost` is called when that becomes true later. The embedded database has one process and
 * one clock, and its folder is locked already.
 */
export async function joinNodes(
  config: Pick<Config, 'database' | 'redis' | 'role'>,
  {
    database: { db },
    log,
    lost,
    prepare,
  }: {
    database: OpenDatabase;
    log: Logger;
    lost: (error: DatabaseTaken) => void;
    /** Brings the database up to date, once this node may. */
    prepare: () => Promise<void>;
  },
): Promise<Node> {
  if (config.database.kind === 'embedded') {
    await prepare();
    return { timers: systemTimers, shared: null, first: true, leave: async () => undefined };
  }
  const lockMode = config.redis === null ? 'exclusive' : 'shared';
  const place = await joinDatabase(config.database.url, lockMode, lost, {
    works: config.role !== 'api',
  });
  try {
    await prepare();
    const clock = createAgreedClock(systemTimers, () => readDatabaseTime(db));
    await clock.set();
    if (Math.abs(clock.machineError()) > WRONG_CLOCK_MS) {
      log.warn(
        { wrong_by_ms: Math.round(clock.machineError()) },
        'the clock of this machine is wrong; the database’s time counts',
      );
    }
    const shared = config.redis === null ? null : await share(config.redis.url, db, log);
    const setting = createTicker('clock', SET_CLOCK_EVERY_MS, () => clock.set(), log);
    setting.start();
    return {
      timers: clock,
      shared,
      first: place.first,
      async leave() {
        await setting.close();
        shared?.redis.disconnect();
        await place.leave();
      },
    };
  } catch (error) {
    await place.leave();
    throw error;
  }
}

async function share(redisUrl: string, db: OpenDatabase['db'], log: Logger): Promise<Shared> {
  const redis = new Redis(redisUrl, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
    lazyConnect: true,
    // A host that vanished without a word fails commands too, instead of holding them.
    socketTimeout: 3_000,
    connectionName: 'outdial',
  });
  let away = false;
  redis.on('error', (error: Error) => {
    if (!away)
      log.warn(
        { err: error },
        'Redis is away: work goes on, a little later and not seen live on other nodes',
      );
    away = true;
  });
  redis.on('ready', () => {
    if (away) log.info('Redis is back');
    away = false;
  });
  // A wrong address is a mistake to report at the start; later Redis may come and go.
  try {
    await redis.connect();
  } catch (error) {
    redis.disconnect();
    throw new RedisAway(
      'The Redis of REDIS_URL does not answer. Start it, or leave REDIS_URL out to run one node.',
      { cause: error },
    );
  }
  return {
    redis,
    redisUrl,
    prefix: `outdial:{${await readInstallation(db)}}`,
    countNodes: () => countNodes(db),
    countWorkingNodes: () => countWorkingNodes(db),
  };
}

/** Redis did not answer at the start. */
export class RedisAway extends Error {
  readonly code = 'REDIS_AWAY';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RedisAway';
  }
}
