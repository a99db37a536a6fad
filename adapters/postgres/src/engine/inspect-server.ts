import { type Kysely, sql } from 'kysely';
import type { Database } from './database.js';
import { MEMBERSHIP_LOCK } from './node-membership.js';

/** The version and settings of a PostgreSQL server, for the check whether it meets the requirements. */
export interface ServerInspection {
  /** Like 170002. */
  readonly version: number;
  readonly name: string;
  readonly connections: { readonly used: number; readonly most: number };
  /** Outdial nodes that have a place at this database: one that holds it for itself, or any number of others. */
  readonly nodes: { readonly alone: number; readonly withOthers: number };
}

/** Reads, and changes nothing. Throws when the server does not answer. */
export async function inspectServer(db: Kysely<Database>): Promise<ServerInspection> {
  const { rows } = await sql<{
    version: number;
    name: string;
    used: number;
    most: number;
    alone: number;
    with_others: number;
  }>`
    select
      current_setting('server_version_num')::integer as version,
      current_database() as name,
      (select count(*)::integer from pg_stat_activity where backend_type = 'client backend') as used,
      current_setting('max_connections')::integer
        - current_setting('superuser_reserved_connections')::integer as most,
      places.*
    from (
      select
        count(*) filter (where l.mode = 'ExclusiveLock')::integer as alone,
        count(*) filter (where l.mode = 'ShareLock')::integer as with_others
      from pg_locks l join pg_database d on d.oid = l.database
      where l.locktype = 'advisory' and l.granted and l.classid = 0 and l.objid = ${sql.lit(MEMBERSHIP_LOCK)}
        and d.datname = current_database()
    ) places`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new Error('The database answered with nothing.');
  return {
    version: row.version,
    name: row.name,
    connections: { used: row.used, most: row.most },
    nodes: { alone: row.alone, withOthers: row.with_others },
  };
}
