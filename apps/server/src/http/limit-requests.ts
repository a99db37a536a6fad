import type { LimitClass } from '@outdial/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';
import type { App } from '../platform/app.js';
import { clientNetwork } from '../platform/client-network.js';
import { ProblemError } from './problems.js';

export type Limiter = Pick<RateLimiterAbstract, 'consume' | 'points'>;

/** How many requests are served, by the minute. One that is left out: any number. */
export interface RequestLimiters {
  /** API requests of one client address. */
  readonly address?: Limiter | undefined;
  /** What guesses at passwords, codes and tokens, of one client address; the operation's `limit` says what each costs. */
  readonly signIn?: Limiter | undefined;
  /** API requests of one account or API key, from wherever they come. */
  readonly account?: Limiter | undefined;
  /** Of these, what reads or writes much at once: imports, exports, all about a person. */
  readonly costly?: Limiter | undefined;
}

/** What serves files of the API's own documentation. */
const FILES = '/api/docs';

/** Of a limit of `SIGN_INS_PER_MINUTE` times this, a sign-in takes this; a browser that stays signed in takes 1 now and then. */
export const SIGN_IN_COST = 5;
const COST: Readonly<Partial<Record<LimitClass, number>>> = { sign_in: SIGN_IN_COST, refresh: 1 };
/**
 * Before authentication, so that a flood of requests costs no look at the database. Only the API counts: a webhook
 * that is refused may be lost, a probe that is refused restarts the server, and files come from memory.
 */
export function limitAddresses(app: App, limiters: RequestLimiters): void {
  app.addHook('onRequest', async (request, reply) => {
    const path = pathOf(request);
    if (!counts(path)) return;
    const network = clientNetwork(request.ip);
    await take(limiters.address, network, 1, request, reply, {
      whose: 'from this address',
      raise: 'API_REQUESTS_PER_MINUTE',
    });
    const { limit } = request.routeOptions.config.operation ?? {};
    const cost = limit && COST[limit];
    if (cost === undefined) return;
    await take(limiters.signIn, network, cost, request, reply, {
      whose: 'that sign in or confirm an identity from this address',
      raise: 'SIGN_INS_PER_MINUTE',
    });
  });
}

/** Once it is known who asks: a key that got out is no use to a thousand machines either. */
export function limitAccounts(app: App, limiters: RequestLimiters): void {
  app.addHook('onRequest', async (request, reply) => {
    const path = pathOf(request);
    const { principal } = request;
    if (!counts(path) || principal === null) return;
    const account = `${principal.kind}:${principal.id}`;
    await take(limiters.account, account, 1, request, reply, {
      whose: 'from this account',
      raise: 'ACCOUNT_REQUESTS_PER_MINUTE',
    });
    const { limit } = request.routeOptions.config.operation ?? {};
    if (limit !== 'costly') return;
    await take(limiters.costly, account, 1, request, reply, {
      whose: 'for imports, exports and the like from this account',
      raise: null,
    });
  });
}

/** By the route, as an address can be written in more than one way; by the address where there is none but that of all files. */
export function pathOf(request: FastifyRequest): string {
  const { url } = request.routeOptions;
  return url === undefined || url === '/*' ? request.url : url;
}

const counts = (path: string): boolean => path.startsWith('/api/') && !path.startsWith(FILES);

/**
 * taken    within the limit
 * refused  beyond it
 * failed   the count itself did not work, which is no reason to refuse anybody
 */
export type Counted =
  | { readonly kind: 'taken'; readonly taken: RateLimiterRes }
  | { readonly kind: 'refused'; readonly refused: RateLimiterRes }
  | { readonly kind: 'failed'; readonly error: unknown };

/** Takes `cost` of what `key` has left in this minute. Never rejects. */
export function countRequest(limiter: Limiter, key: string, cost: number): Promise<Counted> {
  return limiter.consume(key, cost).then(
    (taken) => ({ kind: 'taken', taken }) as const,
    (error: unknown) =>
      error instanceof RateLimiterRes
        ? ({ kind: 'refused', refused: error } as const)
        : ({ kind: 'failed', error } as const),
  );
}

async function take(
  limiter: Limiter | undefined,
  key: string,
  cost: number,
  request: FastifyRequest,
  reply: FastifyReply,
  { whose, raise }: { readonly whose: string; readonly raise: string | null },
): Promise<void> {
  if (limiter === undefined) return;
  const counted = await countRequest(limiter, key, cost);
  if (counted.kind === 'failed') {
    request.log.warn({ err: counted.error }, 'requests could not be counted');
    return;
  }
  if (counted.kind === 'refused') {
    const headers = headersOf(counted.refused, limiter.points, cost);
    const seconds = headers['ratelimit-reset'];
    const more = raise === null ? '' : `, or have ${raise} raised`;
    throw new ProblemError(
      'rate_limited',
      `More than ${headers['ratelimit-limit']} requests ${whose} came within a minute. Wait ${seconds} s${more}.`,
      { headers: { ...headers, 'retry-after': seconds } },
    );
  }
  const told = reply.getHeader('ratelimit-remaining');
  const headers = headersOf(counted.taken, limiter.points, cost);
  // Of several limits the one that is nearest.
  if (told === undefined || Number(headers['ratelimit-remaining']) < Number(told)) {
    reply.headers(headers);
  }
}

/** As in draft-ietf-httpapi-ratelimit-headers-06, which clients know; later drafts say the same in one line. */
function headersOf(counted: RateLimiterRes, limit: number, cost: number) {
  return {
    'ratelimit-limit': String(Math.floor(limit / cost)),
    'ratelimit-remaining': String(Math.max(0, Math.floor(counted.remainingPoints / cost))),
    'ratelimit-reset': String(Math.max(1, Math.ceil(counted.msBeforeNext / 1000))),
  };
}
