import type { AgentStore } from '@outdial/postgres';
import { Role } from '@outdial/protocol';
import type { Access } from '../src/access/authorize.js';
import { permissionsOf } from '../src/access/principal.js';

/** What stands in `Authorization` on a stage: a role, and whose calls they take (left out: the first agent's). */
export const as = (role: Role, agentId?: string): string =>
  `Stage ${role}${agentId === undefined ? '' : ` ${agentId}`}`;

export const AS_ADMIN = as('admin');

/** Believes what it is told. How it is found out who somebody really is, `accounts.int.test.ts` looks at. */
export function stageAccess(agents: Pick<AgentStore, 'list'>): Access {
  return {
    async principalOf(authorization) {
      const [, role, named] = authorization.split(' ');
      const agentId = named ?? (await agents.list({ limit: 1 })).rows[0]?.id ?? null;
      const known = Role.parse(role);
      return {
        kind: 'user',
        id: '0191f000-0000-7000-8000-000000000001',
        name: `Somebody who is ${known}`,
        role: known,
        agentId,
        permissions: permissionsOf(known),
        signInId: null,
        mustChangePassword: false,
      };
    },
  };
}
