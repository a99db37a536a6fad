import type { AgentStore } from '@outdial/postgres';
import { Permission, Role } from '@outdial/protocol';
import type { Access } from '../../src/access/authorize.js';
import { type Principal, permissionsOf } from '../../src/access/principal.js';

/** What stands in `Authorization` on a stage: a role, and whose calls they take (left out: the first agent's). */
export const as = (role: Role, agentId?: string): string =>
  `Stage ${role}${agentId === undefined ? '' : ` ${agentId}`}`;

export const AS_ADMIN = as('admin');

/** A program with an API key that may do this. */
export const asKey = (permissions: readonly Permission[]): string =>
  `StageKey ${permissions.join(',')}`;

/** Believes the header. `accounts.int.test.ts` tests real sign-ins. */
export function stageAccess(agents: Pick<AgentStore, 'list'>): Access {
  return {
    async principalOf(authorization) {
      const [scheme, what = '', named] = authorization.split(' ');
      if (scheme === 'StageKey') return aKey(what);
      if (scheme !== 'Stage')
        return { kind: 'refused', reason: 'The stage does not know this user.' };
      const role = Role.parse(what);
      return {
        kind: 'user',
        id: '0191f000-0000-7000-8000-000000000001',
        name: `A user who is ${role}`,
        role,
        agentId: named ?? (await agents.list({ limit: 1 })).rows[0]?.id ?? null,
        permissions: permissionsOf(role),
        signInId: null,
        mustChangePassword: false,
      };
    },
  };
}

const aKey = (permissions: string): Principal => ({
  kind: 'api_key',
  id: '0191f000-0000-7000-8000-000000000002',
  name: 'A program',
  role: null,
  agentId: null,
  permissions: new Set(
    permissions
      .split(',')
      .filter((name) => name !== '')
      .map((name) => Permission.parse(name)),
  ),
  signInId: null,
  mustChangePassword: false,
});
