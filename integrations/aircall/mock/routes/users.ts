import type { FastifyInstance, FastifyReply } from 'fastify';
import { edge } from '../api-problem.js';
import { numberPayload } from '../number-payload.js';
import type { Numbers } from '../numbers.js';
import { listPage } from '../pagination.js';
import type { Settings } from '../settings.js';
import { availabilityRow, userPayload } from '../user-payload.js';
import { availabilityOf, type MockUser, type Users } from '../users.js';
import { found, idOf, listRequest, textOf } from './request-parts.js';

const createdAtMs = (user: MockUser) => Date.parse(user.createdAt);

/** Reference 3: users by v2, availabilities on v1, and the old v1 reads as long as they are switched on. */
export function userRoutes(
  app: FastifyInstance,
  state: { users: Users; numbers: Numbers; settings: Settings },
): void {
  const { users, numbers, settings } = state;
  const userNumbers = (user: MockUser) =>
    user.numberIds.map((id) => numbers.find(id)).filter((number) => number !== undefined);

  app.get('/v2/users', (request) =>
    listPage(listRequest(request), users.all(), {
      key: 'users',
      createdAtMs,
      payload: userPayload,
      behaviour: settings.behaviour,
    }),
  );
  app.get('/v2/users/:id', (request) => ({
    user: userPayload(found(users.findByIdOrEmail(textOf(request, 'id')), 'User')),
  }));
  app.get('/v2/users/:id/numbers', (request) => {
    const user = found(users.findByIdOrEmail(textOf(request, 'id')), 'User');
    return listPage(listRequest(request), userNumbers(user), {
      key: 'numbers',
      createdAtMs: (number) => Date.parse(number.createdAt),
      payload: numberPayload,
      behaviour: settings.behaviour,
    });
  });

  app.get('/v1/users/availabilities', (request) =>
    listPage(listRequest(request), users.all(), {
      key: 'users',
      createdAtMs,
      payload: availabilityRow,
      behaviour: settings.behaviour,
    }),
  );
  app.get('/v1/users/:id/availability', (request) => ({
    availability: availabilityOf(found(users.find(idOf(request, 'User')), 'User')),
  }));

  const removed = (reply: FastifyReply) =>
    reply.code(settings.behaviour.v1UserReads === 'gone' ? 410 : 404).send(edge.notFound);
  const v1User = (user: MockUser) => ({
    ...userPayload(user),
    numbers: userNumbers(user).map(numberPayload),
  });

  app.get('/v1/users', (request, reply) => {
    if (settings.behaviour.v1UserReads !== 'served') return removed(reply);
    return listPage(listRequest(request), users.all(), {
      key: 'users',
      createdAtMs,
      payload: v1User,
      behaviour: settings.behaviour,
    });
  });
  app.get('/v1/users/:id', (request, reply) => {
    if (settings.behaviour.v1UserReads !== 'served') return removed(reply);
    return { user: v1User(found(users.find(idOf(request, 'User')), 'User')) };
  });
}
