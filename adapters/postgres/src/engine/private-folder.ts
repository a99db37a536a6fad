import { chmod, mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';

const ONLY_OWNER_FOLDER = 0o700;
const ONLY_OWNER_FILE = 0o600;
const OTHERS = 0o077;
/** What this program keeps in a data directory, by how the names begin. */
const OURS = ['pglite', 'outdial.lock', 'secret.key'];

/**
 * Makes `dataDir` and the embedded database in it, and closes both to every other user of the machine, whatever an earlier version,
 * a backup or a hand left there. The rows hold names, numbers and password hashes; who may write to the files may replace them.
 *
 * From here on this process makes files that only its user may open. PGlite ignores that and makes files with mode 0666 (0.5.16,
 * seen on 30 November 2026), so `correctFiles` runs once more after it has opened, and the folder's own mode is what counts.
 *
 * A directory that also holds things of others (a `DATA_DIR=/srv`) keeps its mode: closing it could break them. Modes that may not be
 * changed, as the directory belongs to another user, stay as they are; `findExposedFiles` finds them.
 */
export async function makePrivate(dataDir: string): Promise<void> {
  if (isMainThread) process.umask(OTHERS);
  const database = join(dataDir, 'pglite');
  await mkdir(dataDir, { recursive: true, mode: ONLY_OWNER_FOLDER });
  await mkdir(database, { recursive: true, mode: ONLY_OWNER_FOLDER });
  const names = await readdir(dataDir);
  if (names.every(isOurs)) await correct(dataDir, ONLY_OWNER_FOLDER);
  await correct(database, ONLY_OWNER_FOLDER);
  for (const name of names) {
    const path = join(dataDir, name);
    if (isOurs(name) && (await stat(path)).isFile()) await correct(path, ONLY_OWNER_FILE);
  }
  await correctFiles(dataDir);
}

/** The embedded database's files and folders, about a thousand: 20 ms. */
export async function correctFiles(dataDir: string): Promise<void> {
  const database = join(dataDir, 'pglite');
  const entries = await readdir(database, { withFileTypes: true, recursive: true });
  for (const entry of entries) {
    if (!entry.isFile() && !entry.isDirectory()) continue;
    await correct(
      join(entry.parentPath, entry.name),
      entry.isFile() ? ONLY_OWNER_FILE : ONLY_OWNER_FOLDER,
    );
  }
}

/** What other users of this machine may read, write or enter; empty: nothing, or the system has no such modes. */
export async function findExposedFiles(dataDir: string): Promise<readonly string[]> {
  if (process.platform === 'win32') return [];
  const names = await readdir(dataDir).catch(() => []);
  const paths = names.filter(isOurs).map((name) => join(dataDir, name));
  // Who may write to the directory may put another database into the place of this one; the sticky bit forbids that.
  const found = (await isReplaceable(dataDir)) ? [dataDir] : [];
  for (const path of paths) if (await isOpen(path)) found.push(path);
  return found;
}

const isOurs = (name: string): boolean => OURS.some((begin) => name.startsWith(begin));

async function isOpen(path: string): Promise<boolean> {
  // `outdial.lock.taking` and drafts come and go.
  const found = await stat(path).catch(() => null);
  if (found === null || path.includes('outdial.lock')) return false;
  return (found.mode & OTHERS) !== 0;
}

async function isReplaceable(folder: string): Promise<boolean> {
  const found = await stat(folder).catch(() => null);
  return found !== null && (found.mode & 0o022) !== 0 && (found.mode & 0o1000) === 0;
}

async function correct(path: string, mode: number): Promise<void> {
  try {
    const found = await stat(path);
    if ((found.mode & 0o777) !== mode) await chmod(path, mode);
  } catch (error) {
    // Gone meanwhile, another user's, or on a file system without modes.
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (!['ENOENT', 'EPERM', 'ENOTSUP', 'EROFS'].includes(code)) throw error;
  }
}
