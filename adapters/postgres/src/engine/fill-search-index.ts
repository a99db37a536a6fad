import { type Kysely, sql } from 'kysely';
import type { Database } from './database.js';

/** Any number of its own: two fillers at once could put an older name over a newer one. */
const ADVISORY_LOCK = 0x0d1a2;

/** Rows of `lead_search_queue` a step, each up to 200 leads: about 40 ms on a server. */
const QUEUE_ROWS_A_STEP = 2;
const AUDIT_ENTRIES_A_STEP = 100;

export interface FilledSearchIndex {
  readonly leads: number;
  readonly auditEntries: number;
}

/**
 * Brings `lead_search` and `audit_search` up to date with what was written since: in steps, each in a transaction of its own and
 * safe to be cut off, until nothing is left, `signal` ends it or `forMs` have passed. Safe on several nodes: a step is done by
 * one of them, the others return. Searches are complete at any time; what is not filled in yet costs them more.
 */
export async function fillSearchIndex(
  db: Kysely<Database>,
  { signal, forMs = Number.POSITIVE_INFINITY }: { signal?: AbortSignal; forMs?: number } = {},
): Promise<FilledSearchIndex> {
  const until = performance.now() + forMs;
  const filled = { leads: 0, auditEntries: 0 };
  while (!signal?.aborted && performance.now() < until) {
    const step = await db.transaction().execute(async (tx) => {
      const { rows } = await sql<{ mine: boolean }>`
        select pg_try_advisory_xact_lock(${ADVISORY_LOCK}::bigint) as mine`.execute(tx);
      if (!rows[0]?.mine) return null;
      // In statements of their own, which see what the last holder of the lock wrote.
      return { leads: await fillLeads(tx), auditEntries: await fillAuditEntries(tx) };
    });
    if (step === null || step.leads + step.auditEntries === 0) break;
    filled.leads += step.leads;
    filled.auditEntries += step.auditEntries;
  }
  return filled;
}

/**
 * The texts of a lead and of its calls as they are now, and those that the row has: a call that was begun with a name just changed
 * may be committed later. What must not stay (erased, deleted) has lost its row by then.
 */
async function fillLeads(tx: Kysely<Database>): Promise<number> {
  const { rows } = await sql<{ leads: number }>`
    with taken as (
      delete from lead_search_queue where id in (
        select id from lead_search_queue order by id limit ${sql.lit(QUEUE_ROWS_A_STEP)})
      returning lead_ids, before
    ), due as materialized (
      select lead_id, array_agg(text) filter (where text is not null) as before
      from taken cross join unnest(lead_ids) as lead_id left join unnest(before) as text on true group by lead_id
    ), made as materialized (
      select due.lead_id, now_texts, array_remove(array[plain_text(leads.company), plain_text(leads.email)], null) as details,
        array(
          select distinct text from (
            select unnest(now_texts) as text
            union all select unnest(due.before)
            union all select unnest(s.names)
            union all select unnest(array[plain_text(c.lead_name), c.phone]) from calls c where c.lead_id = due.lead_id
          ) texts where text is not null order by text
        ) as names
      from due
      left join lateral (select * from leads where leads.id = due.lead_id offset 0) leads on true
      left join lateral (select * from lead_search where lead_search.lead_id = due.lead_id offset 0) s on true
      cross join lateral (select array[plain_text(leads.name), leads.phone] as now_texts) n
    ), written as (
      insert into lead_search (lead_id, names, details, former)
      select lead_id, names, details, not names <@ now_texts from made where cardinality(names) > 0
      on conflict (lead_id) do update
      set names = excluded.names, details = excluded.details, former = excluded.former
    )
    select count(*)::integer as leads from due`.execute(tx);
  return rows[0]?.leads ?? 0;
}

/** Entries are committed in the order of their numbers, so that none comes later below the highest. */
async function fillAuditEntries(tx: Kysely<Database>): Promise<number> {
  // Of a log that lost its end, as its verification reports, later entries have these numbers again.
  await sql`
    delete from audit_search where seq > (select coalesce(max(seq), 0) from audit_log)`.execute(tx);
  const { numAffectedRows } = await sql`
    insert into audit_search (seq, texts)
    select seq, array_remove(
      array[plain_text(actor_name), plain_text(target_id), plain_text(target_kind), plain_text(details::text)], null)
    from audit_log where seq > (select coalesce(max(seq), 0) from audit_search)
    order by seq limit ${sql.lit(AUDIT_ENTRIES_A_STEP)}`.execute(tx);
  return Number(numAffectedRows ?? 0);
}
