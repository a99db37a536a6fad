import { BELIEVED_OPEN_FOR_MS, type PastCall } from '@outdial/core';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../engine/database.js';

/**
 * Why a lead may not be called in any queue: SUPPRESSED, DONE (its person ended it), or null. One place for the rule, which
 * the claim, placing, and every writer of queue items ask (P8):
 *
 * - the number that would be dialed is on the suppression list, or was the number of a person who ended it elsewhere;
 * - a further number of the lead is on the list as a person's own number (`scope`);
 * - the person of the lead said so on a call, whatever number the lead has now.
 *
 * `offset 0` keeps each look an index look-up, as in the claim.
 */
export const contactHold = (
  leadId: RawBuilder<unknown>,
  phone: RawBuilder<unknown>,
): RawBuilder<'SUPPRESSED' | 'DONE' | null> => sql`case
  when exists (select from suppressions hp where hp.phone = ${phone} offset 0)
    or exists (select from contact_stops hs where hs.lead_id = ${leadId} and hs.effect = 'suppress_person' offset 0)
    or exists (
      select from lead_phones hn join suppressions hp on hp.phone = hn.phone
      where hn.lead_id = ${leadId} and hp.scope = 'person' offset 0)
  then 'SUPPRESSED'
  when exists (select from contact_stops hs where hs.lead_id = ${leadId} and hs.effect = 'ends_everywhere' offset 0)
    or exists (select from contact_stops hs where hs.phone = ${phone} and hs.effect = 'ends_everywhere' offset 0)
  then 'DONE' end`;

/** `contactHold` of a lead that is being made: only its number can be on record yet. */
export const newLeadHold = (
  phone: RawBuilder<unknown>,
): RawBuilder<'SUPPRESSED' | 'DONE' | null> => sql`case
  when exists (select from suppressions hp where hp.phone = ${phone} offset 0) then 'SUPPRESSED'
  when exists (select from contact_stops hs where hs.phone = ${phone} and hs.effect = 'ends_everywhere' offset 0)
  then 'DONE' end`;

/** The call, and the sentence for people, that made a place DONE which `contactHold` holds; no row for another hold. */
export const stopOf = (
  leadId: RawBuilder<unknown>,
  phone: RawBuilder<unknown>,
  hold: RawBuilder<unknown>,
): RawBuilder<unknown> => sql`
  select s.call_id, '"' || s.disposition || '" was set on a call of another queue' as reason
  from contact_stops s
  where ${hold} = 'DONE' and s.effect = 'ends_everywhere' and (s.lead_id = ${leadId} or s.phone = ${phone})
  order by s.created_at limit 1`;

/** Calls outside the dialer to a number; what turned out to be a call of ours is counted there. */
const outsideCallsTo = (phone: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  outside_calls o where o.phone = ${phone} and not exists (
    select from calls b where b.provider = o.provider and b.provider_call_id = o.provider_call_id offset 0)`;

/**
 * Did a call to the number, by the dialer or outside of it, end after `lastEndedAt` (null: there was none), or is it on a call outside the
 * dialer that was not known at `decidedAt`?
 */
export const wasCalledSince = (
  phone: RawBuilder<unknown>,
  lastEndedAt: RawBuilder<unknown>,
  decidedAt: RawBuilder<unknown> | Date,
): RawBuilder<boolean> => sql`(
  exists (
    select from calls d
    where d.phone = ${phone} and d.state = 'COMPLETED' and d.dialed_at is not null
      and d.ended_at > coalesce(${lastEndedAt}, '-infinity') offset 0)
  or exists (
    select from ${outsideCallsTo(phone)} and case when o.ended_at is null
      then o.dialed_at > ${decidedAt}::timestamptz - ${sql.lit(BELIEVED_OPEN_FOR_MS)} * interval '1 millisecond'
      else o.ended_at > coalesce(${lastEndedAt}, '-infinity') end offset 0))`;

/**
 * Did that happen after `clearance` (of a call, as stored) was given? Then it counts a call too few for the gap and the day. Not true, or
 * null, where the limits were not looked at.
 */
export const calledSince = (
  phone: RawBuilder<unknown>,
  clearance: RawBuilder<unknown>,
): RawBuilder<boolean | null> =>
  sql`(${clearance} -> 'contact' <> 'null'::jsonb and ${wasCalledSince(
    phone,
    sql`(${clearance} #>> '{contact,last_ended_at}')::timestamptz`,
    sql`(${clearance} ->> 'decided_at')`,
  )})`;

/** Until when the person asked to be left alone before a promised call-back; null: not asked. */
export const waitsUntil = (leadId: RawBuilder<unknown>): RawBuilder<Date | null> => sql`(
  select max(hs.until) from contact_stops hs where hs.lead_id = ${leadId} and hs.effect = 'waits')`;

/**
 * As a condition on the places of `leadId` at `phone`: nothing that a person said keeps them from being called at `now`. The
 * call-back that was promised (`callback`) does not wait for itself.
 */
export const mayBeContacted = (
  place: {
    readonly leadId: RawBuilder<unknown>;
    readonly phone: RawBuilder<unknown>;
    readonly callback: RawBuilder<unknown>;
  },
  now: Date,
): RawBuilder<boolean> => sql<boolean>`
  (${contactHold(place.leadId, place.phone)} is null
  and (${place.callback} or coalesce(${waitsUntil(place.leadId)} <= ${now}, true)))`;

/** More than a number may be called in a day, whatever the settings, and all that tells when the last call was. */
const PAST_CALLS_AT_MOST = 50;

/** A call as `pastCallsOf` tells it. */
export interface PastCallRow {
  readonly dialed_at: string;
  readonly ended_at: string | null;
}

/**
 * The calls to a number that are over, of all queues, and those outside the dialer, the last to end first, as one JSON value: for its
 * gap and its cap.
 */
export const pastCallsOf = (phone: RawBuilder<unknown>): RawBuilder<readonly PastCallRow[]> => sql`(
  select coalesce(json_agg(d order by d.ended_at desc nulls first, d.dialed_at desc), '[]') from (
    select * from (
      (select c.dialed_at, c.ended_at from calls c
      where c.phone = ${phone} and c.state = 'COMPLETED' and c.dialed_at is not null
      order by c.ended_at desc limit ${PAST_CALLS_AT_MOST})
      union all
      (select o.dialed_at, o.ended_at from ${outsideCallsTo(phone)}
      order by o.dialed_at desc limit ${PAST_CALLS_AT_MOST})
    ) both_kinds order by ended_at desc nulls first, dialed_at desc limit ${PAST_CALLS_AT_MOST}
  ) d)`;

export const toPastCall = (row: PastCallRow): PastCall => ({
  dialedAt: new Date(row.dialed_at),
  endedAt: row.ended_at === null ? null : new Date(row.ended_at),
});

/** Which leads a change of contact rules may concern. */
export interface Concerned {
  readonly leadIds?: readonly string[];
  /** Leads that have one of these as any of their numbers. */
  readonly phones?: readonly string[];
}

/** Queues whose items changed; `freed`: some of them wait again. */
export interface SettledItems {
  readonly queueIds: readonly string[];
  readonly freedQueueIds: readonly string[];
}

/**
 * Brings the places of these leads in every queue in line with what holds them now: after a suppression, a disposition or a number
 * came or went. CLAIMED ones are judged when their call is placed, and when it is over; what a queue finished by itself stays.
 * Items are locked in the order of their ids, as everywhere.
 */
export async function settleItems(
  tx: Kysely<Database>,
  { leadIds = [], phones = [] }: Concerned,
): Promise<SettledItems> {
  const { rows } = await sql<{ queue_id: string; state: string }>`
    with concerned as (
      select unnest(${[...leadIds]}::uuid[]) as lead_id
      union select id from leads where phone = any(${[...phones]}::text[])
      union select lead_id from lead_phones where phone = any(${[...phones]}::text[])
    ), held as materialized (
      select q.id, q.lead_id, q.phone, ${contactHold(sql`q.lead_id`, sql`q.phone`)} as hold
      from queue_items q
      where q.lead_id in (select lead_id from concerned)
        and (q.state in ('PENDING', 'SUPPRESSED') or (q.state = 'DONE' and q.stopped_by_call_id is not null))
      order by q.id for update of q
    )
    update queue_items q
    set state = coalesce(held.hold, 'PENDING'), stopped_by_call_id = stop.call_id, held_reason = stop.reason
    from held left join lateral (${stopOf(sql`held.lead_id`, sql`held.phone`, sql`held.hold`)}) stop on true
    where q.id = held.id and q.state <> coalesce(held.hold, 'PENDING')
    returning q.queue_id, q.state`.execute(tx);
  return {
    queueIds: [...new Set(rows.map((row) => row.queue_id))],
    freedQueueIds: [
      ...new Set(rows.filter((row) => row.state === 'PENDING').map((row) => row.queue_id)),
    ],
  };
}
