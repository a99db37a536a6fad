import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { ApiProblem, badRequest, edge } from './api-problem.js';

/** Bodies, errors and unknown paths, for the API and the control alike (reference 1.2). */
export function addHttpManners(app: FastifyInstance): void {
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
