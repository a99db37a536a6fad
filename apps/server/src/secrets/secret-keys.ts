import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config/read-config.js';
import { createKeyring, type Keyring } from './keyring.js';

/** Beside the embedded database: one key a line; the first seals, the others still open. */
export const SECRET_KEY_FILE = 'secret.key';

const SHORTEST_KEY = 32;

/** What secrets are sealed with: the key that seals, and older ones that still open. */
export interface SecretKeys {
  readonly current: string;
  readonly previous: readonly string[];
}

/** The file of the key is there, and holds no key. */
export class BadKeyFile extends Error {
  override readonly name = 'BadKeyFile';
}

/** There is no key, and this is not the time to make one. */
export class NoSecretKey extends Error {
  override readonly name = 'NoSecretKey';
}

/**
 * SECRET_KEY, else the file of the embedded database, which the first start makes. A SECRET_KEY that is set later goes before
 * the file's keys, which then still open what they sealed. `make: false`: throws `NoSecretKey` where there is none yet.
 */
export async function readSecretKeys(
  config: Pick<Config, 'secretKey' | 'previousSecretKeys' | 'database'>,
  { make = true }: { readonly make?: boolean } = {},
): Promise<SecretKeys> {
  const { database } = config;
  const inFile = database.kind === 'embedded' ? await keysInFile(database.dataDir) : [];
  const own = [...(config.secretKey === null ? [] : [config.secretKey]), ...inFile];
  const [current = null] = own;
  if (current !== null) {
    const all = new Set([...own, ...config.previousSecretKeys]);
    all.delete(current);
    return { current, previous: [...all] };
  }
  if (!make || database.kind === 'server') {
    throw new NoSecretKey('There is no SECRET_KEY, and no file that keeps one.');
  }
  return { current: await firstKey(database.dataDir), previous: config.previousSecretKeys };
}

export const keyringOf = ({ current, previous }: SecretKeys): Keyring =>
  createKeyring(current, previous);

export const newSecretKey = (): string => randomBytes(32).toString('hex');

/** Replaces the file as a whole: a crash leaves the old one or the new one. Only the owner may read it. */
export async function writeKeyFile(dataDir: string, keys: readonly string[]): Promise<void> {
  const path = join(dataDir, SECRET_KEY_FILE);
  const draft = await writeDraft(dataDir, keys);
  await rename(draft, path);
}

export const removeKeyFile = (dataDir: string): Promise<void> =>
  rm(join(dataDir, SECRET_KEY_FILE), { force: true });

export async function keysInFile(dataDir: string): Promise<readonly string[]> {
  if (dataDir === ':memory:') return [];
  try {
    const path = join(dataDir, SECRET_KEY_FILE);
    const keys = (await readFile(path, 'utf8')).split('\n').flatMap((line) => line.trim() || []);
    // Never made anew: what was sealed with the one that stood there could not be opened any more.
    if (keys.length === 0 || keys.some((key) => key.length < SHORTEST_KEY)) {
      throw new BadKeyFile(
        `${path} ${keys.length === 0 ? 'is empty' : `holds a line of fewer than ${SHORTEST_KEY} characters, which is no key`}. Put it back from a backup. In a new installation that holds nothing yet, delete the file: the next start makes another.`,
      );
    }
    return keys;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Of two processes that make it at once, both go on with the same one: a link, unlike a rename, never replaces. */
async function firstKey(dataDir: string): Promise<string> {
  const made = newSecretKey();
  if (dataDir === ':memory:') return made;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const draft = await writeDraft(dataDir, [made]);
  try {
    await link(draft, join(dataDir, SECRET_KEY_FILE));
    return made;
  } catch (error) {
    const [theirs] = await keysInFile(dataDir);
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || theirs === undefined) throw error;
    return theirs;
  } finally {
    await rm(draft, { force: true });
  }
}

async function writeDraft(dataDir: string, keys: readonly string[]): Promise<string> {
  const draft = join(dataDir, `${SECRET_KEY_FILE}.${randomBytes(4).toString('hex')}`);
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(`${keys.join('\n')}\n`);
    // On the disk before it takes the place of the old one: without its key the database's secrets are lost.
    await file.sync();
  } finally {
    await file.close();
  }
  return draft;
}
