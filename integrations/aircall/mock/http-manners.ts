import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { ApiProblem, badRequest, edge } from './api-problem.js';
import type { MockClock } from './clock.js';

/** Bodies, errors and unknown paths, for the API and the control alike (reference 1.2). */
export function addHttpManners(app: FastifyInstance, clock: Pick<MockClock, 'now'>): void {
  // The clock that its calls carry is the one that it answers with: from `Date` the dialer measures how far it is off.
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('date', new Date(clock.now()).toUTCString());
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser<string>('*', { parseAs: 'string' }, (_request, text, done) => {
    if (text.trim() === '') return done(null, undefined);
    try {
      done(null, JSON.parse(text));
    } catch {
      done(badRequest('The body is not valid JSON'));
    }
  });
  app.setNotFoundHandler((_request, reply) => reply.code(404).send(edge.notFound));
  app.setErrorHandler<Error>((error, _request, reply) => {
    if (error instanceof ApiProblem) return reply.code(error.status).send(error.body);
    if (error instanceof z.ZodError) {
      return reply.code(400).send({ error: 'Bad Request', troubleshoot: z.prettifyError(error) });
    }
    return reply.code(500).send({ error: 'Internal Server Error', troubleshoot: error.message });
  });
}
