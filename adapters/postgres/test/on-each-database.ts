import { createTestDatabase } from '@outdial/testing/services';
import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import { type Database, migrate, type OpenDatabase, openDatabase } from '../src/index.js';

const KINDS = ['PGlite', 'PostgreSQL'] as const;

/**
 * Runs a suite over the embedded database and over a server. Each file has one of each, emptied before every test;
 * `db()` is the open one.
 */
export function onEachDatabase(title: string, suite: (db: () => Kysely<Database>) => void): void {
  describe.each(KINDS)(`${title}, on %s`, (kind) => {
    let open: OpenDatabase | undefined;
    let drop: () => Promise<void> = async () => undefined;

    beforeAll(async () => {
      if (kind === 'PGlite') {
        open = await openDatabase({ dataDir: ':memory:' });
        await migrate(open.db);
      } else {
        const created = await createTestDatabase({ name: 'outdial', prepare: migrated });
        drop = created.drop;
        open = await openDatabase({ url: created.url });
      }
    });
    afterAll(async () => {
      await open?.close();
      await drop();
    });
    beforeEach(async () => {
      if (open) await empty(open.db);
    });

    suite(() => {
      if (!open) throw new Error('The database is not open yet: use db() inside a test.');
      return open.db;
    });
  });
}

async function migrated(url: string): Promise<void> {
  const database = await openDatabase({ url });
  await migrate(database.db);
  await database.close();
}

async function empty(db: Kysely<Database>): Promise<void> {
  await sql`
    truncate agents, leads, queues, sessions, queue_items, suppressions, calls, provider_events, campaign_handovers,
      imports, import_row_errors, settings_versions, daily_reports, scheduled_work`.execute(db);
}
