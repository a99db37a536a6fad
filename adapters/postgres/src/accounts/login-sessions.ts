import { type Kysely, sql } from 'kysely';
import type { Database, SignInsTable } from '../engine/database.js';
import { inTransaction } from '../engine/in-transaction.js';
import type { UserRole } from './users.js';

export type LoginSessionEnd = NonNullable<SignInsTable['ended_because']>;

export interface NewLoginSession {
  readonly id: string;
  readonly userId: string;
  readonly address: string;
  readonly userAgent: string | null;
  readonly token: NewRefreshToken;
}

export interface NewRefreshToken {
  /** SHA-256 of the token. */
  readonly hash: Uint8Array;
  readonly expiresAt: Date;
}

export interface OpenLoginSession {
  readonly id: string;
  readonly startedAt: Date;
  readonly lastUsedAt: Date;
  readonly address: string;
  readonly userAgent: string | null;
}

/** The user of an access token, as the user is now. */
export interface SignedInUser {
  readonly userId: string;
  readonly name: string;
  readonly role: UserRole;
  readonly agentId: string | null;
  readonly mustChangePassword: boolean;
  readonly disabled: boolean;
  readonly ended: boolean;
}

export type RotateAnswer =
  | {
      readonly kind: 'rotated';
      readonly signInId: string;
      readonly userId: string;
      readonly expiresAt: Date;
    }
  /** This very token came before, so two have it: the whole sign-in was ended just now. */
  | { readonly kind: 'used_twice'; readonly signInId: string; readonly userId: string }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'over' };

export interface LoginSessionStore {
  /** False when the user was disabled, or given another password, since `passwordHash` was read. */
  start(
    signIn: NewLoginSession,
    more: { readonly passwordHash: string; readonly now: Date },
  ): Promise<boolean>;
  /** null: there is no such sign-in of this user. */
  find(signInId: string, userId: string): Promise<SignedInUser | null>;
  /**
   * Changes a refresh token for the next one, whose end is at most `latestEnd` after the start of the sign-in. Of two who
   * bring the same token at the same moment one gets the next token, and the other ends the sign-in for both.
   */
  rotate(
    hash: Uint8Array,
    next: NewRefreshToken,
    more: { readonly longestMs: number; readonly now: Date },
  ): Promise<RotateAnswer>;
  /** Of the sign-in that a refresh token belongs to, used or not; null: unknown. */
  ownerOf(hash: Uint8Array): Promise<{ readonly signInId: string; readonly userId: string } | null>;
  /** False when it had ended before, or is not this user's. */
  end(signInId: string, userId: string, because: LoginSessionEnd, now: Date): Promise<boolean>;
  /** All of a user's but `except`; answers how many. */
  endAll(
    userId: string,
    because: LoginSessionEnd,
    more: { readonly now: Date; readonly except?: string | null },
  ): Promise<number>;
  /** Those that have not ended and can still be refreshed, the last used first. */
  listOpen(userId: string, now: Date): Promise<readonly OpenLoginSession[]>;
  /** Ends the login sessions that were not refreshed in time. Deletes those that ended before `endedBefore`, with their tokens. */
  tidy(more: {
    readonly now: Date;
    readonly endedBefore: Date;
  }): Promise<{ readonly forgotten: number }>;
}

/** Who is signed in where. A sign-in is the family of its refresh tokens. */
export function createLoginSessionStore(db: Kysely<Database>): LoginSessionStore {
  const end = async (
    of: Kysely<Database>,
    signInId: string,
    userId: string,
    because: LoginSessionEnd,
    now: Date,
  ): Promise<boolean> => {
    const { numUpdatedRows } = await of
      .updateTable('sign_ins')
      .set({ ended_at: now, ended_because: because })
      .where('id', '=', signInId)
      .where('user_id', '=', userId)
      .where('ended_at', 'is', null)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  };
  const addToken = (of: Kysely<Database>, signInId: string, token: NewRefreshToken, now: Date) =>
    of
      .insertInto('refresh_tokens')
      .values({
        token_hash: token.hash,
        sign_in_id: signInId,
        issued_at: now,
        expires_at: token.expiresAt,
        used_at: null,
      })
      .execute();

  return {
    start: ({ id, userId, address, userAgent, token }, { passwordHash, now }) =>
      inTransaction(db, async (tx) => {
        // A password change or a disabled user ends every login session that exists then: this one is created before that, or not at all.
        const { numUpdatedRows } = await tx
          .updateTable('users')
          .set({ last_signed_in_at: now })
          .where('id', '=', userId)
          .where('password_hash', '=', passwordHash)
          .where('disabled_at', 'is', null)
          .executeTakeFirst();
        if (numUpdatedRows === 0n) return false;
        await tx
          .insertInto('sign_ins')
          .values({
            id,
            user_id: userId,
            started_at: now,
            last_used_at: now,
            address,
            user_agent: userAgent,
            ended_at: null,
            ended_because: null,
          })
          .execute();
        await addToken(tx, id, token, now);
        return true;
      }),

    async find(signInId, userId) {
      const row = await db
        .selectFrom('sign_ins')
        .innerJoin('users', 'users.id', 'sign_ins.user_id')
        .select([
          'users.id',
          'users.name',
          'users.role',
          'users.agent_id',
          'users.must_change_password',
          'users.disabled_at',
          'sign_ins.ended_at',
        ])
        .where('sign_ins.id', '=', signInId)
        .where('sign_ins.user_id', '=', userId)
        .executeTakeFirst();
      if (row === undefined) return null;
      return {
        userId: row.id,
        name: row.name,
        role: row.role,
        agentId: row.agent_id,
        mustChangePassword: row.must_change_password,
        disabled: row.disabled_at !== null,
        ended: row.ended_at !== null,
      };
    },

    rotate: (hash, next, { longestMs, now }) =>
      inTransaction(db, async (tx): Promise<RotateAnswer> => {
        const known = await tx
          .selectFrom('refresh_tokens')
          .select('sign_in_id')
          .where('token_hash', '=', hash)
          .executeTakeFirst();
        if (known === undefined) return { kind: 'unknown' };
        // Another request with a token of this login session waits here, and reads the token afterwards.
        const signIn = await tx
          .selectFrom('sign_ins')
          .innerJoin('users', 'users.id', 'sign_ins.user_id')
          .select([
            'sign_ins.user_id',
            'sign_ins.started_at',
            'sign_ins.ended_at',
            'users.disabled_at',
          ])
          .where('sign_ins.id', '=', known.sign_in_id)
          .forUpdate('sign_ins')
          .executeTakeFirst();
        const token = await tx
          .selectFrom('refresh_tokens')
          .select(['used_at', 'expires_at'])
          .where('token_hash', '=', hash)
          .executeTakeFirst();
        if (signIn === undefined || token === undefined) return { kind: 'unknown' };
        if (signIn.ended_at !== null) return { kind: 'over' };
        const signInId = known.sign_in_id;
        const userId = signIn.user_id;
        if (token.used_at !== null) {
          await end(tx, signInId, userId, 'token_used_twice', now);
          return { kind: 'used_twice', signInId, userId };
        }
        const latest = signIn.started_at.getTime() + longestMs;
        if (token.expires_at <= now || now.getTime() >= latest) {
          await end(tx, signInId, userId, 'expired', now);
          return { kind: 'over' };
        }
        if (signIn.disabled_at !== null) {
          await end(tx, signInId, userId, 'user_changed', now);
          return { kind: 'over' };
        }
        await tx
          .updateTable('refresh_tokens')
          .set({ used_at: now })
          .where('token_hash', '=', hash)
          .execute();
        const expiresAt = new Date(Math.min(next.expiresAt.getTime(), latest));
        await addToken(tx, signInId, { hash: next.hash, expiresAt }, now);
        await tx
          .updateTable('sign_ins')
          .set({ last_used_at: now })
          .where('id', '=', signInId)
          .execute();
        return { kind: 'rotated', signInId, userId, expiresAt };
      }),

    async ownerOf(hash) {
      const row = await db
        .selectFrom('refresh_tokens')
        .innerJoin('sign_ins', 'sign_ins.id', 'refresh_tokens.sign_in_id')
        .select(['sign_ins.id', 'sign_ins.user_id'])
        .where('refresh_tokens.token_hash', '=', hash)
        .executeTakeFirst();
      return row ? { signInId: row.id, userId: row.user_id } : null;
    },

    end: (signInId, userId, because, now) => end(db, signInId, userId, because, now),

    async endAll(userId, because, { now, except = null }) {
      let query = db
        .updateTable('sign_ins')
        .set({ ended_at: now, ended_because: because })
        .where('user_id', '=', userId)
        .where('ended_at', 'is', null);
      if (except !== null) query = query.where('id', '<>', except);
      return Number((await query.executeTakeFirst()).numUpdatedRows);
    },

    async listOpen(userId, now) {
      const rows = await db
        .selectFrom('sign_ins')
        .select(['id', 'started_at', 'last_used_at', 'address', 'user_agent'])
        .where('user_id', '=', userId)
        .where('ended_at', 'is', null)
        .where(
          sql<boolean>`exists (select from refresh_tokens t
            where t.sign_in_id = sign_ins.id and t.used_at is null and t.expires_at > ${now})`,
        )
        .orderBy('last_used_at', 'desc')
        .orderBy('id', 'desc')
        .limit(SESSIONS_LISTED_AT_MOST)
        .execute();
      return rows.map((row) => ({
        id: row.id,
        startedAt: row.started_at,
        lastUsedAt: row.last_used_at,
        address: row.address,
        userAgent: row.user_agent,
      }));
    },

    async tidy({ now, endedBefore }) {
      await sql`
        update sign_ins set ended_at = ${now}, ended_because = 'expired'
        where ended_at is null and not exists (
          select from refresh_tokens t
          where t.sign_in_id = sign_ins.id and t.used_at is null and t.expires_at > ${now})`.execute(
        db,
      );
      // A used token is kept as long as it would have been good, so that it is known when it comes back.
      await sql`delete from refresh_tokens where expires_at <= ${now} and used_at is not null`.execute(
        db,
      );
      const { numAffectedRows } = await sql`
        delete from sign_ins where ended_at < ${endedBefore}`.execute(db);
      return { forgotten: Number(numAffectedRows ?? 0) };
    },
  };
}

/** More than anybody looks through. */
const SESSIONS_LISTED_AT_MOST = 200;
