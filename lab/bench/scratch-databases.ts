import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrate, type OpenDatabase, openDatabase } from '@outdial/postgres';
import { startPostgresServer } from '@outdial/testing/services';

export interface ScratchDatabase extends OpenDatabase {
  /** As figures call it. */
  readonly name: 'PostgreSQL' | 'PGlite';
  /** For other processes and bare connections; null where the database lives in this process. */
  readonly url: string | null;
}

/**
 * An empty migrated database on a PostgreSQL server of this bench: loopback, a free port, every commit flushed to disk as in
 * earnest, a quarter of 4 GB as its own cache. Server and data are gone when `work` is over.
 */
export async function onPostgres<T>(
  work: (database: ScratchDatabase) => Promise<T>,
  { poolSize = 10 } = {},
): Promise<T> {
  const server = await startPostgresServer({
    durable: true,
    settings: { shared_buffers: '1GB', max_wal_size: '8GB' },
  });
  try {
    const opened = await openDatabase({ url: server.url, poolSize });
    try {
      await migrate(opened.db);
      return await work({ ...opened, name: 'PostgreSQL', url: server.url });
    } finally {
      await opened.close();
    }
  } finally {
    await server.stop();
  }
}

/** The embedded database in a folder of its own, as it is without DATABASE_URL. */
export async function onPGlite<T>(work: (database: ScratchDatabase) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'outdial-bench-'));
  try {
    const opened = await openDatabase({ dataDir: folder });
    try {
      await migrate(opened.db);
      return await work({ ...opened, name: 'PGlite', url: null });
    } finally {
      await opened.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
