import type { FastifyInstance } from 'fastify';
import type { Numbers } from '../numbers.js';
import type { Users } from '../users.js';

/** Reference 2. */
export function accountRoutes(
  app: FastifyInstance,
  state: { users: Users; numbers: Numbers },
): void {
  app.get('/v1/ping', () => ({ ping: 'pong' }));
  app.get('/v1/company', () => ({
    company: {
      name: 'Outdial Mock Company',
      users_count: state.users.all().length,
      numbers_count: state.numbers.all().length,
    },
  }));
}
