import type { OutsideCall } from '@outdial/core';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../engine/database.js';

/** Ids of calls that only a campaign's list shows: which number was called, but not when. The provider's own ids have no space. */
const SEEN_IN_CAMPAIGN = 'campaign ';

/** As `DialerStore.noteOutsideCall`. What a campaign's list had shown of the same number is replaced by the provider's report. */
export async function noteOutsideCall(db: Kysely<Database>, call: OutsideCall): Promise<void> {
  await sql`
    with replaced as (
      delete from outside_calls
      where provider = ${call.provider} and phone = ${call.phone} and provider_call_id like ${`${SEEN_IN_CAMPAIGN}%`}
    )
    insert into outside_calls as o (provider, provider_call_id, phone, dialed_at, ended_at)
    values (${call.provider}, ${call.providerCallId}, ${call.phone}, ${call.dialedAt}, ${call.endedAt}::timestamptz)
    on conflict (provider, provider_call_id) do update
    set dialed_at = least(o.dialed_at, excluded.dialed_at), ended_at = greatest(o.ended_at, excluded.ended_at)`.execute(
    db,
  );
}

/**
 * Numbers of which a campaign's list shows that they were called, and the provider has reported no call since the hand-over began: its
 * events may be lost. `called`: a query of `handover_id` and `phone`.
 */
export const noteSeenInCampaign = (
  called: RawBuilder<unknown>,
  now: Date,
): RawBuilder<unknown> => sql`
  insert into outside_calls (provider, provider_call_id, phone, dialed_at, ended_at)
  select h.provider, ${SEEN_IN_CAMPAIGN} || h.id || ' ' || n.phone, n.phone, ${now}::timestamptz, ${now}::timestamptz
  from (${called}) n join campaign_handovers h on h.id = n.handover_id
  where not exists (
    select from outside_calls o
    where o.phone = n.phone and o.provider = h.provider and o.dialed_at >= h.created_at offset 0)
  on conflict do nothing`;
