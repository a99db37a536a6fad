import {
  CreateUser,
  Message,
  PatchUser,
  User,
  UserList,
  UserListQuery,
  UserResult,
} from '@outdial/protocol';
import { principalOf } from '../../access/principal.js';
import type { HttpPorts } from '../http-ports.js';
import { type App, ById, operation } from '../operation.js';
import { fromOf } from '../request-from.js';
import { toWireUser } from '../translate/account.js';
import { fromWirePage, pageFields } from '../translate/page.js';

type Ports = Pick<HttpPorts, 'accounts' | 'agents' | 'announcements' | 'clock' | 'dialer'>;

export function userRoutes(app: App, ports: Ports): void {
  const { announcements } = ports;
  const { users } = ports.accounts;

  app.get(
    '/api/users',
    {
      schema: operation(
        {
          id: 'listUsers',
          tag: 'users',
          summary: 'Who may sign in, the oldest first',
          errors: ['invalid_cursor'],
        },
        { querystring: UserListQuery, response: { 200: UserList } },
      ),
    },
    async ({ query }) => {
      const page = await users.list({ q: query.q }, fromWirePage(query));
      return { users: page.rows.map(toWireUser), ...pageFields(page) };
    },
  );

  app.post(
    '/api/users',
    {
      schema: operation(
        {
          id: 'createUser',
          tag: 'users',
          summary: 'Adds somebody who may sign in',
          description:
            'Whatever the password is, it must be changed at the first sign-in. With the role agent an agent is added too, unless one is named or one has this e-mail address.',
          errors: [
            'duplicate_email',
            'agent_taken',
            'weak_password',
            'rate_limited',
            'not_recorded',
          ],
        },
        { body: CreateUser, response: { 201: UserResult } },
      ),
    },
    async (request, reply) => {
      const { email, name, role, agent_id: agentId, password } = request.body;
      const wish = { email, name, role, agentId, password };
      const made = await users.create(principalOf(request), wish, fromOf(request));
      const { user, oneTimePassword } = made;
      if (made.newAgent && user.agentId !== null) {
        announcements.announce({ kind: 'agent', agentId: user.agentId });
      }
      reply.status(201).header('cache-control', 'no-store');
      return {
        message:
          oneTimePassword === null
            ? `${user.name} was added, and chooses another password at the first sign-in.`
            : `${user.name} was added. The password is shown this once.`,
        user: toWireUser(user),
        ...(oneTimePassword !== null && { one_time_password: oneTimePassword }),
      };
    },
  );

  app.get(
    '/api/users/:id',
    {
      schema: operation(
        { id: 'getUser', tag: 'users', summary: 'One user', errors: ['not_found'] },
        { params: ById, response: { 200: User } },
      ),
    },
    async ({ params }) => toWireUser(await users.get(params.id)),
  );

  app.patch(
    '/api/users/:id',
    {
      schema: operation(
        {
          id: 'updateUser',
          tag: 'users',
          summary: 'Changes what is given; it counts from the user’s next request on',
          description: 'Whoever is disabled is signed out, and a session that they run is paused.',
          errors: ['not_found', 'duplicate_email', 'agent_taken', 'last_admin', 'not_recorded'],
        },
        { params: ById, body: PatchUser, response: { 200: UserResult } },
      ),
    },
    async (request) => {
      const { email, name, role, agent_id: agentId, disabled } = request.body;
      const patch = { email, name, role, agentId, disabled };
      const changed = await users.patch(
        principalOf(request),
        request.params.id,
        patch,
        fromOf(request),
      );
      const { before, user } = changed;
      if (changed.newAgent && user.agentId !== null) {
        announcements.announce({ kind: 'agent', agentId: user.agentId });
      }
      const gone = before.disabledAt === null && user.disabledAt !== null;
      if (gone && before.agentId !== null) await takeOffThePhone(ports, before.agentId);
      return { message: `${user.name} was saved.`, user: toWireUser(user) };
    },
  );

  app.post(
    '/api/users/:id/password',
    {
      schema: operation(
        {
          id: 'resetPassword',
          tag: 'users',
          summary: 'Makes up a new password and ends all sign-ins of the user',
          errors: ['not_found', 'rate_limited', 'not_recorded'],
        },
        { params: ById, response: { 200: UserResult } },
      ),
    },
    async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const { user, oneTimePassword } = await users.resetPassword(
        principalOf(request),
        request.params.id,
        fromOf(request),
      );
      return {
        message: `${user.name} has a new password. It is shown this once.`,
        user: toWireUser(user),
        one_time_password: oneTimePassword,
      };
    },
  );

  app.post(
    '/api/users/:id/sign-out',
    {
      schema: operation(
        {
          id: 'signUserOut',
          tag: 'users',
          summary: 'Ends all sign-ins of the user',
          errors: ['not_found', 'not_recorded'],
        },
        { params: ById, response: { 200: Message } },
      ),
    },
    async (request) => {
      const by = principalOf(request);
      const { user, ended } = await users.signOut(by, request.params.id, fromOf(request));
      return { message: `${user.name} is signed out everywhere (${ended} sign-ins).` };
    },
  );

  app.delete(
    '/api/users/:id/second-factor',
    {
      schema: operation(
        {
          id: 'removeSecondFactor',
          tag: 'users',
          summary: 'Removes the second factor of a user who lost it',
          errors: ['not_found', 'second_factor_off', 'not_recorded'],
        },
        { params: ById, response: { 200: Message } },
      ),
    },
    async (request) => {
      const by = principalOf(request);
      const user = await users.removeSecondFactor(by, request.params.id, fromOf(request));
      return { message: `${user.name} signs in without a second factor now.` };
    },
  );
}

/** Nobody takes the calls any more that the session would go on to place. */
async function takeOffThePhone(
  { agents, announcements, clock, dialer }: Ports,
  agentId: string,
): Promise<void> {
  await agents.setPresence(agentId, 'OFFLINE', clock.now());
  await dialer.stepAway(agentId, 'agent_offline');
  announcements.announce({ kind: 'agent', agentId });
}
