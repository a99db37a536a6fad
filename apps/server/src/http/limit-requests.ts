import { type RateLimiterAbstract, RateLimiterRes } from 'rate-limiter-flexible';
import type { App } from './operation.js';
import { ProblemError } from './problems.js';

/** What serves files of the API's own documentation. */
const FILES = '/api/docs';

/**
 * Lets each client address make so many API requests a minute. Only the API counts: a webhook that is refused may be lost, a
 * probe that is refused restarts the server, and files come from memory.
 */
export function limitRequests(app: App, limiter: Pick<RateLimiterAbstract, 'consume' | 'points'>) {
  app.addHook('onRequest', (request, reply, done) => {
    // By the route, as an address can be written in more than one way.
    const path = request.routeOptions.url ?? request.url;
    if (!path.startsWith('/api/') || path.startsWith(FILES)) {
      done();
      return;
    }
    limiter.consume(request.ip).then(
      (counted) => {
        reply.headers(headersOf(counted, limiter.points));
        done();
      },
      (refused: unknown) => {
        // The count itself failed: no reason to refuse anybody.
        if (!(refused instanceof RateLimiterRes)) {
          request.log.warn({ err: refused }, 'requests could not be counted');
          done();
          return;
        }
        const headers = headersOf(refused, limiter.points);
        const seconds = headers['ratelimit-reset'];
        done(
          new ProblemError(
            'rate_limited',
            `More than ${limiter.points} requests came from this address within a minute. Wait ${seconds} s, or have API_REQUESTS_PER_MINUTE raised.`,
            { headers: { ...headers, 'retry-after': seconds } },
          ),
        );
      },
    );
  });
}

/** As in draft-ietf-httpapi-ratelimit-headers-06, which clients know; later drafts say the same in one line. */
function headersOf(counted: RateLimiterRes, limit: number) {
  return {
    'ratelimit-limit': String(limit),
    'ratelimit-remaining': String(counted.remainingPoints),
    'ratelimit-reset': String(Math.max(1, Math.ceil(counted.msBeforeNext / 1000))),
  };
}
