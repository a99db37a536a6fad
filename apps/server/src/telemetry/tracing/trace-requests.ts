import type { Clock } from '@outdial/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Recording, recording } from './recording.js';
import type { SpanSender } from './span.js';

/** Requests that a call or a session came into: starting, pausing, hanging up, a disposition. All others are not told. */
export function traceRequests(app: FastifyInstance, sender: SpanSender, clock: Clock): void {
  const recordings = new WeakMap<FastifyRequest, Recording>();
  app.addHook('onRequest', (request, _reply, done) => {
    recordings.set(request, new Recording(clock.now().getTime()));
    done();
  });
  // Not in onRequest: a body is read in the context of its socket, and what was set before is gone afterwards.
  app.addHook('preHandler', (request, _reply, done) => {
    const under = recordings.get(request);
    if (under === undefined) done();
    else recording.run(under, done);
  });
  app.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'unknown';
    recordings.get(request)?.end(sender, {
      name: `${request.method} ${route}`,
      kind: 'server',
      attributes: {
        'http.request.method': request.method,
        'http.route': route,
        'http.response.status_code': reply.statusCode,
      },
      failure: reply.statusCode >= 500 ? String(reply.statusCode) : undefined,
    });
    done();
  });
}
