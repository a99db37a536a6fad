import type { FastifyInstance } from 'fastify';
import { numberPayload } from '../number-payload.js';
import type { MockNumber, Numbers } from '../numbers.js';
import { listPage } from '../pagination.js';
import type { Settings } from '../settings.js';
import { nestedUserPayload } from '../user-payload.js';
import type { Users } from '../users.js';
import { found, idOf, listRequest } from './request-parts.js';

/** Reference 5.1. */
export function numberRoutes(
  app: FastifyInstance,
  state: { numbers: Numbers; users: Users; settings: Settings },
): void {
  const payload = (number: MockNumber) => ({
    ...numberPayload(number),
    users: state.users.assignedTo(number.id).map(nestedUserPayload),
  });
  app.get('/v1/numbers', (request) =>
    listPage(listRequest(request), state.numbers.all(), {
      key: 'numbers',
      createdAtMs: (number) => Date.parse(number.createdAt),
      payload,
      behaviour: state.settings.behaviour,
    }),
  );
  app.get('/v1/numbers/:id', (request) => ({
    number: payload(found(state.numbers.find(idOf(request, 'Number')), 'Number')),
  }));
}
