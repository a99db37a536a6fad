import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe } from 'vitest';
import type { Database } from '../src/index.js';
import { embedded, type MigratedDatabase, onServer } from './migrated-database.js';

const KINDS = ['PGlite', 'PostgreSQL'] as const;

/**
 * Runs a suite over the embedded database and over a server. Each file has one of each, emptied before every test;
 * `db()` is the open one.
 */
export function onEachDatabase(
  title: string,
  suite: (db: () => Kysely<Database>, kind: (typeof KINDS)[number]) => void,
): void {
  describe.each(KINDS)(`${title}, on %s`, (kind) => {
    let database: MigratedDatabase | undefined;
    const db = (): Kysely<Database> => {
      if (!database) throw new Error('The database is not open yet: use db() inside a test.');
      return database.opened.db;
    };

    beforeAll(async () => {
      database = kind === 'PGlite' ? await embedded() : await onServer();
    });
    afterAll(() => database?.close());
    beforeEach(() => empty(db()));

    suite(db, kind);
  });
}

async function empty(db: Kysely<Database>): Promise<void> {
  await sql`
    truncate agents, leads, queues, sessions, queue_items, suppressions, contact_stops, calls, provider_events, campaign_handovers,
      campaign_numbers, imports, import_row_errors, import_lines, import_chunks, settings_versions, daily_reports, call_counts, agent_call_counts, call_count_changes, practice_call_counts,
      practice_agent_call_counts, scheduled_work,
      lead_search, lead_search_queue cascade`.execute(db);
}
