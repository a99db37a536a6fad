import type { ValidPrincipals } from '@outdial/postgres';
import { type Permission, ROLE_PERMISSIONS } from '@outdial/protocol';
import type { Principal } from './principal.js';

export interface StillGoodPorts {
  read(asked: {
    readonly signInIds: readonly string[];
    readonly apiKeyIds: readonly string[];
  }): Promise<ValidPrincipals>;
}

/**
 * Which of these have other rights by now than when they came, or none: signed out, disabled, another role or agent, the key
 * revoked. One statement for all. A principal with neither login session nor key is left out.
 */
export async function whoChanged(
  { read }: StillGoodPorts,
  principals: Iterable<Principal>,
): Promise<ReadonlySet<Principal>> {
  const asked = [...principals].filter((each) => each.kind === 'api_key' || each.signInId !== null);
  if (asked.length === 0) return new Set();
  const known = await read({
    signInIds: [...new Set(asked.flatMap((each) => each.signInId ?? []))],
    apiKeyIds: [...new Set(asked.flatMap((each) => (each.kind === 'api_key' ? each.id : [])))],
  });
  return new Set(asked.filter((each) => !isAsItWas(each, known)));
}

function isAsItWas(principal: Principal, known: ValidPrincipals): boolean {
  if (principal.kind === 'api_key') {
    const key = known.apiKeys.get(principal.id);
    if (key === undefined) return false;
    const makers: readonly string[] = ROLE_PERMISSIONS[key.makerRole];
    const now = key.permissions.filter((permission) => makers.includes(permission));
    return (
      now.length === principal.permissions.size &&
      now.every((permission) => principal.permissions.has(permission as Permission))
    );
  }
  const user = principal.signInId === null ? undefined : known.signIns.get(principal.signInId);
  return (
    user !== undefined &&
    user.role === principal.role &&
    user.agentId === principal.agentId &&
    user.mustChangePassword === principal.mustChangePassword
  );
}
