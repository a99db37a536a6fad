import { type Call, EarlierEventsWait, type QueueItem, type SceneChange } from '@outdial/core';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { counts } from './count-calls.js';
import type { Database } from './database.js';
import { handedOver } from './handed-over.js';
import { callToRecord, itemToRecord, sessionToRecord } from './map-rows.js';
import { toJson } from './to-json.js';
import { Outdated } from './try-again.js';

export interface SessionVersion {
  readonly sessionId: string;
  readonly version: number;
}

/** A decision to be written, together with the calls that a claim adds. */
export interface ChangeToWrite extends SceneChange {
  readonly newCalls?: readonly Call[];
  /** The call that the settled events were about. */
  readonly eventCallId?: string;
}

export const isEmpty = (change: ChangeToWrite): boolean =>
  change.session === undefined &&
  [change.calls, change.newCalls, change.items, change.suppress, change.processedEventIds].every(
    (part) => !part?.length,
  );

/**
 * Writes a decision in one statement, all of it or nothing. Throws `Outdated` when the session has another version than the
 * one that the decision was made on, or when another claim or a hand-over got one of the new calls' numbers; then nothing
 * counts, and a transaction around it must be rolled back. Throws `EarlierEventsWait`, see `SceneChange`; nothing was written.
 *
 * Everything hangs on `guard`: it takes the session's row first, so that writers of one session queue up at one place, and
 * every other part reads it. Records go in as one JSON parameter per table.
 */
export async function writeChange(
  db: Kysely<Database>,
  on: SessionVersion,
  change: ChangeToWrite,
): Promise<void> {
  const newCalls = change.newCalls ?? [];
  const eventIds = change.processedEventIds ?? [];
  const inOrder = eventIds.length > 0 ? sql`and not exists (select from earlier_event)` : sql``;
  const parts: RawBuilder<unknown>[] = [];
  if (eventIds.length > 0) parts.push(earlierEvent(eventIds));
  parts.push(guard(on, change.session, inOrder));
  if (newCalls.length > 0) parts.push(placed(newCalls));
  if (change.calls?.length) parts.push(changedCalls(change.calls));
  const suppressed = change.suppress?.map(({ phone }) => phone) ?? [];
  const items = change.items ?? [];
  if (items.length > 0) parts.push(changedItems(items, suppressed));
  if (change.suppress?.length)
    parts.push(suppressions(change.suppress), waitingItems(suppressed, items));
  if (eventIds.length > 0) parts.push(events(eventIds, change.eventCallId ?? null));
  const over = [...(change.calls ?? []), ...newCalls].filter((call) => call.state === 'COMPLETED');
  if (over.length > 0) parts.push(...counts(over));
  const placedCount = newCalls.length > 0 ? sql`(select count(*)::integer from placed)` : sql`0`;
  const waits = eventIds.length > 0 ? sql`exists (select from earlier_event)` : sql`false`;
  const { rows } = await sql<{ guarded: number; placed: number; earlier: boolean }>`
    with ${sql.join(parts, sql`, `)}
    select (select count(*)::integer from guard) as guarded, ${placedCount} as placed, ${waits} as earlier
  `.execute(db);
  if (rows[0]?.earlier) throw new EarlierEventsWait();
  if (rows[0]?.guarded !== 1 || rows[0].placed !== newCalls.length) throw new Outdated();
}

function guard(
  on: SessionVersion,
  session: SceneChange['session'],
  inOrder: RawBuilder<unknown>,
): RawBuilder<unknown> {
  if (session === undefined) {
    return sql`guard as (
      update sessions set version = version + 1
      where id = ${on.sessionId} and version = ${on.version} ${inOrder} returning id
    )`;
  }
  return sql`guard as (
    update sessions s set version = s.version + 1, ${assignments(SESSION_COLUMNS)}
    from ${records('sessions', [sessionToRecord(session)])} r
    where s.id = ${on.sessionId} and s.version = ${on.version} ${inOrder} returning s.id
  )`;
}

/**
 * By number, so that two claims which meet in several numbers wait for each other one way round only. A hand-over that was
 * committed after the claim had looked, and before it had the lead's lock, is seen here.
 */
const placed = (calls: readonly Call[]) => sql`placed as (
  insert into calls (${sql.raw(CALL_COLUMNS.join(', '))}, lead_name)
  select ${sql.raw(CALL_COLUMNS.map((column) => `r.${column}`).join(', '))}, coalesce(l.name, '')
  from guard
  cross join ${records('calls', calls.map(callToRecord))} r
  left join leads l on l.id = r.lead_id
  where not exists (${handedOver(sql`r.phone`)} offset 0)
  order by r.phone
  on conflict do nothing
  returning id
)`;

/**
 * Once a call is over, how far the CRM has it belongs to `CrmSyncStore`, which does not change the session: a decision sets
 * it only by counting the revision up.
 */
const changedCalls = (calls: readonly Call[]) => sql`changed_calls as (
  update calls c
  set ${assignments(CALL_COLUMNS_THAT_CHANGE)}, ${sql.join(CRM_COLUMNS.map(crmAssignment))}
  from guard, ${records('calls', calls.map(callToRecord))} r
  where c.id = r.id and c.session_id = guard.id
)`;

/**
 * An item that another session has claimed meanwhile stays as it is (P2), and none comes back into the queue whose number was
 * suppressed (P8). `ready`: see the schema; what has another due time than before is due later.
 */
const changedItems = (
  items: readonly QueueItem[],
  suppressed: readonly string[],
) => sql`changed_items as (
  update queue_items q
  set state = case
        when r.state = 'PENDING' and (
          q.phone = any(${suppressed}::text[]) or exists (select from suppressions p where p.phone = q.phone offset 0)
        ) then 'SUPPRESSED' else r.state end,
      ready = r.due_at = q.due_at,
      ${assignments(ITEM_COLUMNS)}
  from guard, ${records('queue_items', items.map(itemToRecord))} r
  where q.id = r.id and (q.state <> 'CLAIMED' or q.claimed_by_session_id = guard.id)
)`;

/** The first reason given stays. The time is the database's: what a decision knows of time is in the session. */
const suppressions = (all: NonNullable<SceneChange['suppress']>) => sql`new_suppressions as (
  insert into suppressions (phone, reason, source, created_at)
  select r.phone, r.reason, r.source, now()
  from guard, ${records('suppressions', all)} r
  order by r.phone
  on conflict do nothing
)`;

const waitingItems = (
  phones: readonly string[],
  changed: readonly QueueItem[],
) => sql`waiting_items as (
  update queue_items q set state = 'SUPPRESSED', held_reason = null
  from guard
  where q.phone = any(${phones}::text[]) and q.state = 'PENDING'
    and q.id <> all(${changed.map(({ id }) => id)}::uuid[])
)`;

const events = (eventIds: readonly string[], callId: string | null) => sql`events as (
  update provider_events e set state = 'PROCESSED', due_at = null, note = null, call_id = ${callId}::uuid
  from guard where e.id = any(${eventIds}::uuid[]) and e.state = 'PENDING'
)`;

/** One of the same call that came before them and that nobody has tried; what was tried and failed holds up nobody. */
const earlierEvent = (eventIds: readonly string[]) => sql`earlier_event as (
  select from
    (select provider, call_key, received_at, id from provider_events where id = any(${eventIds}::uuid[]) offset 0) e,
    lateral (
      -- By the index, for each of them; joined instead, all that waits in the inbox was read.
      select from provider_events b
      where b.provider = e.provider and b.call_key = e.call_key and b.call_key is not null
        and b.state = 'PENDING' and b.attempts = 0 and (b.received_at, b.id) < (e.received_at, e.id)
        and b.id <> all(${eventIds}::uuid[])
      offset 0
    ) b
  limit 1
)`;

/**
 * Rows of a table, given as JSON. The limit tells the planner how many there are: it would count on 100, and read whole tables
 * for ten rows.
 */
const records = (table: keyof Database, rows: readonly unknown[]) => sql`(
  select * from json_populate_recordset(null::${sql.table(table)}, ${toJson(rows)}::json)
  limit ${sql.lit(rows.length)}
)`;

type CallColumn = keyof ReturnType<typeof callToRecord>;

const SESSION_COLUMNS = [
  'lines',
  'after_connect',
  'status',
  'reason',
  'phase',
  'phase_since',
  'round',
  'winner_call_id',
  'wrap_up_until',
  'next_round_at',
  'trouble',
  'dry_since',
  'wake_at',
  'attempted',
  'connected',
  'failed',
  'canceled',
  'settings',
  'stopped_at',
] as const satisfies readonly (keyof ReturnType<typeof sessionToRecord>)[];

/** What a call is about never changes; the rest does. */
const CALL_IDENTITY = [
  'id',
  'session_id',
  'agent_id',
  'queue_id',
  'queue_item_id',
  'lead_id',
  'phone',
  'round',
  'attempt',
  'provider',
  'clearance',
  'queued_at',
] as const satisfies readonly CallColumn[];

const CALL_COLUMNS_THAT_CHANGE = [
  'provider_call_id',
  'state',
  'placement',
  'place_at',
  'dialed_at',
  'ringing_at',
  'answered_at',
  'answered_by',
  'ended_at',
  'deadline_at',
  'checks',
  'winner',
  'cancel_reason',
  'cancel_requested_at',
  'hang_up_at',
  'hang_ups',
  'outcome',
  'reason',
  'talk_seconds',
  'disposition',
  'notes',
  'callback_at',
  'verdict_at',
] as const satisfies readonly CallColumn[];

const CRM_COLUMNS = [
  'crm_state',
  'crm_revision',
  'crm_attempts',
  'crm_due_at',
  'crm_error',
  'crm_activity_id',
] as const satisfies readonly CallColumn[];

const CALL_COLUMNS: readonly CallColumn[] = [
  ...CALL_IDENTITY,
  ...CALL_COLUMNS_THAT_CHANGE,
  ...CRM_COLUMNS,
];

const ITEM_COLUMNS = [
  'due_at',
  'callback',
  'attempts',
  'attempts_by_outcome',
  'last_outcome',
  'held_reason',
  'claimed_by_session_id',
] as const satisfies readonly (keyof ReturnType<typeof itemToRecord>)[];

const assignments = (columns: readonly string[]) =>
  sql.raw(columns.map((column) => `${column} = r.${column}`).join(', '));

const crmAssignment = (column: (typeof CRM_COLUMNS)[number]) =>
  sql.raw(
    `${column} = case when c.crm_state is null or c.crm_revision <> r.crm_revision then r.${column} else c.${column} end`,
  );
