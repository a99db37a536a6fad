import { operations } from '@outdial/protocol';
import { principalOf } from '../../access/principal.js';
import { type Handled, handle } from '../../operations/handle.js';
import { fromWirePage, pageFields } from '../../operations/to-page.js';
import type { HttpPorts } from '../http-ports.js';
import { fromOf } from './request-origin.js';
import { toWireApiKey, toWireUser } from './to-wire.js';

type Ports = Pick<HttpPorts, 'accounts' | 'agents' | 'announcements' | 'clock' | 'dialer'>;

export function userHandlers(ports: Ports): readonly Handled[] {
  const { announcements } = ports;
  const { users } = ports.accounts;
  return [
    handle(operations.users.list, async ({ query }) => {
      const page = await users.list({ q: query.q }, fromWirePage(query));
      return { users: page.rows.map(toWireUser), ...pageFields(page) };
    }),

    handle(operations.users.create, async (request, reply) => {
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
    }),

    handle(operations.users.get, async ({ params }) => toWireUser(await users.get(params.id))),

    handle(operations.users.update, async (request) => {
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
    }),

    handle(operations.users.resetPassword, async (request, reply) => {
      reply.header('cache-control', 'no-store');
      const { user, oneTimePassword, apiKeys, revoked } = await users.resetPassword(
        principalOf(request),
        request.params.id,
        fromOf(request),
        { revokeApiKeys: request.body?.revoke_api_keys ?? false },
      );
      const keys =
        revoked > 0
          ? ` ${counted(revoked)} revoked.`
          : apiKeys.length > 0
            ? ` ${counted(apiKeys.length)} still in force, made by this user.`
            : '';
      return {
        message: `${user.name} has a new password. It is shown this once.${keys}`,
        user: toWireUser(user),
        one_time_password: oneTimePassword,
        api_keys: apiKeys.map(toWireApiKey),
      };
    }),

    handle(operations.users.signOut, async (request) => {
      const by = principalOf(request);
      const { user, ended } = await users.signOut(by, request.params.id, fromOf(request));
      return { message: `${user.name} is signed out everywhere (${ended} sign-ins).` };
    }),

    handle(operations.users.removeSecondFactor, async (request) => {
      const by = principalOf(request);
      const user = await users.removeSecondFactor(by, request.params.id, fromOf(request));
      return { message: `${user.name} signs in without a second factor now.` };
    }),
  ];
}

/** The agent can no longer take the calls that the session would place. */
async function takeOffThePhone(
  { agents, announcements, clock, dialer }: Ports,
  agentId: string,
): Promise<void> {
  await agents.setPresence(agentId, 'OFFLINE', clock.now());
  await dialer.stepAway(agentId, 'agent_offline');
  announcements.announce({ kind: 'agent', agentId });
}

const counted = (keys: number): string => (keys === 1 ? '1 API key is' : `${keys} API keys are`);
