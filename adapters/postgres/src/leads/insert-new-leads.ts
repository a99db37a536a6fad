import { type Kysely, sql } from 'kysely';
import { newLeadHold, stopOf } from '../dialing/contact-hold.js';
import type { Database } from '../engine/database.js';
import type { LeadColumns } from './lead-columns.js';
import type { HashedLead } from './upsert-leads.js';

/** A lead that did not simply become a new one that is called. */
export interface UnusualLead {
  readonly place: number;
  readonly lead: HashedLead;
  /**
   * `known`: the number is a lead's already, and nothing was written. The others are new: SUPPRESSED by the suppression list,
   * DONE as their person said on a call that no more calls are wanted.
   */
  readonly state: 'known' | 'SUPPRESSED' | 'DONE';
}

/**
 * Makes leads of those rows whose number is no lead's yet, and puts them into the queue, in one statement; answers the others, so that
 * a file of new people costs neither an answer for each row nor a second statement. Fails at `leads_phone` when one of the numbers
 * became a lead's meanwhile: `retryLostRaces` with the whole transaction.
 */
export async function insertNewLeads(
  tx: Kysely<Database>,
  { texts }: LeadColumns,
  { queueId, now }: { readonly queueId?: string | undefined; readonly now: Date },
): Promise<readonly UnusualLead[]> {
  // "Is there one?" and INSERT instead of ON CONFLICT and RETURNING: the ids of the new places need not be joined to what came back.
  const statement = sql<HashedLead & Omit<UnusualLead, 'lead'>>`
    with given as materialized (
      select given.*, exists (select from leads where leads.phone = given.phone offset 0) as known, ${newLeadHold(sql`given.phone`)} as hold
      from unnest(
        ${texts.id}::uuid[], ${texts.itemId}::uuid[], ${texts.place}::integer[], ${texts.name}::text[], ${texts.phone}::text[],
        ${texts.jobTitle}::text[], ${texts.company}::text[], ${texts.email}::text[], ${texts.headcount}::text[],
        ${texts.industry}::text[], ${texts.timeZone}::text[], ${texts.score}::integer[], ${texts.phoneHash}::text[],
        ${texts.emailHash}::text[]
      ) as given (id, item_id, place, name, phone, job_title, company, email, headcount, industry, time_zone, score, phone_hash, email_hash)
    ), made as (
      insert into leads (id, name, phone, job_title, company, email, headcount, industry, time_zone, score,
        phone_hash, email_hash, created_at, updated_at)
      select id, name, phone, job_title, company, email, headcount, industry, time_zone, coalesce(score, 0),
        decode(phone_hash, 'hex'), decode(email_hash, 'hex'), ${now}::timestamptz, ${now}::timestamptz
      from given where not known
    )${queueId === undefined ? sql`` : sql`, ${placedIn(queueId, now)}`}
    select place, case when known then 'known' else hold end as state, name, phone, job_title as "jobTitle", company, email,
      headcount, industry, time_zone as "timeZone", score, phone_hash as "phoneHash", email_hash as "emailHash"
    from given where known or hold is not null`;
  const { rows } = await statement.execute(tx);
  return rows.map(({ place, state, ...lead }) => ({ place, state, lead }));
}

/** Without looking for a conflict: a lead that is new has no place yet. */
const placedIn = (queueId: string, now: Date) => sql`placed as (
      insert into queue_items
        (id, queue_id, lead_id, phone, state, priority, score, due_at, created_at, position, stopped_by_call_id, held_reason)
      select given.item_id, ${queueId}::uuid, given.id, given.phone, coalesce(given.hold, 'PENDING'), 0, coalesce(given.score, 0),
        ${now}::timestamptz, ${now}::timestamptz, given.place, stop.call_id, stop.reason
      from given left join lateral (${stopOf(sql`given.id`, sql`given.phone`, sql`given.hold`)}) stop on true
      where not given.known
    )`;
