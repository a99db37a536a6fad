import { type Disposition, type DispositionSet, STANDARD_DISPOSITIONS } from '@outdial/core';
import { type Kysely, sql } from 'kysely';
import type { Database, StoredDispositionRetry } from '../engine/database.js';
import { retryFromStored, retryToStored } from '../engine/disposition-retry.js';
import { toJson } from '../engine/to-json.js';

/** The dispositions that agents of a queue are offered. */
export interface DispositionsInForce {
  /** Of the set of the queue that was asked for, or of all queues; 0: none was saved, the standard set counts. */
  readonly version: number;
  /** `queue`: the queue has a set of its own. */
  readonly scope: 'all' | 'queue';
  readonly dispositions: DispositionSet;
}

export interface DispositionSetStore {
  /** `queueId` null: the set of all queues. */
  inForce(queueId: string | null): Promise<DispositionsInForce>;
  /**
   * Every set that was in force for this queue since `since`, newest first, the one in force now included: a disposition that was
   * removed meanwhile is still one that an agent on a call may have been offered.
   */
  inForceSince(queueId: string, since: Date): Promise<readonly DispositionSet[]>;
  /**
   * Saves the next version. `dispositions` null: the queue takes the set of all queues again. `expectedVersion`: the one that the
   * change is based on, 0 for none. `conflict`: another one was saved meanwhile.
   */
  put(
    queueId: string | null,
    dispositions: DispositionSet | null,
    expectedVersion: number,
    now: Date,
  ): Promise<{ readonly kind: 'stored' | 'conflict'; readonly version: number }>;
}

interface StoredDisposition extends Omit<Disposition, 'retry'> {
  readonly retry: StoredDispositionRetry | null;
}

interface Row {
  readonly queue_id: string | null;
  readonly version: number;
  readonly dispositions: readonly StoredDisposition[] | null;
  readonly created_at: Date;
}

/** Versions looked at for what was in force earlier. Sets change a few times a year. */
const VERSIONS_LIMIT = 100;

export function createDispositionSetStore(db: Kysely<Database>): DispositionSetStore {
  /** Newest first within each scope; the queue's own before those of all queues. */
  const versions = async (queueId: string | null, limit: number): Promise<readonly Row[]> => {
    const { rows } = await sql<Row>`
      (select queue_id, version, dispositions, created_at from disposition_sets
        where queue_id = ${queueId}::uuid order by version desc limit ${limit}::integer)
      union all
      (select queue_id, version, dispositions, created_at from disposition_sets
        where queue_id is null order by version desc limit ${limit}::integer)`.execute(db);
    return rows;
  };
  const newest = async (queueId: string | null): Promise<number> => {
    const { rows } = await sql<{ version: number }>`
      select coalesce(max(version), 0) as version from disposition_sets
      where queue_id is not distinct from ${queueId}::uuid`.execute(db);
    return rows[0]?.version ?? 0;
  };

  return {
    async inForce(queueId) {
      const rows = await versions(queueId, 1);
      const own = rows.find((row) => row.queue_id !== null);
      const all = rows.find((row) => row.queue_id === null);
      if (own !== undefined && own.dispositions !== null) {
        return { version: own.version, scope: 'queue', dispositions: fromStored(own.dispositions) };
      }
      return {
        version: queueId === null ? (all?.version ?? 0) : (own?.version ?? 0),
        scope: 'all',
        dispositions: setOf(all),
      };
    },

    async inForceSince(queueId, since) {
      const rows = await versions(queueId, VERSIONS_LIMIT);
      const own = untilBefore(
        rows.filter((row) => row.queue_id !== null),
        since,
      );
      const all = untilBefore(
        rows.filter((row) => row.queue_id === null),
        since,
      );
      // While a queue has dispositions of its own, its agents are not offered those of all queues.
      const sharesSome =
        own.reachesTheFirst || own.rows.some(({ dispositions }) => dispositions === null);
      const rowsInForce = sharesSome ? [...own.rows, ...all.rows] : own.rows;
      const sets = rowsInForce.flatMap(({ dispositions }) =>
        dispositions === null ? [] : [fromStored(dispositions)],
      );
      return sharesSome && all.reachesTheFirst ? [...sets, STANDARD_DISPOSITIONS] : sets;
    },

    async put(queueId, dispositions, expectedVersion, now) {
      const stored = dispositions === null ? null : toJson(dispositions.map(toStored));
      // Two at once see the same highest version; the unique key lets one of them through.
      const { rows } = await sql<{ version: number }>`
        insert into disposition_sets (queue_id, version, dispositions, created_at)
        select ${queueId}::uuid, ${expectedVersion}::integer + 1, ${stored}::jsonb, ${now}::timestamptz
        where (select coalesce(max(version), 0) from disposition_sets
          where queue_id is not distinct from ${queueId}::uuid) = ${expectedVersion}::integer
        on conflict do nothing
        returning version`.execute(db);
      const version = rows[0]?.version;
      return version === undefined
        ? { kind: 'conflict', version: await newest(queueId) }
        : { kind: 'stored', version };
    },
  };
}

const setOf = (row: Row | undefined): DispositionSet =>
  row === undefined || row.dispositions === null
    ? STANDARD_DISPOSITIONS
    : fromStored(row.dispositions);

/** Down to the version that was in force at `since`. */
function untilBefore(rows: readonly Row[], since: Date) {
  const last = rows.findIndex((row) => row.created_at <= since);
  return {
    rows: last < 0 ? rows : rows.slice(0, last + 1),
    reachesTheFirst: last < 0,
  };
}

const fromStored = (stored: readonly StoredDisposition[]): DispositionSet =>
  stored.map((each) => ({ ...each, retry: retryFromStored(each.retry) }));

const toStored = (disposition: Disposition): StoredDisposition => {
  const { code, label, effect, color, key, retry } = disposition;
  return { code, label, effect, color, key, retry: retryToStored(retry) };
};
