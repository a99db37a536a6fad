import { Health, Readiness } from '@outdial/protocol';
import { z } from 'zod';
import type { HttpPorts } from '../http-ports.js';
import { type App, operation } from '../operation.js';

export function operationRoutes(app: App, { operations }: Pick<HttpPorts, 'operations'>): void {
  app.get(
    '/healthz',
    {
      schema: operation(
        { id: 'getHealth', tag: 'operations', summary: 'The process answers' },
        { response: { 200: Health } },
      ),
    },
    async () => ({ status: 'ok' as const }),
  );

  app.get(
    '/readyz',
    {
      schema: {
        ...operation(
          { id: 'getReadiness', tag: 'operations', summary: 'Whether it can work, and with what' },
          { response: { 200: Readiness } },
        ),
        // The one answer above 399 that is no problem: monitors want to know which dependency it is.
        response: { 200: Readiness, 503: Readiness },
      },
    },
    async (_request, reply) => {
      const readiness = await operations.readiness();
      if (readiness.status !== 'ready') reply.status(503);
      return readiness;
    },
  );

  app.get(
    '/metrics',
    {
      schema: operation(
        { id: 'getMetrics', tag: 'operations', summary: 'For Prometheus' },
        {
          response: {
            200: { description: 'Metrics.', content: { 'text/plain': { schema: z.string() } } },
          },
        },
      ),
    },
    async (_request, reply) => {
      const { contentType, text } = await operations.metrics();
      // As bytes: it is text already, not a value to be written as JSON.
      return reply.header('content-type', contentType).send(Buffer.from(text) as never);
    },
  );
}
