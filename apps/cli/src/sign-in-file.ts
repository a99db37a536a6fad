import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import lockfile from 'proper-lockfile';

/** A sign-in at one server. A user who can read it can act as this person, hence mode 0600. */
export interface StoredSignIn {
  readonly email: string;
  readonly accessToken: string;
  /** ISO 8601; by the clock of this machine. */
  readonly accessTokenUntil: string;
  readonly refreshToken: string;
}

export interface SignIns {
  /** The server that was signed in to last; null: none. */
  readonly current: string | null;
  readonly servers: Readonly<Record<string, StoredSignIn>>;
}

const NONE: SignIns = { current: null, servers: {} };
const LOCK_STALE_MS = 30_000;
const LOCK_RETRIES = { retries: 60, minTimeout: 50, maxTimeout: 500 };

/** Where sign-ins are kept: OUTDIAL_CONFIG_DIR, else the place that the system has for such files. */
export function signInFile(env: Readonly<Record<string, string | undefined>>): string {
  const folder =
    env.OUTDIAL_CONFIG_DIR ??
    join(env.XDG_CONFIG_HOME ?? env.APPDATA ?? join(homedir(), '.config'), 'outdial');
  return join(folder, 'sign-ins.json');
}

/** Answers no sign-ins where there is no file. Fails where the file is not one of ours. */
export async function readSignIns(path: string): Promise<SignIns> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return NONE;
    throw error;
  }
  try {
    return { ...NONE, ...(JSON.parse(text) as Partial<SignIns>) };
  } catch (cause) {
    throw new Error(`${path} cannot be read. Delete it and sign in again.`, { cause });
  }
}

/**
 * Changes the file, one process at a time: a refresh token counts once, so two commands must not use the same one. `change` gets
 * what is stored by then. The new content is on the disk before this resolves.
 */
export async function updateSignIns(
  path: string,
  change: (stored: SignIns) => Promise<SignIns> | SignIns,
): Promise<SignIns> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const release = await lockfile.lock(path, {
    realpath: false,
    stale: LOCK_STALE_MS,
    retries: LOCK_RETRIES,
  });
  try {
    const stored = await readSignIns(path);
    const next = await change(stored);
    if (next !== stored) await replaceFile(path, `${JSON.stringify(next, null, 2)}\n`);
    return next;
  } finally {
    await release();
  }
}

async function replaceFile(path: string, text: string): Promise<void> {
  const beside = `${path}.${process.pid}`;
  await rm(beside, { force: true });
  const file = await open(beside, 'wx', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(beside, path);
}
