import { type Kysely, sql } from 'kysely';
import type { Database } from './database.js';

/**
 * The schema as text, from the catalog: tables, columns with type and default, constraints, indexes, all sorted. The same on
 * the embedded PostgreSQL and on a server, so that one file (`schema.txt`) shows in a review what a migration does.
 */
export async function dumpSchema(db: Kysely<Database>): Promise<string> {
  const columns = await sql<{ table: string; line: string }>`
    select c.relname as table,
           a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
             || case when a.attnotnull then ' not null' else '' end
             || coalesce(' default ' || pg_get_expr(d.adbin, d.adrelid), '') as line
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where c.relkind in ('r', 'p')
    order by c.relname collate "C", a.attnum`.execute(db);
  // From PostgreSQL 18 on, NOT NULL is a constraint as well ('n'); the columns say it already.
  const constraints = await sql<{ table: string; line: string }>`
    select c.relname as table, k.conname || ' ' || pg_get_constraintdef(k.oid) as line
    from pg_constraint k
    join pg_class c on c.oid = k.conrelid
    join pg_namespace n on n.oid = c.relnamespace and n.nspname = 'public'
    where k.contype <> 'n'
    order by c.relname collate "C", k.conname collate "C"`.execute(db);
  const indexes = await sql<{ table: string; line: string }>`
    select tablename as table, replace(indexdef, 'public.', '') as line
    from pg_indexes where schemaname = 'public'
    order by tablename collate "C", indexname collate "C"`.execute(db);

  const sections = new Map<string, string[]>();
  for (const { table, line } of [...columns.rows, ...constraints.rows, ...indexes.rows]) {
    const lines = sections.get(table) ?? [];
    lines.push(`  ${line}`);
    sections.set(table, lines);
  }
  return [...sections].map(([table, lines]) => `${table}\n${lines.join('\n')}\n`).join('\n');
}
