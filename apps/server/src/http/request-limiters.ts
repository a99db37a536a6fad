import type { Shared } from '../cluster/join-nodes.js';
import { createRequestLimiter } from '../cluster/request-limiter.js';
import type { Config } from '../config/read-config.js';
import { type Limiter, type RequestLimiters, SIGN_IN_COST } from './limit-requests.js';

/** Enough for a person at work, and for a program that brings leads file by file. */
const COSTLY_PER_MINUTE = 30;

/** An office behind one address may have 200 screens, which all come back after a restart, some more than once. */
export const HANDSHAKES_PER_MINUTE = 600;

/** The limits of the API, each counted for all nodes together; 0 in the configuration is none. */
export async function createRequestLimiters(
  shared: Pick<Shared, 'redis' | 'prefix' | 'countNodes'> | null,
  limits: Pick<
    Config['http'],
    'requestsPerMinute' | 'accountRequestsPerMinute' | 'signInsPerMinute'
  >,
): Promise<RequestLimiters> {
  const limiter = (name: string, perMinute: number) =>
    perMinute === 0 ? undefined : createRequestLimiter(shared, { name, perMinute });
  const { accountRequestsPerMinute: ofAccount } = limits;
  return {
    address: await limiter('api', limits.requestsPerMinute),
    signIn: await limiter('sign-in', limits.signInsPerMinute * SIGN_IN_COST),
    account: await limiter('account', ofAccount),
    costly: await limiter('costly', Math.min(COSTLY_PER_MINUTE, ofAccount)),
  };
}

/** How often one client address may connect to the live events, for all nodes together. Where its API requests have no limit, these have none. */
export async function createHandshakeLimiter(
  shared: Pick<Shared, 'redis' | 'prefix' | 'countNodes'> | null,
  { requestsPerMinute }: Pick<Config['http'], 'requestsPerMinute'>,
): Promise<Limiter | undefined> {
  if (requestsPerMinute === 0) return undefined;
  return createRequestLimiter(shared, { name: 'live', perMinute: HANDSHAKES_PER_MINUTE });
}
