import { execFile } from 'node:child_process';
import { access, mkdir, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The server's own part of the memory. The system caches the files besides, and gives that back when others need it. */
export const EMBEDDED_SETTINGS: readonly string[] = ['shared_buffers=32MB'];

const CREATE = `
const [module, dataDir, settings] = process.argv.slice(1);
const { PGlite } = await import(module);
const database = await PGlite.create({ dataDir, postgresqlconf: JSON.parse(settings) });
await database.close();
`;

/**
 * Creates the files of an embedded database in `folder` (mode 0700) unless they are there, in a process of its own: `initdb` is a
 * WebAssembly program whose memory, some 500 MB, a long-lived process would keep (0.5.16, measured on 1 December 2026; see the
 * bench `memory`). The files appear under their name once they are complete, so that a process that dies half-way leaves nothing
 * that a later start could mistake for a database. Does nothing where the process cannot be started; PGlite then creates them itself.
 */
export async function createEmbeddedFiles(folder: string): Promise<void> {
  if (!(await isEmpty(folder))) return;
  const draft = `${folder}.new`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  try {
    const pglite = import.meta.resolve('@electric-sql/pglite');
    const settings = JSON.stringify(EMBEDDED_SETTINGS);
    await run(process.execPath, ['--input-type=module', '-e', CREATE, pglite, draft, settings]);
    await access(join(draft, 'PG_VERSION'));
    await rmdir(folder);
    await rename(draft, folder);
  } catch {
    await rm(draft, { recursive: true, force: true });
    await mkdir(folder, { recursive: true, mode: 0o700 });
  }
}

const isEmpty = async (folder: string): Promise<boolean> => (await readdir(folder)).length === 0;
