import { operations } from '@outdial/protocol';
import { type Handled, handle } from '../../operations/handle.js';
import type { HttpPorts } from '../http-ports.js';

export function healthHandlers(ports: Pick<HttpPorts, 'operations'>): readonly Handled[] {
  return [
    handle(operations.server.health, () => ({ status: 'ok' as const })),

    handle(operations.server.readiness, async (_request, reply) => {
      const readiness = await ports.operations.readiness();
      if (readiness.status !== 'ready') reply.status(503);
      return readiness;
    }),

    handle(operations.server.metrics, async (_request, reply) => {
      const { contentType, text } = await ports.operations.metrics();
      reply.header('content-type', contentType);
      // As bytes: it is text already, not a value to be written as JSON.
      return Buffer.from(text);
    }),
  ];
}
