import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findExposedFiles, openDatabase } from '../src/index.js';

/** `nobody` on Debian; any number without rights of its own does. */
const ANOTHER_USER = 65_534;
const mayBecomeAnother =
  process.getuid?.() === 0 && spawnSync('setpriv', ['--version'], { stdio: 'ignore' }).status === 0;

describe('the embedded data folder', () => {
  let above: string;
  let folder: string;
  beforeEach(async () => {
    above = await mkdtemp(join(tmpdir(), 'outdial-private-'));
    // Others may come as far as the folder itself.
    await chmod(above, 0o755);
    folder = join(above, 'data');
  });
  afterEach(() => rm(above, { recursive: true, force: true }));

  const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
  async function modes(): Promise<Record<string, number>> {
    const entries = await readdir(join(folder, 'pglite'), { withFileTypes: true, recursive: true });
    const counted: Record<string, number> = {};
    for (const entry of entries) {
      const of = `${entry.isDirectory() ? 'folder' : 'file'} ${await mode(join(entry.parentPath, entry.name))}`;
      counted[of] = (counted[of] ?? 0) + 1;
    }
    return counted;
  }
  async function openAndWrite(): Promise<void> {
    const database = await openDatabase({ dataDir: folder });
    await sql`create table if not exists people (name text)`.execute(database.db);
    await sql`insert into people values ('Ada Example')`.execute(database.db);
    await database.close();
  }
  /** How many files another user of the machine may read or write, and whether it may list the folder. */
  function asAnotherUser(): { readable: number; writable: number; listed: boolean } {
    const count = (right: string) =>
      spawnSync(
        'setpriv',
        [
          `--reuid=${ANOTHER_USER}`,
          `--regid=${ANOTHER_USER}`,
          '--clear-groups',
          'find',
          folder,
          '-type',
          'f',
          right,
        ],
        { encoding: 'utf8' },
      );
    const readable = count('-readable');
    return {
      readable: readable.stdout.split('\n').filter(Boolean).length,
      writable: count('-writable').stdout.split('\n').filter(Boolean).length,
      listed: readable.status === 0,
    };
  }

  it('the embedded data folder is made for its owner alone, and so is all that is in it', async () => {
    await openAndWrite();
    expect(await mode(folder)).toBe('700');
    expect(await mode(join(folder, 'pglite'))).toBe('700');
    const database = await openDatabase({ dataDir: folder });
    expect(Object.keys(await modes()).sort()).toEqual(['file 600', 'folder 700']);
    expect(await findExposedFiles(folder)).toEqual([]);
    await database.close();
  });

  it('the embedded data folder is corrected at the next start where an earlier version left it open, with every file', async () => {
    await openAndWrite();
    await chmod(folder, 0o777);
    await writeFile(join(folder, 'secret.key'), 'k'.repeat(64));
    await chmod(join(folder, 'secret.key'), 0o644);
    const entries = await readdir(join(folder, 'pglite'), { withFileTypes: true, recursive: true });
    await chmod(join(folder, 'pglite'), 0o755);
    for (const entry of entries) {
      await chmod(join(entry.parentPath, entry.name), entry.isDirectory() ? 0o777 : 0o666);
    }
    expect(await findExposedFiles(folder)).toEqual([
      folder,
      join(folder, 'pglite'),
      join(folder, 'secret.key'),
    ]);
    if (mayBecomeAnother) expect(asAnotherUser().writable).toBeGreaterThan(900);

    await openAndWrite();
    expect(await mode(folder)).toBe('700');
    expect(await mode(join(folder, 'secret.key'))).toBe('600');
    expect(Object.keys(await modes()).sort()).toEqual(['file 600', 'folder 700']);
    expect(await findExposedFiles(folder)).toEqual([]);
  });

  it('the embedded data folder keeps its own mode where it also holds things of others, and the database in it is closed', async () => {
    await mkdir(folder, { mode: 0o755 });
    await writeFile(join(folder, 'another-programs.txt'), 'x');
    await chmod(join(folder, 'another-programs.txt'), 0o644);
    await chmod(folder, 0o755);
    await openAndWrite();
    expect(await mode(folder)).toBe('755');
    expect(await mode(join(folder, 'another-programs.txt'))).toBe('644');
    expect(await mode(join(folder, 'pglite'))).toBe('700');
    expect(await findExposedFiles(folder)).toEqual([]);
  });

  it.runIf(mayBecomeAnother)(
    'shows another user of the machine nothing while it is open',
    async () => {
      const database = await openDatabase({ dataDir: folder });
      await sql`create table people (name text)`.execute(database.db);
      expect(asAnotherUser()).toEqual({ readable: 0, writable: 0, listed: false });
      await database.close();
    },
  );
});
