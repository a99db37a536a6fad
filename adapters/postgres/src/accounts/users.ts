import { type Kysely, type Selectable, sql } from 'kysely';
import type { Database, UsersTable } from '../engine/database.js';
import { inTransaction } from '../engine/in-transaction.js';
import { countRows, type Order, type Page, type PageRequest, readPage } from '../engine/page.js';
import { searchText } from '../engine/search-text.js';
import { violatesUnique } from '../engine/unique-violation.js';

export type UserRole = UsersTable['role'];

export interface UserView {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: UserRole;
  /** The agent that takes calls for this user. null: the user takes no calls. */
  readonly agentId: string | null;
  readonly hasSecondFactor: boolean;
  readonly mustChangePassword: boolean;
  readonly createdAt: Date;
  readonly lastSignedInAt: Date | null;
  readonly disabledAt: Date | null;
}

/** What a sign-in is held against; never leaves the server. */
export interface UserWithSecrets extends UserView {
  readonly passwordHash: string;
  /** Sealed; null: none was set up. It counts once it is confirmed (`hasSecondFactor`). */
  readonly totpSecret: string | null;
}

export interface NewUser {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: UserRole;
  /** undefined: with the role agent the agent of this e-mail address or a new one, else none. */
  readonly agentId: string | null | undefined;
  /** The id of the agent who is made when one is needed. */
  readonly newAgentId: string;
  readonly passwordHash: string;
  readonly mustChangePassword: boolean;
}

export interface UserPatch {
  readonly email?: string | undefined;
  readonly name?: string | undefined;
  readonly role?: UserRole | undefined;
  readonly agentId?: string | null | undefined;
  readonly disabled?: boolean | undefined;
}

type Refusal =
  | { readonly kind: 'email_taken' }
  /** Another user takes calls as this agent. */
  | { readonly kind: 'agent_taken' }
  | { readonly kind: 'unknown_agent' };

export type CreateUserAnswer =
  | { readonly kind: 'created'; readonly user: UserView; readonly newAgent: boolean }
  | Refusal;

export type PatchUserAnswer =
  | {
      readonly kind: 'changed';
      readonly before: UserView;
      readonly user: UserView;
      readonly newAgent: boolean;
    }
  | { readonly kind: 'not_found' }
  /** No admin would remain to manage users. */
  | { readonly kind: 'last_admin' }
  /** A user with the role `agent` needs an agent. */
  | { readonly kind: 'agent_needed' }
  | Refusal;

export interface UserStore {
  /** E-mail addresses are compared in any case. A user with the role agent always has an agent: it is made here if need be. */
  create(user: NewUser, now: Date): Promise<CreateUserAnswer>;
  get(userId: string): Promise<UserView | null>;
  getWithSecrets(userId: string): Promise<UserWithSecrets | null>;
  findByEmail(email: string): Promise<UserWithSecrets | null>;
  /** True while no user was ever added. */
  none(): Promise<boolean>;
  /** `q`: in the name or the e-mail address. The oldest first. */
  list(filter: { readonly q?: string | undefined }, page: PageRequest): Promise<Page<UserView>>;
  /**
   * Changes what is given. Refuses to leave no admin who is not disabled, also when two admins demote each other at once.
   * `newAgentId`: the id of the agent who is made when the role becomes agent and there is none. A disabled user is
   * signed out everywhere.
   */
  patch(
    userId: string,
    patch: UserPatch,
    more: { newAgentId: string; now: Date },
  ): Promise<PatchUserAnswer>;
  /** null: there is no such user. */
  rename(userId: string, name: string): Promise<UserView | null>;
  /** False when there is no such user. */
  setPassword(
    userId: string,
    password: { readonly hash: string; readonly mustChange: boolean },
  ): Promise<boolean>;
  /** The same password hashed anew: only while `before` is still the hash. */
  rehash(userId: string, before: string, after: string): Promise<void>;

  /** Replaces one that was not confirmed; false when there is a confirmed one already. */
  prepareSecondFactor(userId: string, sealed: string): Promise<boolean>;
  /** From now on it counts. False when there is none to confirm, or it is confirmed already. */
  confirmSecondFactor(
    userId: string,
    more: {
      readonly step: number;
      readonly recoveryCodes: readonly Uint8Array[];
      readonly now: Date;
    },
  ): Promise<boolean>;
  /** Marks the time step of a code as used; false when it or a later one was used before (RFC 6238, section 5.2). */
  useTotpStep(userId: string, step: number): Promise<boolean>;
  /** False when it is unknown or was used. */
  useRecoveryCode(userId: string, hash: Uint8Array, now: Date): Promise<boolean>;
  /** The old ones no longer count. */
  replaceRecoveryCodes(userId: string, hashes: readonly Uint8Array[]): Promise<void>;
  /** With its recovery codes; false when there was none. */
  removeSecondFactor(userId: string): Promise<boolean>;
  /** Sealed second factors, for sealing them with another key. */
  listSealed(): Promise<readonly { readonly userId: string; readonly sealed: string }[]>;
  /** The same secret sealed anew. False when it was replaced meanwhile. */
  reseal(userId: string, before: string, after: string): Promise<boolean>;
}

/** The people who may sign in. */
export function createUserStore(db: Kysely<Database>): UserStore {
  const one = async (of: Kysely<Database>, userId: string, lock = false) => {
    const query = of.selectFrom('users').selectAll().where('id', '=', userId);
    return (lock ? query.forUpdate() : query).executeTakeFirst();
  };
  const setRecoveryCodes = async (
    tx: Kysely<Database>,
    userId: string,
    hashes: readonly Uint8Array[],
  ): Promise<void> => {
    await tx.deleteFrom('recovery_codes').where('user_id', '=', userId).execute();
    if (hashes.length === 0) return;
    await tx
      .insertInto('recovery_codes')
      .values(hashes.map((hash) => ({ user_id: userId, code_hash: hash, used_at: null })))
      .execute();
  };

  return {
    async create(user, now) {
      try {
        return await inTransaction(db, async (tx): Promise<CreateUserAnswer> => {
          const agent =
            user.agentId === undefined
              ? user.role === 'agent'
                ? await agentFor(tx, user, user.newAgentId, now)
                : { id: null, made: false }
              : { id: user.agentId, made: false };
          const row = await tx
            .insertInto('users')
            .values({
              id: user.id,
              email: user.email,
              name: user.name,
              role: user.role,
              agent_id: agent.id,
              password_hash: user.passwordHash,
              must_change_password: user.mustChangePassword,
              totp_secret: null,
              totp_since: null,
              totp_last_step: null,
              created_at: now,
              last_signed_in_at: null,
              disabled_at: null,
            })
            .returningAll()
            .executeTakeFirstOrThrow();
          return { kind: 'created', user: toView(row), newAgent: agent.made };
        });
      } catch (error) {
        return refusalOf(error);
      }
    },

    async get(userId) {
      const row = await one(db, userId);
      return row ? toView(row) : null;
    },
    async getWithSecrets(userId) {
      const row = await one(db, userId);
      return row ? withSecrets(row) : null;
    },
    async findByEmail(email) {
      const row = await db
        .selectFrom('users')
        .selectAll()
        .where(sql<boolean>`lower(email) = lower(${email})`)
        .executeTakeFirst();
      return row ? withSecrets(row) : null;
    },
    async none() {
      return (await db.selectFrom('users').select('id').limit(1).executeTakeFirst()) === undefined;
    },

    async list({ q }, page) {
      const search = searchText(q);
      const matching = (on: Kysely<Database>) =>
        on
          .selectFrom('users')
          .where(search ? search.isIn(sql`name`, sql`email`) : sql<boolean>`true`);
      return readPage({
        db,
        order: OLDEST_FIRST,
        page,
        rows: (on, cut) =>
          matching(on).selectAll().where(cut.after).orderBy(cut.orderBy).limit(cut.limit).execute(),
        total: (on) => countRows(matching(on)),
        map: toView,
      });
    },

    async patch(userId, patch, { newAgentId, now }) {
      try {
        return await inTransaction(db, async (tx): Promise<PatchUserAnswer> => {
          // Always all admins and in one order, before anything is looked at: two who demote each other wait here, and the
          // second sees what the first did.
          const admins = await tx
            .selectFrom('users')
            .select('id')
            .where('role', '=', 'admin')
            .where('disabled_at', 'is', null)
            .orderBy('id')
            .forUpdate()
            .execute();
          const before = await one(tx, userId, true);
          if (before === undefined) return { kind: 'not_found' };
          const role = patch.role ?? before.role;
          const disabled = patch.disabled ?? before.disabled_at !== null;
          const staysAdmin = role === 'admin' && !disabled;
          const wasAdmin = admins.some(({ id }) => id === userId);
          if (wasAdmin && !staysAdmin && admins.length === 1) return { kind: 'last_admin' };

          let agent = {
            id: patch.agentId === undefined ? before.agent_id : patch.agentId,
            made: false,
          };
          if (role === 'agent' && agent.id === null) {
            if (patch.agentId === null) return { kind: 'agent_needed' };
            const who = { name: patch.name ?? before.name, email: patch.email ?? before.email };
            agent = await agentFor(tx, who, newAgentId, now);
          }
          const row = await tx
            .updateTable('users')
            .set({
              email: patch.email ?? before.email,
              name: patch.name ?? before.name,
              role,
              agent_id: agent.id,
              disabled_at: disabled ? (before.disabled_at ?? now) : null,
            })
            .where('id', '=', userId)
            .returningAll()
            .executeTakeFirstOrThrow();
          if (disabled && before.disabled_at === null) {
            await tx
              .updateTable('sign_ins')
              .set({ ended_at: now, ended_because: 'user_changed' })
              .where('user_id', '=', userId)
              .where('ended_at', 'is', null)
              .execute();
          }
          return {
            kind: 'changed',
            before: toView(before),
            user: toView(row),
            newAgent: agent.made,
          };
        });
      } catch (error) {
        return refusalOf(error);
      }
    },

    async rename(userId, name) {
      const row = await db
        .updateTable('users')
        .set({ name })
        .where('id', '=', userId)
        .returningAll()
        .executeTakeFirst();
      return row ? toView(row) : null;
    },
    async setPassword(userId, { hash, mustChange }) {
      const { numUpdatedRows } = await db
        .updateTable('users')
        .set({ password_hash: hash, must_change_password: mustChange })
        .where('id', '=', userId)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    async rehash(userId, before, after) {
      await db
        .updateTable('users')
        .set({ password_hash: after })
        .where('id', '=', userId)
        .where('password_hash', '=', before)
        .execute();
    },
    async prepareSecondFactor(userId, sealed) {
      const { numUpdatedRows } = await db
        .updateTable('users')
        .set({ totp_secret: sealed, totp_last_step: null })
        .where('id', '=', userId)
        .where('totp_since', 'is', null)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    confirmSecondFactor: (userId, { step, recoveryCodes, now }) =>
      inTransaction(db, async (tx) => {
        const { numUpdatedRows } = await tx
          .updateTable('users')
          .set({ totp_since: now, totp_last_step: step })
          .where('id', '=', userId)
          .where('totp_since', 'is', null)
          .where('totp_secret', 'is not', null)
          .executeTakeFirst();
        if (numUpdatedRows === 0n) return false;
        await setRecoveryCodes(tx, userId, recoveryCodes);
        return true;
      }),
    async useTotpStep(userId, step) {
      const { numUpdatedRows } = await db
        .updateTable('users')
        .set({ totp_last_step: step })
        .where('id', '=', userId)
        .where(sql<boolean>`coalesce(totp_last_step, -1) < ${step}`)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    async useRecoveryCode(userId, hash, now) {
      const { numUpdatedRows } = await db
        .updateTable('recovery_codes')
        .set({ used_at: now })
        .where('user_id', '=', userId)
        .where('code_hash', '=', hash)
        .where('used_at', 'is', null)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
    replaceRecoveryCodes: (userId, hashes) =>
      inTransaction(db, async (tx) => {
        // One at a time for each user, or two at once would both count.
        await one(tx, userId, true);
        await setRecoveryCodes(tx, userId, hashes);
      }),
    removeSecondFactor: (userId) =>
      inTransaction(db, async (tx) => {
        const { numUpdatedRows } = await tx
          .updateTable('users')
          .set({ totp_secret: null, totp_since: null, totp_last_step: null })
          .where('id', '=', userId)
          .where('totp_since', 'is not', null)
          .executeTakeFirst();
        await tx.deleteFrom('recovery_codes').where('user_id', '=', userId).execute();
        return numUpdatedRows > 0n;
      }),
    async listSealed() {
      const rows = await db
        .selectFrom('users')
        .select(['id', 'totp_secret'])
        .where('totp_secret', 'is not', null)
        .orderBy('id')
        .execute();
      return rows.flatMap(({ id, totp_secret: sealed }) =>
        sealed === null ? [] : [{ userId: id, sealed }],
      );
    },
    async reseal(userId, before, after) {
      const { numUpdatedRows } = await db
        .updateTable('users')
        .set({ totp_secret: after })
        .where('id', '=', userId)
        .where('totp_secret', '=', before)
        .executeTakeFirst();
      return numUpdatedRows > 0n;
    },
  };
}

/** The agent of this e-mail address, or a new one. Whether a user has it already, the unique index says. */
async function agentFor(
  tx: Kysely<Database>,
  { name, email }: { readonly name: string; readonly email: string },
  newAgentId: string,
  now: Date,
): Promise<{ readonly id: string; readonly made: boolean }> {
  const made = await tx
    .insertInto('agents')
    .values({
      id: newAgentId,
      name,
      email,
      presence_since: now,
      created_at: now,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (made !== undefined) return { id: made.id, made: true };
  const there = await tx
    .selectFrom('agents')
    .select('id')
    .where(sql<boolean>`lower(email) = lower(${email})`)
    .executeTakeFirstOrThrow();
  return { id: there.id, made: false };
}

function refusalOf(error: unknown): Refusal {
  if (violatesUnique(error, 'users_email')) return { kind: 'email_taken' };
  if (violatesUnique(error, 'users_agent')) return { kind: 'agent_taken' };
  const { code } = error as { readonly code?: unknown };
  // The only foreign key of a user.
  if (code === '23503') return { kind: 'unknown_agent' };
  throw error;
}

const toView = (row: Selectable<UsersTable>): UserView => ({
  id: row.id,
  email: row.email,
  name: row.name,
  role: row.role,
  agentId: row.agent_id,
  hasSecondFactor: row.totp_since !== null,
  mustChangePassword: row.must_change_password,
  createdAt: row.created_at,
  lastSignedInAt: row.last_signed_in_at,
  disabledAt: row.disabled_at,
});

const withSecrets = (row: Selectable<UsersTable>): UserWithSecrets => ({
  ...toView(row),
  passwordHash: row.password_hash,
  totpSecret: row.totp_secret,
});

const OLDEST_FIRST: Order<Selectable<UsersTable>> = {
  name: 'users',
  keys: [
    { expression: sql.ref('created_at'), type: 'timestamptz', value: (row) => row.created_at },
    { expression: sql.ref('id'), type: 'uuid', value: (row) => row.id },
  ],
};
