import {
  type Call,
  EarlierEventsWait,
  type NewProviderEvent,
  type QueueItem,
  type SceneChange,
} from '@outdial/core';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../engine/database.js';
import { Outdated } from '../engine/retry-lost-races.js';
import { toJson } from '../engine/to-json.js';
import { handedOver } from '../queues/campaign-reservation.js';
import { counted } from '../reporting/count-calls.js';
import { calledSince, contactHold, stopOf } from './contact-hold.js';
import { callToRecord, itemToRecord, sessionToRecord } from './map-rows.js';

export interface SessionVersion {
  readonly sessionId: string;
  readonly version: number;
}

/** A decision to be written, together with the calls that a claim adds. */
export interface ChangeToWrite extends SceneChange {
  readonly newCalls?: readonly Call[];
  /** An event that is not stored yet, and is with this. */
  readonly arrived?: NewProviderEvent;
  /** The call that the settled events were about. */
  readonly eventCallId?: string;
}

export const isEmpty = (change: ChangeToWrite): boolean =>
  change.session === undefined &&
  change.arrived === undefined &&
  change.contact === undefined &&
  [change.calls, change.newCalls, change.items, change.processedEventIds].every(
    (part) => !part?.length,
  );

/**
 * Writes a decision in one statement, all of it or nothing. Throws `Outdated` when the session has another version than the
 * one that the decision was made on, or when another claim, a hand-over or a contact rule got one of the new calls' numbers; then nothing
 * counts, and a transaction around it must be rolled back. Throws `EarlierEventsWait`, see `SceneChange`, also when
 * the arrived event is stored already; nothing was written.
 *
 * `contact` is not written here: see `applyContact`, in the same transaction.
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
  const { arrived } = change;
  const aboutEvents = eventIds.length > 0 || arrived !== undefined;
  const inOrder = aboutEvents ? sql`and not exists (select from earlier_event)` : sql``;
  const parts: RawBuilder<unknown>[] = [];
  if (arrived !== undefined) parts.push(earlierThan(arrived));
  else if (eventIds.length > 0) parts.push(earlierEvent(eventIds));
  parts.push(guard(on, change.session, inOrder));
  if (newCalls.length > 0) parts.push(placed(newCalls));
  if (change.calls?.length) parts.push(changedCalls(change.calls));
  const items = change.items ?? [];
  if (items.length > 0) parts.push(changedItems(items));
  if (eventIds.length > 0) parts.push(events(eventIds, change.eventCallId ?? null));
  if (arrived !== undefined) parts.push(arrivedEvent(arrived, change.eventCallId ?? null));
  const over = [...(change.calls ?? []), ...newCalls].filter((call) => call.state === 'COMPLETED');
  if (over.length > 0) parts.push(counted(over));
  const placedCount = newCalls.length > 0 ? sql`(select count(*)::integer from placed)` : sql`0`;
  const waits = aboutEvents ? sql`exists (select from earlier_event)` : sql`false`;
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
 * committed after the claim had looked, and before it had the lead's lock, is seen here; so is a contact rule. A call that begins
 * with its claim is asked for right after, so a call to its number that ended meanwhile is seen here too (P8); a QUEUED one is
 * looked at by `beginPlacing`.
 */
const placed = (calls: readonly Call[]) => sql`placed as (
  insert into calls (${sql.raw(CALL_COLUMNS.join(', '))}, lead_name)
  select ${sql.raw(CALL_COLUMNS.map((column) => `r.${column}`).join(', '))}, coalesce(l.name, '')
  from guard
  cross join ${records('calls', calls.map(callToRecord))} r
  left join leads l on l.id = r.lead_id
  where not exists (${handedOver(sql`r.phone`)} offset 0)
    and ${contactHold(sql`r.lead_id`, sql`r.phone`)} is null
    and (r.state = 'QUEUED' or ${calledSince(sql`r.phone`, sql`r.clearance`)} is not true)
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
 * An item that another session has claimed meanwhile stays as it is (P2), and none comes back into the queue whose number or person
 * may not be called (P8). `ready`: see the schema; what has another due time than before is due later.
 */
const changedItems = (items: readonly QueueItem[]) => sql`changed_items as (
  update queue_items q
  set state = coalesce(r.hold, r.state),
      held_reason = case when r.hold is null then r.held_reason else stop.reason end,
      stopped_by_call_id = stop.call_id,
      ready = r.due_at = q.due_at,
      ${assignments(ITEM_COLUMNS)}
  from guard, (
    select given.*, i.lead_id as lead, i.phone as dialed,
      case when given.state = 'PENDING' then ${contactHold(sql`i.lead_id`, sql`i.phone`)} end as hold
    from ${records('queue_items', items.map(itemToRecord))} given
    join queue_items i on i.id = given.id
    offset 0
  ) r left join lateral (${stopOf(sql`r.lead`, sql`r.dialed`, sql`r.hold`)}) stop on true
  where q.id = r.id and (q.state <> 'CLAIMED' or q.claimed_by_session_id = guard.id)
)`;

const events = (eventIds: readonly string[], callId: string | null) => sql`events as (
  update provider_events e set state = 'PROCESSED', due_at = null, note = null, call_id = ${callId}::uuid
  from guard where e.id = any(${eventIds}::uuid[]) and e.state = 'PENDING'
)`;

/** Two nodes that store one event at the same time: the unique key refuses the whole statement of the second. */
const arrivedEvent = (event: NewProviderEvent, callId: string | null) => sql`arrived_event as (
  insert into provider_events (id, provider, dedupe_key, call_key, payload, received_at, state, call_id)
  select ${event.id}::uuid, ${event.provider}::text, ${event.dedupeKey}::text, ${event.callKey}::text,
    ${toJson(event.payload)}::jsonb, ${event.receivedAt}::timestamptz, 'PROCESSED', ${callId}::uuid
  from guard
)`;

/** An event of the same call that is still untried, or the very event. */
const earlierThan = ({ provider, callKey, dedupeKey }: NewProviderEvent) => sql`earlier_event as (
  select where exists (
    select from provider_events b
    where b.provider = ${provider} and b.call_key = ${callKey} and b.state = 'PENDING' and b.attempts = 0
    offset 0
  ) or exists (
    select from provider_events b where b.provider = ${provider} and b.dedupe_key = ${dedupeKey} offset 0
  )
)`;

/** An earlier event of the same call that was not tried yet. An event that was tried and failed does not block. */
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
  'actor_id',
  'actor_name',
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
  'agent_left_at',
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
  'disposition_code',
  'disposition_effect',
  'disposition_retry',
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
  'claimed_by_session_id',
] as const satisfies readonly (keyof ReturnType<typeof itemToRecord>)[];

const assignments = (columns: readonly string[]) =>
  sql.raw(columns.map((column) => `${column} = r.${column}`).join(', '));

const crmAssignment = (column: (typeof CRM_COLUMNS)[number]) =>
  sql.raw(
    `${column} = case when c.crm_state is null or c.crm_revision <> r.crm_revision then r.${column} else c.${column} end`,
  );
