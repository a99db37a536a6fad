import { type Kysely, type RawBuilder, type Selectable, sql } from 'kysely';
import type { AuditLogTable, Database } from '../engine/database.js';
import { inTransaction } from '../engine/in-transaction.js';
import {
  type Cut,
  countSome,
  type Order,
  orderBy,
  type Page,
  type PageRequest,
  readPage,
} from '../engine/page.js';
import {
  SEARCH_LIMITS,
  type SearchedList,
  type SearchLimits,
  SearchRows,
} from '../engine/search-rows.js';
import { searchText } from '../engine/search-text.js';
import { inSnapshot } from '../engine/snapshot.js';

/** One entry as its hash is made over it: every column but the two hashes. */
export interface AuditFields {
  readonly seq: number;
  /** UTC with microseconds, as the database keeps it: `2026-11-20T15:00:00.000000Z`. */
  readonly at: string;
  /** `nobody`: what `anonymous` was called before migration 0027; the hashes of those entries cover it. */
  readonly actorKind: 'user' | 'api_key' | 'anonymous' | 'nobody' | 'system';
  readonly actorId: string | null;
  readonly actorName: string;
  readonly action: string;
  readonly targetKind: string | null;
  readonly targetId: string | null;
  readonly address: string | null;
  readonly requestId: string | null;
  /** JSON, to the letter. */
  readonly details: string;
}

export interface ChainedEntry extends AuditFields {
  readonly prevHash: Uint8Array;
  readonly hash: Uint8Array;
}

/** An entry that has no number yet. */
export type NewAuditEntry = Omit<AuditFields, 'seq'>;

/** The end of the log. */
export interface AuditHead {
  readonly seq: number;
  readonly hash: Uint8Array;
}

/** Makes the hashes, under a key that the database does not have. */
export interface AuditChain {
  hash(fields: AuditFields, prevHash: Uint8Array): Uint8Array;
  seal(head: AuditHead): Uint8Array;
}

export interface SealedHead extends AuditHead {
  readonly seal: Uint8Array;
}

export interface StoredAuditEntry {
  readonly seq: number;
  readonly at: Date;
  readonly actorKind: AuditFields['actorKind'];
  readonly actorId: string | null;
  readonly actorName: string;
  readonly action: string;
  readonly targetKind: string | null;
  readonly targetId: string | null;
  readonly address: string | null;
  readonly requestId: string | null;
  readonly details: Readonly<Record<string, unknown>>;
  readonly hash: Uint8Array;
}

export interface AuditFilter {
  readonly action?: string | undefined;
  readonly actorId?: string | undefined;
  readonly targetId?: string | undefined;
  /** At or after. */
  readonly from?: Date | undefined;
  /** Before. */
  readonly to?: Date | undefined;
  /** In the actor's name, the target or the details, any case. */
  readonly q?: string | undefined;
}

/** What a log holds that does not end as its head says. */
export interface LostHead {
  readonly expected: AuditHead | null;
  readonly found: AuditHead;
}

export interface AuditLogStore {
  /**
   * Seals the head of an empty log, once, when its key is made: an attacker who empties the log later, and has no
   * key, cannot make such a head again. A log that has entries is left as it is. `first` is its entry number 1, so that no head
   * of an empty log was ever sealed that could be put back. Within the caller's transaction.
   */
  begin(chain: AuditChain, first?: NewAuditEntry): Promise<void>;
  /**
   * Adds them at the end, in this order, all or none; several nodes take turns. Answers the new end. Where the end is not
   * what the head says, `whenLost` is asked for an entry that reports it, which goes before them: the log goes on, and what
   * happened stays in it.
   *
   * Of a store in a transaction it is part of that transaction, which then holds the end of the log until it commits: every
   * other writer waits. So it must be the last thing that the transaction does, after all other locks (lock order), and the
   * caller must commit right after it.
   */
  append(
    entries: readonly NewAuditEntry[],
    chain: AuditChain,
    whenLost: (lost: LostHead) => NewAuditEntry,
  ): Promise<AuditHead>;
  /** Newest first. */
  list(filter: AuditFilter, page: PageRequest): Promise<Page<StoredAuditEntry>>;
  /** In order of their numbers, after this one, as they are stored. */
  after(seq: number, limit: number): Promise<readonly ChainedEntry[]>;
  /** The head, and the number of the last entry at the same moment (0: there is none). */
  end(): Promise<{ readonly head: SealedHead | null; readonly lastSeq: number }>;
}

export const NO_HASH: Uint8Array = new Uint8Array(32);

/** The audit log; a trigger refuses all changes but additions. */
export function createAuditLogStore(db: Kysely<Database>, limits = SEARCH_LIMITS): AuditLogStore {
  return {
    async begin(chain, first) {
      const entries = chained(first === undefined ? [] : [first], { seq: 0, hash: NO_HASH }, chain);
      const { seq, hash } = entries.at(-1) ?? { seq: 0, hash: NO_HASH };
      const { numUpdatedRows } = await db
        .updateTable('audit_head')
        .set({ ...asBytes({ seq, hash }), seal: Buffer.from(chain.seal({ seq, hash })) })
        .where('seq', '=', 0)
        .where(sql<boolean>`not exists (select from audit_log)`)
        .executeTakeFirst();
      if (numUpdatedRows === 0n || entries.length === 0) return;
      await db.insertInto('audit_log').values(entries.map(toRow)).execute();
    },

    append: (entries, chain, whenLost) =>
      inTransaction(db, async (tx) => {
        const { end, lost } = await lockEnd(tx, chain);
        const rows = chained(lost === null ? entries : [whenLost(lost), ...entries], end, chain);
        const last = rows.at(-1);
        if (last === undefined) return end;
        const head = { seq: last.seq, hash: last.hash };
        const sealed = { ...asBytes(head), seal: Buffer.from(chain.seal(head)) };
        // One statement with the entries, as everyone else waits until this transaction ends.
        await tx
          .with('entries', (qb) => qb.insertInto('audit_log').values(rows.map(toRow)))
          .insertInto('audit_head')
          .values({ id: 1, ...sealed })
          .onConflict((conflict) => conflict.column('id').doUpdateSet(sealed))
          .execute();
        return head;
      }),

    list: (filter, page) =>
      inSnapshot(db, (snapshot) => {
        const search = searchOf(snapshot, filter, limits);
        return readPage({
          db: snapshot,
          order: NEWEST_FIRST,
          page,
          rows: (on, cut) => readRows(on, filter, cut, search),
          total: (on) =>
            search?.total() ?? countSome(on, sql`select from audit_log where ${filtered(filter)}`),
          map: (row) => ({
            seq: row.seq,
            at: row.at,
            actorKind: row.actor_kind,
            actorId: row.actor_id,
            actorName: row.actor_name,
            action: row.action,
            targetKind: row.target_kind,
            targetId: row.target_id,
            address: row.address,
            requestId: row.request_id,
            details: row.details,
            hash: row.hash,
          }),
        });
      }),

    async after(seq, limit) {
      // As text, since what a driver makes of a value may hide a change: a microsecond, or the 1 that was a 1.0.
      const { rows } = await sql<ChainedEntry>`
        select seq, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at, actor_kind as "actorKind",
          actor_id::text as "actorId", actor_name as "actorName", action, target_kind as "targetKind",
          target_id as "targetId", address, request_id as "requestId", details::text as details,
          prev_hash as "prevHash", hash
        from audit_log where seq > ${seq} order by seq limit ${limit}`.execute(db);
      return rows;
    },

    async end() {
      const { rows } = await sql<SealedHead & { lastSeq: number; isThere: boolean }>`
        select head.seq, head.hash, head.seal, head.id is not null as "isThere",
          coalesce((select max(seq) from audit_log), 0) as "lastSeq"
        from (select) one left join audit_head head on true`.execute(db);
      const [row] = rows;
      if (row === undefined) return { head: null, lastSeq: 0 };
      const { isThere, lastSeq, ...head } = row;
      return { head: isThere ? head : null, lastSeq };
    },
  };
}

/**
 * Takes the turn of this transaction at the log's end, and answers where to go on. The lock is on the head's row, which must
 * be read and written anyway.
 */
async function lockEnd(
  tx: Kysely<Database>,
  chain: AuditChain,
): Promise<{ readonly end: AuditHead; readonly lost: LostHead | null }> {
  const { rows } = await sql<SealedHead>`select seq, hash, seal from audit_head for update`.execute(
    tx,
  );
  // In a statement of its own, which sees what the one before waited for.
  const [last] = (
    await sql<AuditHead>`select seq, hash from audit_log order by seq desc limit 1`.execute(tx)
  ).rows;
  const [head] = rows;
  const found = last ?? { seq: 0, hash: NO_HASH };
  if (head !== undefined && isTrue(head, chain, found.seq)) {
    // Entries cut off the end leave a gap that stays.
    return { end: { seq: head.seq, hash: head.hash }, lost: null };
  }
  return { end: found, lost: { expected: head ?? null, found } };
}

/** Whether the log may go on after what the head says. */
const isTrue = (head: SealedHead, chain: AuditChain, lastSeq: number): boolean =>
  head.seq >= lastSeq && Buffer.from(chain.seal(head)).equals(head.seal);

function chained(
  entries: readonly NewAuditEntry[],
  end: AuditHead,
  chain: AuditChain,
): readonly ChainedEntry[] {
  let before = end;
  return entries.map((entry) => {
    const fields = { ...entry, seq: before.seq + 1 };
    const prevHash = before.hash;
    const hash = chain.hash(fields, prevHash);
    before = { seq: fields.seq, hash };
    return { ...fields, prevHash, hash };
  });
}

const toRow = (row: ChainedEntry) => ({
  seq: row.seq,
  at: sql<Date>`${row.at}::timestamptz`,
  actor_kind: row.actorKind,
  actor_id: row.actorId,
  actor_name: row.actorName,
  action: row.action,
  target_kind: row.targetKind,
  target_id: row.targetId,
  address: row.address,
  request_id: row.requestId,
  details: sql<string>`${row.details}::json`,
  prev_hash: Buffer.from(row.prevHash),
  hash: Buffer.from(row.hash),
});

const asBytes = ({ seq, hash }: AuditHead) => ({ seq, hash: Buffer.from(hash) });

async function readRows(
  on: Kysely<Database>,
  filter: AuditFilter,
  cut: Cut,
  search: SearchRows | null,
): Promise<readonly Selectable<AuditLogTable>[]> {
  const rows = on.selectFrom('audit_log').selectAll().orderBy(cut.orderBy);
  if (search === null) {
    return rows.where(filtered(filter)).where(cut.after).limit(cut.limit).execute();
  }
  const seqs = [...(await search.ids(cut))];
  return rows.where(sql<boolean>`audit_log.seq = any(${seqs}::bigint[])`).execute();
}

function searchOf(
  db: Kysely<Database>,
  filter: AuditFilter,
  limits: SearchLimits,
): SearchRows | null {
  const q = searchText(filter.q);
  if (q === null) return null;
  const list: SearchedList = {
    table: 'audit_log',
    id: 'seq',
    columns: ['seq', 'at', 'actor_name', 'target_id', 'target_kind', 'details'],
    filter: filtered(filter),
    matches: q.isIn(
      sql`audit_log.actor_name`,
      sql`audit_log.target_id`,
      sql`audit_log.target_kind`,
      sql`audit_log.details::text`,
    ),
    // What is not in the index yet is looked at as it is.
    candidates: sql`
      select seq from audit_search where ${q.isInPlain(sql`texts`)}
      union select seq from audit_log where seq > (select coalesce(max(seq), 0) from audit_search)`,
    key: 'seq',
    orderBy: orderBy(NEWEST_FIRST),
    isWalkable: true,
  };
  return new SearchRows(db, list, limits);
}

/** All but the search. */
function filtered(filter: AuditFilter): RawBuilder<boolean> {
  const conditions = [sql<boolean>`true`];
  if (filter.action !== undefined) conditions.push(sql`audit_log.action = ${filter.action}`);
  if (filter.actorId !== undefined) conditions.push(sql`audit_log.actor_id = ${filter.actorId}`);
  if (filter.targetId !== undefined) conditions.push(sql`audit_log.target_id = ${filter.targetId}`);
  if (filter.from !== undefined) conditions.push(sql`audit_log.at >= ${filter.from}`);
  if (filter.to !== undefined) conditions.push(sql`audit_log.at < ${filter.to}`);
  return sql<boolean>`${sql.join(conditions, sql` and `)}`;
}

const NEWEST_FIRST: Order<Selectable<AuditLogTable>> = {
  name: 'audit',
  keys: [
    {
      expression: sql.ref('audit_log.at'),
      type: 'timestamptz',
      descending: true,
      value: (row) => row.at,
    },
    {
      expression: sql.ref('audit_log.seq'),
      type: 'integer',
      descending: true,
      value: (row) => row.seq,
    },
  ],
};
