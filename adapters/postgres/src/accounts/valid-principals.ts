import { type Kysely, sql } from 'kysely';
import type { Database } from '../engine/database.js';
import type { UserRole } from './users.js';

/** Those of the given sign-ins and API keys that count at this moment, by id, with what they count for. */
export interface ValidPrincipals {
  readonly signIns: ReadonlyMap<
    string,
    {
      readonly role: UserRole;
      readonly agentId: string | null;
      readonly mustChangePassword: boolean;
    }
  >;
  readonly apiKeys: ReadonlyMap<
    string,
    { readonly makerRole: UserRole; readonly permissions: readonly string[] }
  >;
}

/** For connections that outlive the request that opened them: one statement for all of them. */
export async function readValidPrincipals(
  db: Kysely<Database>,
  asked: { readonly signInIds: readonly string[]; readonly apiKeyIds: readonly string[] },
  now: Date,
): Promise<ValidPrincipals> {
  const { rows } = await sql<{
    kind: 'sign_in' | 'api_key';
    id: string;
    role: UserRole;
    agent_id: string | null;
    must_change_password: boolean;
    permissions: string[];
  }>`
    select 'sign_in' as kind, s.id, u.role, u.agent_id, u.must_change_password, '{}'::text[] as permissions
    from sign_ins s join users u on u.id = s.user_id
    where s.id = any(${[...asked.signInIds]}::uuid[]) and s.ended_at is null and u.disabled_at is null
    union all
    select 'api_key', k.id, u.role, null, false, k.permissions
    from api_keys k join users u on u.id = k.created_by
    where k.id = any(${[...asked.apiKeyIds]}::uuid[]) and k.revoked_at is null
      and (k.expires_at is null or k.expires_at > ${now}) and u.disabled_at is null`.execute(db);
  const of = (kind: 'sign_in' | 'api_key') => rows.filter((row) => row.kind === kind);
  return {
    signIns: new Map(
      of('sign_in').map((row) => [
        row.id,
        { role: row.role, agentId: row.agent_id, mustChangePassword: row.must_change_password },
      ]),
    ),
    apiKeys: new Map(
      of('api_key').map((row) => [row.id, { makerRole: row.role, permissions: row.permissions }]),
    ),
  };
}
