import { type Kysely, type RawBuilder, sql } from 'kysely';
import { bucketOf, dayOf } from '../count-calls.js';
import type { Database } from '../database.js';
import { tryAgain } from '../try-again.js';

export interface Cutoffs {
  /** Provider events that are PROCESSED or IGNORED and were received before. */
  readonly providerEventsBefore: Date | null;
  /** Imports that finished before, with their row errors. */
  readonly importsBefore: Date | null;
  /**
   * COMPLETED calls that ended before, in sessions that are STOPPED; only those that the CRM has, or that it will not be
   * asked about again. null, here as above: kept for ever.
   */
  readonly callsBefore: Date | null;
}

export interface Deleted {
  readonly providerEvents: number;
  readonly imports: number;
  readonly calls: number;
}

export interface Retention {
  /**
   * Deletes what is older than the cut-offs, `batchSize` rows a statement (500 unless told), each a transaction of its
   * own, so that nobody waits long. `signal` ends it between two batches.
   */
  deleteOld(
    cutoffs: Cutoffs,
    options?: { readonly batchSize?: number; readonly signal?: AbortSignal },
  ): Promise<Deleted>;
}

/** Lets go of what was kept long enough. */
export function createRetention(db: Kysely<Database>): Retention {
  return {
    async deleteOld(cutoffs, { batchSize = 500, signal } = {}) {
      const inBatches = async (size: number, statement: (limit: number) => RawBuilder<unknown>) => {
        let deleted = 0;
        while (!signal?.aborted) {
          const result = await statement(size).execute(db);
          const rows = Number(result.numAffectedRows ?? 0);
          deleted += rows;
          if (rows < size) break;
        }
        return deleted;
      };
      /** The statistics are sums over the calls there are, so what they count goes with the calls. */
      const deleteCalls = async (before: Date) => {
        let deleted = 0;
        while (!signal?.aborted) {
          const { rows } = await tryAgain(() => oldCalls(before, batchSize).execute(db));
          const calls = rows[0]?.deleted ?? 0;
          deleted += calls;
          if (calls < batchSize) break;
        }
        await sql`delete from call_counts where calls = 0 and bucket < ${before}`.execute(db);
        await sql`delete from agent_call_counts where calls = 0 and day <= ${dayOf(sql`${before}::timestamptz`)}`.execute(
          db,
        );
        return deleted;
      };
      const { providerEventsBefore, importsBefore, callsBefore } = cutoffs;
      return {
        providerEvents: providerEventsBefore
          ? await inBatches(batchSize, (limit) => oldEvents(providerEventsBefore, limit))
          : 0,
        // An import takes its row errors along, perhaps a hundred thousand.
        imports: importsBefore
          ? await inBatches(1, (limit) => oldImports(importsBefore, limit))
          : 0,
        calls: callsBefore ? await deleteCalls(callsBefore) : 0,
      };
    },
  };
}

const oldEvents = (before: Date, limit: number) => sql`
  delete from provider_events where id in (
    select id from provider_events
    where received_at < ${before} and state in ('PROCESSED', 'IGNORED')
    order by received_at limit ${limit} for update skip locked)`;

const oldImports = (before: Date, limit: number) => sql`
  delete from imports where id in (
    select id from imports
    where finished_at < ${before} and state in ('DONE', 'FAILED')
    order by finished_at limit ${limit} for update skip locked)`;

/**
 * The rows of the counts are locked in order of their keys, as `counts` writes them, so that this and a late disposition do
 * not wait for each other.
 */
const oldCalls = (before: Date, limit: number) => sql<{ deleted: number }>`
  with deleted as (
    delete from calls where id in (
      select calls.id from calls join sessions on sessions.id = calls.session_id
      where calls.state = 'COMPLETED' and calls.ended_at < ${before}
        and (calls.crm_state = 'SYNCED' or (calls.crm_state = 'FAILED' and calls.crm_due_at is null))
        and sessions.status = 'STOPPED'
      order by calls.ended_at limit ${limit} for update of calls skip locked)
    returning queued_at, agent_id, queue_id, outcome, coalesce(disposition, '') as disposition, talk_seconds
  ), locked_counts as materialized (
    select d.* from (
      select ${bucketOf(sql`queued_at`)} as bucket, queue_id, outcome, disposition,
        count(*) as calls, sum(talk_seconds) as talk_seconds
      from deleted group by 1, 2, 3, 4
    ) d join call_counts k using (bucket, queue_id, outcome, disposition)
    order by d.bucket, d.queue_id, d.outcome, d.disposition
    for no key update of k
  ), uncounted_calls as (
    update call_counts k set calls = k.calls - d.calls, talk_seconds = k.talk_seconds - d.talk_seconds
    from locked_counts d
    where (k.bucket, k.queue_id, k.outcome, k.disposition) = (d.bucket, d.queue_id, d.outcome, d.disposition)
  ), locked_by_agent as materialized (
    select d.* from (
      select ${dayOf(sql`queued_at`)} as day, agent_id, queue_id, outcome,
        count(*) as calls, sum(talk_seconds) as talk_seconds
      from deleted group by 1, 2, 3, 4
    ) d join agent_call_counts k using (day, agent_id, queue_id, outcome)
    order by d.day, d.agent_id, d.queue_id, d.outcome
    for no key update of k
  ), uncounted_by_agent as (
    update agent_call_counts k set calls = k.calls - d.calls, talk_seconds = k.talk_seconds - d.talk_seconds
    from locked_by_agent d
    where (k.day, k.agent_id, k.queue_id, k.outcome) = (d.day, d.agent_id, d.queue_id, d.outcome)
  )
  select count(*)::integer as deleted from deleted`;
