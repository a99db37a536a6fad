import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSecretStore, migrate, openDatabase } from '@outdial/postgres';
import { createTestDatabase } from '@outdial/testing/services';
import { sql } from 'kysely';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createKeyring } from '../../src/secrets/keyring.js';
import { rotateSecrets } from '../../src/secrets/rotate.js';
import { totpBoundTo } from '../../src/secrets/seal-contexts.js';
import { listSealed } from '../../src/secrets/sealed.js';
import {
  BadKeyFile,
  keysInFile,
  readSecretKeys,
  writeKeyFile,
} from '../../src/secrets/secret-keys.js';
import type { Stage } from '../harness/stage.js';

const ADMIN_OF_STAGE = '0191f000-0000-7000-8000-000000000001';

describe('changing the secret key', () => {
  const OLD = createKeyring('the key of last year, which is long enough');
  const CURRENT = 'the key of this year, which is long enough';
  const BOTH = createKeyring(CURRENT, ['the key of last year, which is long enough']);
  const NEW = createKeyring(CURRENT);

  async function sealedDatabase() {
    const database = await createTestDatabase();
    const opened = await openDatabase({ url: database.url });
    onTestFinished(async () => {
      await opened.close();
      await database.drop();
    });
    const { db } = opened;
    await migrate(db);
    const store = createSecretStore(db);
    for (const name of ['connections.aircall.api_token', 'internal.lookup', 'internal.audit']) {
      const sealed = OLD.seal(`the value of ${name}`, name);
      await store.put({ name, sealed, keyId: OLD.keyId }, { userId: null, now: new Date(0) });
    }
    await addUser(db, ADMIN_OF_STAGE, OLD.seal('JBSWY3DPEHPK3PXP', totpBoundTo(ADMIN_OF_STAGE)));
    return db;
  }
  const openedWith = async (keyring: typeof NEW, db: Awaited<ReturnType<typeof sealedDatabase>>) =>
    (await listSealed(db)).map(({ text, boundTo }) => keyring.open(text, boundTo));

  it('changing the secret key seals everything anew, and does nothing the second time', async () => {
    const db = await sealedDatabase();
    expect(await rotateSecrets(db, BOTH)).toEqual({ resealed: 4, already: 0, closed: [] });
    expect(await openedWith(NEW, db)).toEqual([
      'the value of connections.aircall.api_token',
      'the value of internal.audit',
      'the value of internal.lookup',
      'JBSWY3DPEHPK3PXP',
    ]);
    expect(await rotateSecrets(db, BOTH)).toEqual({ resealed: 0, already: 4, closed: [] });
    const { rows } = await sql<{ key_id: string }>`select distinct key_id from secrets`.execute(db);
    expect(rows).toEqual([{ key_id: NEW.keyId }]);
  });

  it('changing the secret key that was cut short leaves everything readable, and is gone on with', async () => {
    const db = await sealedDatabase();
    const [first] = await listSealed(db);
    if (first === undefined) throw new Error('Nothing is sealed.');
    await first.reseal(BOTH.seal(BOTH.open(first.text, first.boundTo), first.boundTo), BOTH.keyId);
    expect(await openedWith(BOTH, db)).toHaveLength(4);
    expect(await rotateSecrets(db, BOTH)).toMatchObject({ resealed: 3, already: 1 });
  });

  it('two rotations at once, beside a new credential, lose nothing', async () => {
    const db = await sealedDatabase();
    const name = 'connections.aircall.api_token';
    const put = createSecretStore(db).put(
      { name, sealed: BOTH.seal('entered meanwhile', name), keyId: BOTH.keyId },
      { userId: null, now: new Date(1) },
    );
    await Promise.all([rotateSecrets(db, BOTH), rotateSecrets(db, BOTH), put]);
    expect(await openedWith(NEW, db)).toContain('entered meanwhile');
  });

  it('changing the secret key names what it cannot open, and leaves it as it is', async () => {
    const db = await sealedDatabase();
    const rotated = await rotateSecrets(db, NEW);
    expect(rotated).toMatchObject({ resealed: 0, already: 0 });
    expect(rotated.closed).toHaveLength(4);
    expect(await openedWith(OLD, db)).toHaveLength(4);
  });
});

describe('the key of the embedded database', () => {
  async function folder(): Promise<string> {
    const dataDir = await mkdtemp(join(tmpdir(), 'outdial-key-'));
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }));
    return dataDir;
  }
  const config = (dataDir: string, secretKey: string | null = null) => ({
    secretKey,
    previousSecretKeys: [],
    database: { kind: 'embedded', dataDir } as const,
  });

  it('the key is made once, also by two starts at the same moment, and only its owner can read it', async () => {
    const dataDir = await folder();
    const made = await Promise.all([1, 2, 3].map(() => readSecretKeys(config(dataDir))));
    expect(new Set(made.map(({ current }) => current)).size).toBe(1);
    expect((await readSecretKeys(config(dataDir))).current).toBe(made[0]?.current);
    expect((await stat(join(dataDir, 'secret.key'))).mode & 0o077).toBe(0);
  });

  it('the key of the embedded database still opens what it sealed once SECRET_KEY is set', async () => {
    const dataDir = await folder();
    const { current } = await readSecretKeys(config(dataDir));
    const own = 'a key of our own, which is long enough for it';
    expect(await readSecretKeys(config(dataDir, own))).toEqual({
      current: own,
      previous: [current],
    });
  });

  it('the key of the embedded database has both keys in its file while they are changed', async () => {
    const dataDir = await folder();
    const [current, old] = ['n'.repeat(64), 'o'.repeat(64)];
    await writeKeyFile(dataDir, [current, old]);
    expect(await readSecretKeys(config(dataDir))).toEqual({ current, previous: [old] });
    expect(await keysInFile(dataDir)).toEqual([current, old]);
    expect(await readFile(join(dataDir, 'secret.key'), 'utf8')).toBe(`${current}\n${old}\n`);
  });

  it.each([
    ['empty', ''],
    ['nothing but line ends', '\n\n'],
    ['cut short', 'a1b2c3'],
  ])(
    'that is %s is refused with what to do, and never made anew over it',
    async (_what, content) => {
      const dataDir = await folder();
      const path = join(dataDir, 'secret.key');
      await writeFile(path, content);
      const refused = readSecretKeys(config(dataDir));
      await expect(refused).rejects.toThrow(BadKeyFile);
      await expect(refused).rejects.toThrow(path);
      await expect(refused).rejects.toThrow('Put it back from a backup');
      expect(await readFile(path, 'utf8')).toBe(content);
    },
  );
});

async function addUser(db: Stage['db'], id: string, totp: string | null = null): Promise<void> {
  await db
    .insertInto('users')
    .values({
      id,
      email: `${id}@example.com`,
      name: 'Ada',
      role: 'admin',
      agent_id: null,
      password_hash: 'none',
      totp_secret: totp,
      created_at: new Date(0),
    } as never)
    .execute();
}
