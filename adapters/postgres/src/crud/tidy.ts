import { type Kysely, sql } from 'kysely';
import type { Database } from '../database.js';

/**
 * What autovacuum does on a server: frees dead rows and counts the live ones, so that plans stay right. The embedded
 * database has no autovacuum; on a server this is not needed.
 */
export async function tidyEmbedded(db: Kysely<Database>): Promise<void> {
  await sql`vacuum (analyze)`.execute(db);
}
