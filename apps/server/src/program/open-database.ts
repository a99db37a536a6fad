import { resolve } from 'node:path';
import { findExposedFiles, migrate, openDatabase } from '@outdial/postgres';
import type { Logger } from 'pino';
import { joinNodes, type Node } from '../cluster/join-nodes.js';
import type { Config } from '../config/read-config.js';
import type { ServerOptions } from './server-options.js';
import { openStage } from './stage.js';

/** The database, brought up to date, and this process' place among the nodes that share it. */
export type OpenedDatabase = Awaited<ReturnType<typeof openMigratedDatabase>>;

/** Throws when the database cannot be opened, or when it belongs to another node. A node that is refused changes nothing in it. */
export function openMigratedDatabase(
  config: Config,
  { log, onLost }: Pick<ServerOptions, 'log' | 'onLost'>,
) {
  return openStage(async (onClose) => {
    const database = await openDatabase(
      config.database.kind === 'server'
        ? { url: config.database.url }
        : { dataDir: config.database.dataDir },
    );
    onClose(() => database.close());
    if (config.database.kind === 'embedded') await warnOfOpenFolder(config.database.dataDir, log);
    const node: Node = await joinNodes(config, {
      database,
      log,
      lost: (error) => onLost?.(error),
      prepare: () => bringUpToDate(database.db, log),
    });
    onClose(() => node.leave());
    return { database, node };
  });
}

async function bringUpToDate(db: Parameters<typeof migrate>[0], log: Logger): Promise<void> {
  const migrated = await migrate(db);
  if (migrated.applied.length > 0) log.info({ migrations: migrated.applied }, 'database migrated');
  if (migrated.unknown.length > 0) {
    log.warn({ migrations: migrated.unknown }, 'a newer release has been at work here');
  }
}

/** What the start could not close, as the files belong to another user. */
async function warnOfOpenFolder(dataDir: string, log: Logger): Promise<void> {
  const open = dataDir === ':memory:' ? [] : await findExposedFiles(resolve(dataDir));
  if (open.length === 0) return;
  log.warn(
    { paths: open },
    'data directory is open to other users of this machine: give it to the user that runs the server (chown -R), then chmod -R go-rwx',
  );
}
