import { randomUUID } from 'node:crypto';
import {
  createAuditLogStore,
  createSecretStore,
  createUserStore,
  migrate,
  type OpenDatabase,
  openDatabase,
} from '@outdial/postgres';
import { createTestDatabase } from '@outdial/testing/services';
import { SignJWT } from 'jose';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAuditLog } from '../../src/audit/audit-log.js';
import { createAuditTrail } from '../../src/audit/create-audit-trail.js';
import { createAccessTokens } from '../../src/features/accounts/access-tokens.js';
import {
  accessTokenKey,
  InternalKeysMissing,
  internalKeys,
  missingInternalKeys,
  renewAccessTokenKey,
} from '../../src/secrets/internal-keys.js';
import { createKeyring } from '../../src/secrets/keyring.js';
import { rotateSecrets } from '../../src/secrets/rotate.js';

const NOW = new Date('2026-11-20T15:00:00.000Z');
const clock = { now: () => NOW };
const OLD_SECRET = 'the key that leaked, which is long enough';
const NEW_SECRET = 'the key that came after it, long enough';
const keyring = createKeyring(OLD_SECRET);

let database: OpenDatabase;
let drop: () => Promise<void>;
beforeEach(async () => {
  const created = await createTestDatabase();
  drop = created.drop;
  database = await openDatabase({ url: created.url });
  await migrate(database.db);
});
afterEach(async () => {
  await database.close();
  await drop();
});

const addUser = () =>
  createUserStore(database.db).create(
    {
      id: randomUUID(),
      email: 'ada@example.com',
      name: 'Ada',
      role: 'admin',
      agentId: null,
      newAgentId: randomUUID(),
      passwordHash: 'x',
      mustChangePassword: false,
    },
    NOW,
  );
const verify = (key: Uint8Array) => createAuditLog(database.db, key).verify();
const trail = (key: Uint8Array) =>
  createAuditTrail(database.db, { clock, key, log: { error: () => undefined } });
const event = {
  action: 'signed_in',
  actor: { kind: 'user', id: randomUUID(), name: 'Ada' },
} as const;

describe('internal keys', () => {
  it('internal keys of three nodes that start a new installation at once are the same, and the audit log begins once', async () => {
    const made = await Promise.all([1, 2, 3].map(() => internalKeys(database.db, keyring, clock)));
    expect(new Set(made.map((keys) => Buffer.from(keys.audit).toString('hex'))).size).toBe(1);
    expect(new Set(made.map((keys) => keys.webhookSegment)).size).toBe(1);
    const audit = (made[0] as (typeof made)[0]).audit;
    expect(await verify(audit)).toMatchObject({ ok: true, entries: 1 });
    const { rows } = await createAuditLogStore(database.db).list({}, { limit: 10 });
    expect(rows).toMatchObject([{ seq: 1, action: 'audit_begun', actorKind: 'system' }]);
  });

  it.each([
    'internal.audit',
    'internal.lookup',
    'internal.access_tokens',
    'internal.webhook_segment',
  ])(
    'one that was removed (%s) keeps the next start from making another in silence',
    async (name) => {
      const { audit } = await internalKeys(database.db, keyring, clock);
      await addUser();
      await trail(audit).append(event);
      await createSecretStore(database.db).remove(name);
      const start = internalKeys(database.db, keyring, clock);
      await expect(start).rejects.toThrow(InternalKeysMissing);
      await expect(start).rejects.toThrow(name);
      await expect(start).rejects.toThrow('npm run secrets:rotate -- --make-missing-keys');
      expect(await missingInternalKeys(database.db)).toEqual([name]);
    },
  );

  it('removed together with the whole audit log and its head keep the next start from beginning anew', async () => {
    const { audit } = await internalKeys(database.db, keyring, clock);
    await addUser();
    await trail(audit).append(event);
    await sql`alter table audit_log disable trigger all`.execute(database.db);
    await sql`delete from audit_log`.execute(database.db);
    await sql`alter table audit_log enable trigger all`.execute(database.db);
    await sql`update audit_head set seq = 0, hash = ${Buffer.alloc(32)}, seal = ${Buffer.alloc(32)}`.execute(
      database.db,
    );
    // Only the log emptied: found by its key.
    expect((await verify(audit)).ok).toBe(false);
    await sql`delete from secrets`.execute(database.db);
    await expect(internalKeys(database.db, keyring, clock)).rejects.toThrow(InternalKeysMissing);

    // The operator has no backup, and says so: the log begins again, and its first entry tells why.
    const anew = await internalKeys(database.db, keyring, clock, { makeMissing: true });
    const { rows } = await createAuditLogStore(database.db).list({}, { limit: 10 });
    expect(rows).toMatchObject([
      { action: 'audit_begun', details: { because: 'the key of the log was missing' } },
    ]);
    expect(await verify(anew.audit)).toMatchObject({
      ok: false,
      findings: [{ seq: 1, problem: 'end_was_lost' }],
    });
  });

  it('made anew beside a log that is still there leave a log that does not verify', async () => {
    const { audit } = await internalKeys(database.db, keyring, clock);
    await addUser();
    await trail(audit).append(event);
    await createSecretStore(database.db).remove('internal.audit');
    const anew = await internalKeys(database.db, keyring, clock, { makeMissing: true });
    await trail(anew.audit).append(event);
    const verified = await verify(anew.audit);
    expect(verified.ok).toBe(false);
    expect(verified.findings.map(({ problem }) => problem)).toContain('end_was_lost');
  });
});

describe('after SECRET_KEY and a dump of the database leaked', () => {
  const claims = { sub: randomUUID(), sid: randomUUID() };
  const forgedWith = (key: Uint8Array) =>
    new SignJWT({ sid: claims.sid, jti: 'x' })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' })
      .setIssuer('outdial')
      .setAudience('outdial-api')
      .setSubject(claims.sub)
      .setIssuedAt(NOW)
      .setExpirationTime(NOW.getTime() / 1000 + 600)
      .sign(key);

  it('a token that is forged with what leaked counts no longer, once the internal keys were renewed', async () => {
    const leaked = await internalKeys(database.db, keyring, clock);
    const key = accessTokenKey(createSecretStore(database.db), keyring, leaked.accessTokens);
    const tokens = createAccessTokens(key.current, clock);
    const forged = await forgedWith(leaked.accessTokens);
    expect(await tokens.read(forged)).toEqual({ userId: claims.sub, signInId: claims.sid });

    // Sealing the same keys with a new SECRET_KEY changes nothing about that.
    const both = createKeyring(NEW_SECRET, [OLD_SECRET]);
    await rotateSecrets(database.db, both);
    const node = accessTokenKey(createSecretStore(database.db), both, leaked.accessTokens);
    expect(await node.follow()).toBe(false);

    await renewAccessTokenKey(database.db, both, clock);
    expect(await node.follow()).toBe(true);
    const after = createAccessTokens(node.current, clock);
    expect(await after.read(forged)).toBe('invalid');
    const own = await after.issue(claims.sub, claims.sid);
    expect(await after.read(own)).toEqual({ userId: claims.sub, signInId: claims.sid });
    // And a node that starts later has the same one.
    const started = await internalKeys(database.db, createKeyring(NEW_SECRET), clock);
    expect(Buffer.from(started.accessTokens).equals(node.current())).toBe(true);
    expect(Buffer.from(started.audit).equals(leaked.audit)).toBe(true);
  });

  it('a node that cannot open the new key yet keeps the one that it knows', async () => {
    const known = await internalKeys(database.db, keyring, clock);
    const node = accessTokenKey(createSecretStore(database.db), keyring, known.accessTokens);
    await renewAccessTokenKey(database.db, createKeyring(NEW_SECRET, [OLD_SECRET]), clock);
    await expect(node.follow()).rejects.toThrow('SECRET_KEY');
    expect(Buffer.from(node.current()).equals(known.accessTokens)).toBe(true);
  });
});
