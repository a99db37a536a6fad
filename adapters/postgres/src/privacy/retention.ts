import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../engine/database.js';
import { retryLostRaces } from '../engine/retry-lost-races.js';
import { addUpCounts, bucketOf, dayOf, isPractice } from '../reporting/count-calls.js';

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
  /** Calls outside the dialer that began before. */
  readonly outsideCallsBefore: Date | null;
  /** Contact stops that wait for a call-back whose time is over: they hold no lead any more. */
  readonly waitsOverBefore: Date | null;
}

export interface Deleted {
  readonly providerEvents: number;
  readonly imports: number;
  readonly calls: number;
  readonly outsideCalls: number;
  readonly waits: number;
}

export interface Retention {
  /**
   * Deletes what is older than the cut-offs, `batchSize` rows a statement (500 unless told), each a transaction of its
   * own, so that no other transaction waits long. `signal` ends it between two batches.
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
          const { rows } = await retryLostRaces(() => oldCalls(before, batchSize).execute(db));
          const calls = rows[0]?.deleted ?? 0;
          deleted += calls;
          if (calls < batchSize) break;
        }
        await retryLostRaces(() => addUpCounts(db));
        const lastDay = dayOf(sql`${before}::timestamptz`);
        for (const practice of ['', 'practice_']) {
          const quarters = sql.table(`${practice}call_counts`);
          const days = sql.table(`${practice}agent_call_counts`);
          await sql`delete from ${quarters} where calls = 0 and bucket < ${before}`.execute(db);
          await sql`delete from ${days} where calls = 0 and day <= ${lastDay}`.execute(db);
        }
        return deleted;
      };
      const { providerEventsBefore, importsBefore, callsBefore } = cutoffs;
      const { outsideCallsBefore, waitsOverBefore } = cutoffs;
      return {
        providerEvents: providerEventsBefore
          ? await inBatches(batchSize, (limit) => oldEvents(providerEventsBefore, limit))
          : 0,
        // An import takes its row errors along, perhaps a hundred thousand.
        imports: importsBefore
          ? await inBatches(1, (limit) => oldImports(importsBefore, limit))
          : 0,
        calls: callsBefore ? await deleteCalls(callsBefore) : 0,
        outsideCalls: outsideCallsBefore
          ? await inBatches(batchSize, (limit) => oldOutsideCalls(outsideCallsBefore, limit))
          : 0,
        waits: waitsOverBefore
          ? await inBatches(batchSize, (limit) => waitsThatAreOver(waitsOverBefore, limit))
          : 0,
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

const oldOutsideCalls = (before: Date, limit: number) => sql`
  delete from outside_calls where (provider, provider_call_id) in (
    select provider, provider_call_id from outside_calls
    where dialed_at < ${before}
    order by dialed_at limit ${limit} for update skip locked)`;

const waitsThatAreOver = (before: Date, limit: number) => sql`
  delete from contact_stops where (call_id, phone) in (
    select call_id, phone from contact_stops
    where effect = 'waits' and until < ${before}
    order by until limit ${limit} for update skip locked)`;

/** What they counted is taken off in the same way as calls are counted. */
const oldCalls = (before: Date, limit: number) => sql<{ deleted: number }>`
  with deleted as (
    delete from calls where id in (
      select calls.id from calls join sessions on sessions.id = calls.session_id
      where calls.state = 'COMPLETED' and calls.ended_at < ${before}
        and (calls.crm_state in ('SYNCED', 'NOT_LOGGED') or (calls.crm_state = 'FAILED' and calls.crm_due_at is null))
        and sessions.status = 'STOPPED'
      order by calls.ended_at limit ${limit} for update of calls skip locked)
    returning queued_at, agent_id, queue_id, provider, outcome, coalesce(disposition, '') as disposition, talk_seconds
  ), uncounted as (
    insert into call_count_changes (bucket, agent_id, queue_id, outcome, disposition, practice, calls, talk_seconds)
    select ${bucketOf(sql`queued_at`)}, agent_id, queue_id, outcome, disposition, ${isPractice(sql`provider`)}, -count(*), -sum(talk_seconds)
    from deleted group by 1, 2, 3, 4, 5, 6
  )
  select count(*)::integer as deleted from deleted`;
