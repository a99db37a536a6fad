import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createUserStore, type Database, migrate, openDatabase } from '@outdial/postgres';
import { createTestDatabase } from '@outdial/testing/services';
import type { Kysely } from 'kysely';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AuditEvent } from '../../../src/access/audit-trail.js';
import { createChanges } from '../../../src/audit/changes.js';
import type { Config } from '../../../src/config/read-config.js';
import { createFirstAccounts } from '../../../src/features/accounts/first-accounts.js';
import { createPasswords } from '../../../src/features/accounts/passwords.js';
import { resetPassword } from '../../../src/features/accounts/reset-password.js';
import { orderedIds } from '../../../src/platform/ordered-ids.js';
import { personHashes } from '../../../src/secrets/person-hashes.js';
import { createAccountStage } from '../../harness/account-stage.js';
import { openServer } from '../../harness/running-server.js';
import { expectProblem, STAGE_KEY } from '../../harness/stage.js';

const clock = { now: () => new Date('2026-11-20T15:00:00.000Z') };
const DEMO: Pick<Config, 'firstAdmin' | 'telephony' | 'database'> = {
  firstAdmin: null,
  telephony: { default: null, practiceOnly: false, connections: [] },
  database: { kind: 'embedded', dataDir: ':memory:' },
};
const ON_SERVER = { ...DEMO, database: { kind: 'server', url: 'postgres://here' } } as const;

function starting(db: Kysely<Database>, config: typeof DEMO) {
  const audited: AuditEvent[] = [];
  const audit = {
    appendIn: async (_tx: unknown, events: readonly AuditEvent[]) => void audited.push(...events),
  };
  const changes = createChanges(db, { audit, hashes: personHashes(STAGE_KEY), clock });
  const ports = { passwords: createPasswords(), changes, clock, ids: orderedIds(clock) };
  return { audited, made: () => createFirstAccounts(db, config, ports) };
}

async function inMemory(): Promise<Kysely<Database>> {
  const database = await openDatabase({ dataDir: ':memory:' });
  onTestFinished(() => database.close());
  await migrate(database.db);
  return database.db;
}

describe('the first start', () => {
  it('the first start makes the admin of the environment, whose password is not shown again', async () => {
    const db = await inMemory();
    const firstAdmin = { email: 'anna@example.com', password: 'words of the environment' };
    const { made, audited } = starting(db, { ...DEMO, firstAdmin });
    expect(await made()).toEqual([
      { email: 'anna@example.com', role: 'admin', password: null, mustChangePassword: false },
    ]);
    expect(
      await createPasswords().matches(
        (await createUserStore(db).findByEmail('anna@example.com'))?.passwordHash ?? null,
        'words of the environment',
      ),
    ).toBe(true);
    expect(audited).toMatchObject([{ action: 'user_created', actor: { kind: 'system' } }]);
    expect(JSON.stringify(audited)).not.toContain('words of the environment');
    expect(await made()).toEqual([]);
  });

  it('the first start refuses a password of the environment that would be guessed first', async () => {
    const firstAdmin = { email: 'anna@example.com', password: 'password12345' };
    const { made } = starting(await inMemory(), { ...DEMO, firstAdmin });
    await expect(made()).rejects.toThrow('ADMIN_PASSWORD would be guessed first');
  });

  it('the first start without one makes an admin with a password that must be changed', async () => {
    const { made } = starting(await inMemory(), ON_SERVER);
    const [admin, ...others] = await made();
    expect(others).toEqual([]);
    expect(admin).toMatchObject({ role: 'admin', mustChangePassword: true });
    expect(admin?.password).toMatch(/^([a-z2-9]{5}-){3}[a-z2-9]{5}$/);
  });

  it('the first start of the demo makes an agent, a supervisor and an admin, each with a password of their own', async () => {
    const db = await inMemory();
    const accounts = await starting(db, DEMO).made();
    expect(accounts.map(({ role }) => role)).toEqual(['agent', 'supervisor', 'admin']);
    expect(new Set(accounts.map(({ password }) => password)).size).toBe(3);
    expect(accounts.every(({ mustChangePassword }) => !mustChangePassword)).toBe(true);
    expect((await createUserStore(db).findByEmail('alex@outdial.example'))?.agentId).not.toBeNull();
  });

  it('the first start of three nodes at once makes one admin, whose password is the one that is shown', async () => {
    const database = await createTestDatabase();
    const opened = await Promise.all(
      [1, 2, 3].map(() => openDatabase({ url: database.url, poolSize: 2 })),
    );
    onTestFinished(async () => {
      for (const each of opened) await each.close();
      await database.drop();
    });
    const [first] = opened;
    if (first === undefined) throw new Error('None was opened.');
    await migrate(first.db);
    const answers = await Promise.all(opened.map(({ db }) => starting(db, ON_SERVER).made()));
    const shown = answers.flat();
    expect(shown).toHaveLength(1);
    const users = await createUserStore(first.db).list({}, { limit: 10 });
    expect(users.total).toBe(1);
    const { passwordHash } =
      (await createUserStore(first.db).findByEmail(shown[0]?.email ?? '')) ?? {};
    expect(await createPasswords().matches(passwordHash ?? null, shown[0]?.password ?? '')).toBe(
      true,
    );
  });

  it('the first start lets people in, and after a restart they are still signed in', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'outdial-accounts-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const env = {
      DATA_DIR: folder,
      ADMIN_EMAIL: 'anna@example.com',
      ADMIN_PASSWORD: 'words of the environment',
    };
    const post = async (url: string, body: object) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return { status: response.status, body: await response.json() };
    };
    const before = await openServer(env);
    const credentials = { email: env.ADMIN_EMAIL, password: env.ADMIN_PASSWORD };
    const signedIn = await post(`${before.url}/api/auth/login`, credentials);
    expect(signedIn.status).toBe(200);
    await before.close();
    const after = await openServer(env);
    onTestFinished(() => after.close());
    const me = await fetch(`${after.url}/api/auth/me`, {
      headers: { authorization: `Bearer ${signedIn.body.access_token}` },
    });
    expect(me.status).toBe(200);
    const refreshed = await post(`${after.url}/api/auth/refresh`, {
      refresh_token: signedIn.body.refresh_token,
    });
    expect(refreshed.status).toBe(200);
  });
});

describe('resetting a password at the terminal', () => {
  it('resetting a password at the terminal lets an admin back in who forgot it, lost the phone, was disabled and guessed too often', async () => {
    const stage = await createAccountStage();
    onTestFinished(() => stage.close());
    const { id, email } = await stage.addUser('admin');
    await stage.addUser('admin');
    const users = createUserStore(stage.db);
    await users.prepareSecondFactor(id, 'sealed');
    await users.confirmSecondFactor(id, { step: 1, recoveryCodes: [], now: stage.time.now() });
    const { access_token: shows } = await stage.comeIn((await stage.addUser('admin')).email);
    await stage.ask('PATCH', `/api/users/${id}`, { disabled: true }, { shows });
    for (let n = 0; n < 5; n += 1) await stage.signIn(email, 'forgotten');
    const reset = (wish: { removeSecondFactor: boolean; enable: boolean }, who = email) =>
      resetPassword(
        { email: who, ...wish },
        {
          db: stage.db,
          lookupKey: STAGE_KEY,
          changes: stage.ports.changes,
          clock: { now: () => stage.time.now() },
        },
      );

    expect(
      await reset({ removeSecondFactor: false, enable: false }, 'unknown@example.com'),
    ).toMatchObject({
      kind: 'unknown',
      known: expect.arrayContaining([email]),
    });
    expect(await reset({ removeSecondFactor: false, enable: false })).toMatchObject({
      hasSecondFactor: true,
      disabled: true,
    });
    stage.audited.length = 0;
    const answer = await reset({ removeSecondFactor: true, enable: true });
    if (answer.kind !== 'reset') throw new Error(answer.kind);
    expect(answer).toMatchObject({ hasSecondFactor: false, disabled: false });
    const came = await stage.comeIn(email, answer.oneTimePassword);
    expect(came.user.must_change_password).toBe(true);
    expectProblem(await stage.signIn(email), 401, 'invalid_credentials');
    expect(stage.audited.slice(0, 3).map(({ action, actor }) => [action, actor.kind])).toEqual([
      ['password_changed', 'system'],
      ['user_changed', 'system'],
      ['second_factor_removed', 'system'],
    ]);
    expect(JSON.stringify(stage.audited)).not.toContain(answer.oneTimePassword);
  });
});
