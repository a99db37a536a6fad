import type { FastifyInstance, FastifyRequest } from 'fastify';
import { listPage } from '../pagination.js';
import type { Settings } from '../settings.js';
import type { Team, Teams } from '../teams.js';
import { nestedUserPayload } from '../user-payload.js';
import type { Users } from '../users.js';
import { found, idOf, listRequest } from './request-parts.js';

/** Reference 2. */
export function teamRoutes(
  app: FastifyInstance,
  state: { teams: Teams; users: Users; settings: Settings },
): void {
  const { teams, users, settings } = state;
  const payload = (team: Team) => ({
    id: team.id,
    direct_link: `https://api.aircall.io/v1/teams/${team.id}`,
    name: team.name,
    created_at: team.createdAt,
    users: team.userIds
      .map((id) => users.find(id))
      .filter((user) => user !== undefined)
      .map(nestedUserPayload),
  });
  const teamOf = (request: FastifyRequest) => found(teams.find(idOf(request, 'Team')), 'Team');
  const userOf = (request: FastifyRequest) =>
    found(users.find(idOf(request, 'User', 'user_id')), 'User');

  app.get('/v1/teams', (request) =>
    listPage(listRequest(request), teams.all(), {
      key: 'teams',
      createdAtMs: (team) => Date.parse(team.createdAt),
      payload,
      behaviour: settings.behaviour,
    }),
  );
  app.get('/v1/teams/:id', (request) => ({ team: payload(teamOf(request)) }));
  app.post('/v1/teams/:id/users/:user_id', (request, reply) =>
    reply.code(201).send({ team: payload(teams.addUser(teamOf(request), userOf(request).id)) }),
  );
  app.delete('/v1/teams/:id/users/:user_id', (request) => ({
    team: payload(teams.removeUser(teamOf(request), userOf(request).id)),
  }));
}
