import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterRedis,
} from 'rate-limiter-flexible';
import type { Shared } from './join-nodes.js';

export interface RequestLimiterOptions {
  /** What is counted: part of the keys in Redis. */
  readonly name: string;
  readonly perMinute: number;
  /** While Redis is away each node takes only its share, not the whole limit. */
  readonly divided?: boolean;
}

const MINUTE = 60;

/**
 * Counts requests by the minute, for all nodes together or for the one there is. While Redis is away every node counts for
 * itself and nothing stops. Where the provider enforces a limit, the nodes then divide it among them: too few
 * requests cost a little time, too many are refused for everybody who shares that limit.
 */
export async function createRequestLimiter(
  shared: Pick<Shared, 'redis' | 'prefix' | 'countNodes'> | null,
  { name, perMinute, divided = false }: RequestLimiterOptions,
): Promise<RateLimiterAbstract> {
  const alone = new RateLimiterMemory({ points: perMinute, duration: MINUTE });
  if (shared === null) return alone;
  if (divided) {
    const divide = async (): Promise<void> => {
      alone.points = Math.max(1, Math.floor(perMinute / (await shared.countNodes())));
    };
    await divide();
    // With every failed attempt to connect. Where the count fails too, the last one stands.
    shared.redis.on('close', () => void divide().catch(() => undefined));
  }
  return new RateLimiterRedis({
    storeClient: shared.redis,
    keyPrefix: `${shared.prefix}:requests:${name}`,
    points: perMinute,
    duration: MINUTE,
    insuranceLimiter: alone,
    rejectIfRedisNotReady: true,
  });
}
