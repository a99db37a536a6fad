import type { Clock, Ids } from '@outdial/core';
import {
  createApiKeyStore,
  createKnownPlaceStore,
  createLoginSessionStore,
  createSignInFailureStore,
  createUserStore,
  type OpenDatabase,
} from '@outdial/postgres';
import { type AuditTrail, notRecorded } from '../../access/audit-trail.js';
import type { Access } from '../../access/authorize.js';
import type { SecurityAlerts } from '../../access/security-alerts.js';
import type { Changes } from '../../audit/changes.js';
import type { InternalKeys } from '../../secrets/internal-keys.js';
import type { Keyring } from '../../secrets/keyring.js';
import { createAccess } from './access.js';
import { createAccessTokens } from './access-tokens.js';
import { type ApiKeys, createApiKeys } from './api-keys.js';
import { createOwnAccount, type OwnAccount } from './own-account.js';
import { createPasswords, type Passwords } from './passwords.js';
import { createSecondFactor } from './second-factor.js';
import { createSigningIn, type SigningIn } from './sign-in.js';
import { createSignInGuard, KNOWN_PLACE_MS } from './sign-in-guard.js';
import { createUsers, type Users } from './users.js';

const DAY = 24 * 3600_000;
/** The audit log tells of older ones. */
const KEEP_ENDED_SIGN_INS = 30 * DAY;
const KEEP_FAILURES = 2 * DAY;

export interface AccountPorts {
  readonly db: OpenDatabase['db'];
  readonly keyring: Keyring;
  readonly keys: Pick<InternalKeys, 'lookup'> & { readonly accessTokens: () => Uint8Array };
  readonly audit: AuditTrail;
  readonly changes: Changes;
  readonly alerts: SecurityAlerts;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly passwords?: Passwords;
}

/** Everything about who may come in. */
export interface Accounts {
  readonly access: Access;
  readonly signingIn: SigningIn;
  readonly own: OwnAccount;
  readonly users: Users;
  readonly apiKeys: ApiKeys;
  readonly passwords: Passwords;
  /** Lets go of sign-ins and counts that are long over; answers how many sign-ins. */
  forgetOld(now: Date): Promise<number>;
}

export function createAccounts(ports: AccountPorts): Accounts {
  const { db, alerts, changes, clock, ids, keyring, keys } = ports;
  const audit: AuditTrail = {
    append: (event) =>
      ports.audit.append(event).catch((cause: unknown) => {
        throw notRecorded(cause);
      }),
  };
  const passwords = ports.passwords ?? createPasswords();
  const users = createUserStore(db);
  const signIns = createLoginSessionStore(db);
  const apiKeys = createApiKeyStore(db);
  const failures = createSignInFailureStore(db);
  const places = createKnownPlaceStore(db);
  const accessTokens = createAccessTokens(keys.accessTokens, clock);
  const guard = createSignInGuard({ failures, places, key: keys.lookup, alerts, clock });
  const secondFactor = createSecondFactor({ users, keyring, clock });
  const signingIn = createSigningIn({
    users,
    signIns,
    guard,
    passwords,
    secondFactor,
    accessTokens,
    audit,
    changes,
    alerts,
    clock,
    ids,
  });
  const managedKeys = createApiKeys({ store: apiKeys, changes, clock, ids });
  return {
    access: createAccess({ accessTokens, signIns, apiKeys, clock }),
    signingIn,
    own: createOwnAccount({ users, signIns, signingIn, passwords, secondFactor, changes, clock }),
    users: createUsers({
      users,
      apiKeys,
      revokeApiKey: managedKeys.revoke,
      guard,
      passwords,
      changes,
      clock,
      ids,
    }),
    apiKeys: managedKeys,
    passwords,
    async forgetOld(now) {
      await failures.tidy(new Date(now.getTime() - KEEP_FAILURES));
      await places.tidy(new Date(now.getTime() - KNOWN_PLACE_MS));
      const endedBefore = new Date(now.getTime() - KEEP_ENDED_SIGN_INS);
      return (await signIns.tidy({ now, endedBefore })).forgotten;
    },
  };
}
