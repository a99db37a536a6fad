import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  createAgentStore,
  createApiKeyStore,
  createLoginSessionStore,
  createSignInFailureStore,
  createUserStore,
  type Delays,
  type NewUser,
} from '../src/index.js';
import { onEachDatabase } from './on-each-database.js';

const NOW = new Date('2026-11-20T15:00:00.000Z');
const SECOND = 1000;
const DAY = 24 * 3600 * SECOND;
const later = (ms: number): Date => new Date(NOW.getTime() + ms);

onEachDatabase('accounts', (db) => {
  beforeEach(async () => {
    await sql`truncate users, sign_in_failures cascade`.execute(db());
  });

  let people = 0;
  const newUser = (more: Partial<NewUser> = {}): NewUser => {
    people += 1;
    return {
      id: randomUUID(),
      email: `person.${people}@example.com`,
      name: `Person ${people}`,
      role: 'supervisor',
      agentId: undefined,
      newAgentId: randomUUID(),
      passwordHash: 'a hash',
      mustChangePassword: false,
      ...more,
    };
  };
  async function add(more: Partial<NewUser> = {}) {
    const answer = await createUserStore(db()).create(newUser(more), NOW);
    if (answer.kind !== 'created') throw new Error(answer.kind);
    return answer.user;
  }
  const disable = { disabled: true };
  const patched = async (userId: string, patch: object) =>
    createUserStore(db()).patch(userId, patch, { newAgentId: randomUUID(), now: NOW });

  describe('users', () => {
    it('users with the role agent take calls as a new agent of their name', async () => {
      const user = await add({ role: 'agent', name: 'Anna', email: 'anna@example.com' });
      const agent = await createAgentStore(db()).get(user.agentId ?? '');
      expect(agent).toMatchObject({ name: 'Anna', email: 'anna@example.com' });
    });

    it('users take calls as the agent who has their e-mail address already', async () => {
      const id = randomUUID();
      await createAgentStore(db()).create({ id, name: 'Anna L.', email: 'Anna@Example.com' }, NOW);
      expect((await add({ role: 'agent', email: 'anna@example.com' })).agentId).toBe(id);
    });

    it('a user cannot take calls as an agent of another user, or as an unknown agent', async () => {
      const { agentId } = await add({ role: 'agent' });
      const users = createUserStore(db());
      expect(await users.create(newUser({ agentId }), NOW)).toEqual({ kind: 'agent_taken' });
      const unknown = newUser({ agentId: randomUUID() });
      expect(await users.create(unknown, NOW)).toEqual({ kind: 'unknown_agent' });
      expect(await users.get(unknown.id)).toBeNull();
    });

    it('users whose e-mail address is taken leave no agent behind', async () => {
      await add({ email: 'anna@example.com' });
      const again = newUser({ email: 'ANNA@example.com', role: 'agent' });
      expect(await createUserStore(db()).create(again, NOW)).toEqual({ kind: 'email_taken' });
      expect(await createAgentStore(db()).get(again.newAgentId)).toBeNull();
    });

    it('who become agents get one, and cannot lose it while they are', async () => {
      const { id } = await add();
      expect(await patched(id, { role: 'agent', agentId: null })).toEqual({ kind: 'agent_needed' });
      const answer = await patched(id, { role: 'agent' });
      expect(answer).toMatchObject({
        kind: 'changed',
        newAgent: true,
        before: { role: 'supervisor' },
      });
      expect(await patched(id, { agentId: null })).toEqual({ kind: 'agent_needed' });
    });

    it('users are never left without an admin: not by one change, not by two at the same moment', async () => {
      const [one, two] = [await add({ role: 'admin' }), await add({ role: 'admin' })];
      const answers = await Promise.all([
        patched(one.id, { role: 'supervisor' }),
        patched(two.id, disable),
      ]);
      expect(answers.map(({ kind }) => kind).sort()).toEqual(['changed', 'last_admin']);
      const { rows } = await createUserStore(db()).list({}, { limit: 10 });
      expect(rows.filter(({ role, disabledAt }) => role === 'admin' && !disabledAt)).toHaveLength(
        1,
      );
    });

    it('who are disabled count as no admin, and are signed out', async () => {
      const [one, two] = [await add({ role: 'admin' }), await add({ role: 'admin' })];
      const signInId = await signIn(two.id);
      await patched(two.id, disable);
      expect(await createLoginSessionStore(db()).find(signInId, two.id)).toMatchObject({
        disabled: true,
        ended: true,
      });
      expect(await patched(one.id, disable)).toEqual({ kind: 'last_admin' });
    });

    it('users are found by a part of the name or the e-mail address', async () => {
      await add({ name: 'Anna Lind', email: 'anna@example.com' });
      await add({ name: 'Ben', email: 'ben_x@example.com' });
      const users = createUserStore(db());
      const found = async (q: string) =>
        (await users.list({ q }, { limit: 10 })).rows.map(({ name }) => name);
      expect(await found('LIND')).toEqual(['Anna Lind']);
      expect(await found('n_x')).toEqual(['Ben']);
      expect(await found('%')).toEqual([]);
    });
  });

  describe('codes', () => {
    it('codes of an authenticator app count once, and older ones no longer, ten times at once too', async () => {
      const { id } = await add();
      const users = createUserStore(db());
      const answers = await Promise.all(Array.from({ length: 10 }, () => users.useTotpStep(id, 7)));
      expect(answers.filter(Boolean)).toHaveLength(1);
      expect(await users.useTotpStep(id, 6)).toBe(false);
      expect(await users.useTotpStep(id, 8)).toBe(true);
    });

    it('codes for recovery count once', async () => {
      const { id } = await add();
      const users = createUserStore(db());
      await users.prepareSecondFactor(id, 'sealed');
      const recoveryCodes = [Buffer.from('one'), Buffer.from('two')];
      expect(await users.confirmSecondFactor(id, { step: 1, recoveryCodes, now: NOW })).toBe(true);
      expect(await users.confirmSecondFactor(id, { step: 1, recoveryCodes, now: NOW })).toBe(false);
      const used = await Promise.all(
        Array.from({ length: 5 }, () => users.useRecoveryCode(id, Buffer.from('one'), NOW)),
      );
      expect(used.filter(Boolean)).toHaveLength(1);
      await users.replaceRecoveryCodes(id, [Buffer.from('three')]);
      expect(await users.useRecoveryCode(id, Buffer.from('two'), NOW)).toBe(false);
      expect(await users.useRecoveryCode(id, Buffer.from('three'), NOW)).toBe(true);
    });
  });

  async function signIn(userId: string, token: string = randomUUID(), now = NOW): Promise<string> {
    const id = randomUUID();
    const started = await createLoginSessionStore(db()).start(
      {
        id,
        userId,
        address: '203.0.113.5',
        userAgent: null,
        token: { hash: Buffer.from(token), expiresAt: new Date(now.getTime() + 30 * DAY) },
      },
      { passwordHash: 'a hash', now },
    );
    if (!started) throw new Error('Not started.');
    return id;
  }
  const rotate = (token: string, next: string, now = NOW) =>
    createLoginSessionStore(db()).rotate(
      Buffer.from(token),
      { hash: Buffer.from(next), expiresAt: new Date(now.getTime() + 30 * DAY) },
      { longestMs: 90 * DAY, now },
    );
  const liveTokens = async (signInId: string): Promise<number> => {
    const { rows } = await sql<{ live: number }>`
      select count(*)::integer as live from refresh_tokens t join sign_ins s on s.id = t.sign_in_id
      where s.id = ${signInId} and s.ended_at is null and t.used_at is null`.execute(db());
    return rows[0]?.live ?? -1;
  };

  describe('a sign-in', () => {
    it('a sign-in does not begin with a password that was changed while it was looked at', async () => {
      const { id } = await add();
      await createUserStore(db()).setPassword(id, { hash: 'another', mustChange: false });
      await expect(signIn(id)).rejects.toThrow('Not started.');
    });

    it('a sign-in goes on with the next token each time, and an old one ends it', async () => {
      const user = await add();
      const signInId = await signIn(user.id, 'first');
      expect(await rotate('first', 'second')).toMatchObject({ kind: 'rotated', signInId });
      expect(await rotate('second', 'third')).toMatchObject({ kind: 'rotated' });
      expect(await rotate('first', 'fourth')).toMatchObject({
        kind: 'used_twice',
        userId: user.id,
      });
      expect(await rotate('third', 'fifth')).toEqual({ kind: 'over' });
      expect(await rotate('first', 'sixth')).toEqual({ kind: 'over' });
      expect(await rotate('never seen', 'seventh')).toEqual({ kind: 'unknown' });
      expect(await liveTokens(signInId)).toBe(0);
    });

    it('a login session never has two valid tokens, even when two requests bring the same one together', async () => {
      const { id } = await add();
      for (let round = 0; round < 10; round += 1) {
        const signInId = await signIn(id, `token ${round}`);
        const answers = await Promise.all(
          [1, 2, 3].map((each) => rotate(`token ${round}`, `next ${round} ${each}`)),
        );
        const kinds = answers.map(({ kind }) => kind).sort();
        expect(kinds).toEqual(['over', 'rotated', 'used_twice']);
        expect(await liveTokens(signInId)).toBe(0);
      }
    });

    it('a sign-in is over after thirty days without use, and ninety days after it began', async () => {
      const { id } = await add();
      await signIn(id, 'idle');
      expect(await rotate('idle', 'x', later(30 * DAY))).toEqual({ kind: 'over' });
      await signIn(id, 'a');
      expect(await rotate('a', 'b', later(29 * DAY))).toMatchObject({ kind: 'rotated' });
      expect(await rotate('b', 'c', later(58 * DAY))).toMatchObject({ kind: 'rotated' });
      const last = await rotate('c', 'd', later(87 * DAY));
      expect(last).toMatchObject({ kind: 'rotated', expiresAt: later(90 * DAY) });
      expect(await rotate('d', 'e', later(90 * DAY))).toEqual({ kind: 'over' });
    });

    it('a sign-in is listed while it lasts, and can be ended by its owner only', async () => {
      const [one, two] = [await add(), await add()];
      const signIns = createLoginSessionStore(db());
      const mine = await signIn(one.id);
      const other = await signIn(one.id);
      await signIn(two.id);
      expect((await signIns.listOpen(one.id, NOW)).map(({ id }) => id).sort()).toEqual(
        [mine, other].sort(),
      );
      expect(await signIns.end(mine, two.id, 'signed_out', NOW)).toBe(false);
      expect(await signIns.endAll(one.id, 'password_changed', { now: NOW, except: mine })).toBe(1);
      expect((await signIns.listOpen(one.id, NOW)).map(({ id }) => id)).toEqual([mine]);
      expect(await signIns.listOpen(one.id, later(30 * DAY))).toEqual([]);
    });

    it('a sign-in is forgotten with its tokens a while after it ended', async () => {
      const { id } = await add();
      const signIns = createLoginSessionStore(db());
      await signIn(id, 'one');
      await rotate('one', 'two', later(DAY));
      const tidy = (now: Date) =>
        signIns.tidy({ now, endedBefore: new Date(now.getTime() - 30 * DAY) });
      expect(await tidy(later(30.5 * DAY))).toEqual({ forgotten: 0 });
      expect(await rotate('two', 'three', later(30.5 * DAY))).toMatchObject({ kind: 'rotated' });
      expect(await tidy(later(62 * DAY))).toEqual({ forgotten: 0 });
      expect(await tidy(later(93 * DAY))).toEqual({ forgotten: 1 });
      expect((await sql`select from refresh_tokens`.execute(db())).rows).toEqual([]);
    });
  });

  describe('failed sign-ins', () => {
    const DELAYS: Delays = {
      free: 2,
      firstMs: 10 * SECOND,
      longestMs: 30 * SECOND,
      forgottenAfterMs: DAY,
    };
    const attempt = (now: Date, subject = 'account:anna') =>
      createSignInFailureStore(db()).attempt(subject, DELAYS, now);

    it('cost a wait that doubles up to the longest, and are forgotten after a day', async () => {
      expect(await attempt(NOW)).toEqual({ kind: 'counted', failures: 1, lockedUntil: null });
      expect(await attempt(NOW)).toMatchObject({ failures: 2, lockedUntil: null });
      expect(await attempt(NOW)).toMatchObject({ failures: 3, lockedUntil: later(10 * SECOND) });
      expect(await attempt(later(9_999))).toEqual({ kind: 'locked', until: later(10 * SECOND) });
      expect(await attempt(later(10_000))).toMatchObject({
        failures: 4,
        lockedUntil: later(30_000),
      });
      expect(await attempt(later(30_000))).toMatchObject({
        failures: 5,
        lockedUntil: later(60_000),
      });
      expect(await attempt(later(60_000))).toMatchObject({
        failures: 6,
        lockedUntil: later(90_000),
      });
      expect(await attempt(later(60_000 + DAY))).toMatchObject({ failures: 1, lockedUntil: null });
      expect(await attempt(NOW, 'account:ben')).toMatchObject({ failures: 1 });
    });

    it('failed sign-ins in parallel get no more tries than one after the other', async () => {
      const answers = await Promise.all(Array.from({ length: 50 }, () => attempt(NOW)));
      expect(answers.filter(({ kind }) => kind === 'counted')).toHaveLength(3);
    });

    it('failed sign-ins that were none are taken back, with the wait that they caused', async () => {
      const failures = createSignInFailureStore(db());
      await attempt(NOW);
      await attempt(NOW);
      const third = await attempt(NOW);
      await failures.takeBack('account:anna', third, DELAYS);
      expect(await attempt(NOW)).toMatchObject({ kind: 'counted', failures: 3 });
      expect(await attempt(NOW)).toMatchObject({ kind: 'locked' });
      await failures.clear('account:anna');
      expect(await attempt(NOW)).toMatchObject({ kind: 'counted', failures: 1 });
    });

    it('failed sign-ins are let go of', async () => {
      await attempt(NOW);
      await attempt(later(DAY), 'account:ben');
      expect(await createSignInFailureStore(db()).tidy(later(SECOND))).toBe(1);
    });
  });

  describe('API keys', () => {
    const key = (createdBy: string, name: string) => ({
      id: randomUUID(),
      name,
      prefix: 'od_abc',
      hash: Buffer.from(name),
      permissions: ['stats.any', 'leads.read'],
      createdBy,
      expiresAt: null,
    });

    it('API keys are found by their hash, with what their maker is now', async () => {
      const { id, name } = await add({ role: 'admin' });
      await add({ role: 'admin' });
      const keys = createApiKeyStore(db());
      await keys.create(key(id, 'reporting'), NOW);
      await patched(id, { role: 'supervisor' });
      expect(await keys.findByHash(Buffer.from('reporting'))).toMatchObject({
        permissions: ['stats.any', 'leads.read'],
        createdBy: { id, name },
        maker: { role: 'supervisor', disabled: false },
      });
      expect(await keys.findByHash(Buffer.from('something else'))).toBeNull();
    });

    it('API keys have a name of their own until they are revoked', async () => {
      const { id } = await add();
      const keys = createApiKeyStore(db());
      const first = key(id, 'reporting');
      await keys.create(first, NOW);
      expect(await keys.create({ ...key(id, 'Reporting') }, NOW)).toBe('name_taken');
      expect(await keys.revoke(first.id, NOW)).toBe(true);
      expect(await keys.revoke(first.id, NOW)).toBe(false);
      expect(await keys.create(key(id, 'Reporting'), later(SECOND))).toMatchObject({
        name: 'Reporting',
      });
      expect((await keys.list({ limit: 1 })).rows[0]?.name).toBe('Reporting');
    });

    it('note their use at most once a minute', async () => {
      const { id } = await add();
      const keys = createApiKeyStore(db());
      const made = key(id, 'reporting');
      await keys.create(made, NOW);
      const use = (at: Date) => keys.used(made.id, at, new Date(at.getTime() - 60 * SECOND));
      await use(NOW);
      await use(later(59 * SECOND));
      expect((await keys.get(made.id))?.lastUsedAt).toEqual(NOW);
      await use(later(60 * SECOND));
      expect((await keys.get(made.id))?.lastUsedAt).toEqual(later(60 * SECOND));
    });
  });
});
