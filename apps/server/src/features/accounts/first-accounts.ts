import type { Clock, Ids } from '@outdial/core';
import {
  createUserStore,
  type NewUser,
  type OpenDatabase,
  type UserRole,
  type UserView,
} from '@outdial/postgres';
import type { Changes } from '../../audit/changes.js';
import { type Config, isPracticeOnly } from '../../config/read-config.js';
import { SAMPLE_USERS } from '../sample-data/people.js';
import { weaknessOf } from './password-rules.js';
import type { Passwords } from './passwords.js';
import { newPassword } from './random-words.js';
import { SYSTEM } from './request-origin.js';
import { rememberThisMachine } from './sign-in-guard.js';
import { shown } from './users.js';

/** ADMIN_PASSWORD is one that would be guessed first. */
export class WeakAdminPassword extends Error {
  override readonly name = 'WeakAdminPassword';
}

/** An account that this start made. */
export interface FirstAccount {
  readonly email: string;
  readonly role: UserRole;
  /** To be shown this once; null: the environment said it. */
  readonly password: string | null;
  readonly mustChangePassword: boolean;
}

const ADMIN = { name: 'Admin', email: 'admin@outdial.example' };

/**
 * The first start makes an admin: the one of the environment, else one with a password that is made up. The demo (no real phone and
 * embedded database, and no admin in the environment) makes an agent and a supervisor too, whose passwords last. Of several
 * nodes that start at once one does it; later starts create no account. Throws `WeakAdminPassword`.
 */
export async function createFirstAccounts(
  db: OpenDatabase['db'],
  config: Pick<Config, 'firstAdmin' | 'telephony' | 'database'>,
  ports: {
    readonly passwords: Passwords;
    readonly changes: Changes;
    readonly clock: Clock;
    readonly ids: Ids;
  },
): Promise<readonly FirstAccount[]> {
  if (!(await createUserStore(db).none())) return [];
  const weakness =
    config.firstAdmin && weaknessOf(config.firstAdmin.password, { ...ADMIN, ...config.firstAdmin });
  if (weakness !== null) {
    throw new WeakAdminPassword(
      `ADMIN_PASSWORD would be guessed first: ${weakness}. Set another one; three or four words that do not belong together are good.`,
    );
  }
  const wanted = await Promise.all(
    firstAccounts(config).map(async ({ name, ...account }) => {
      const password = account.password ?? newPassword();
      const user: NewUser = {
        id: ports.ids.next(),
        email: account.email,
        name,
        role: account.role,
        agentId: undefined,
        newAgentId: ports.ids.next(),
        passwordHash: await ports.passwords.hash(password),
        mustChangePassword: account.mustChangePassword,
      };
      return {
        account: { ...account, password: account.password === null ? password : null },
        user,
      };
    }),
  );
  const made: { account: FirstAccount; user: UserView }[] = [];
  await ports.changes.run(async (stores, record) => {
    await stores.lockInstallation();
    if (!(await stores.users.none())) return;
    for (const { account, user } of wanted) {
      const answer = await stores.users.create(user, ports.clock.now());
      if (answer.kind !== 'created')
        throw new Error(`${user.email} could not be added: ${answer.kind}.`);
      await rememberThisMachine(stores.knownPlaces, answer.user.id, ports.clock.now());
      record({
        action: 'user_created',
        actor: SYSTEM,
        target: { kind: 'user', id: answer.user.id },
        details: { because: 'first start', after: shown(answer.user) },
      });
      made.push({ account, user: answer.user });
    }
  });
  return made.map(({ account }) => account);
}

function firstAccounts({
  firstAdmin,
  telephony,
  database,
}: Pick<Config, 'firstAdmin' | 'telephony' | 'database'>): readonly (FirstAccount & {
  readonly name: string;
})[] {
  if (firstAdmin !== null) {
    return [{ ...ADMIN, ...firstAdmin, role: 'admin', mustChangePassword: false }];
  }
  const isDemo = isPracticeOnly({ telephony }) && database.kind === 'embedded';
  if (!isDemo) return [{ ...ADMIN, role: 'admin', password: null, mustChangePassword: true }];
  return SAMPLE_USERS.map((user) => ({ ...user, password: null, mustChangePassword: false }));
}
