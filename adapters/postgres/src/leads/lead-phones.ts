import { type Kysely, sql } from 'kysely';
import { settleItems } from '../dialing/contact-hold.js';
import type { Database } from '../engine/database.js';

/** A further number of a lead, E.164; `label` as people wrote it: "Mobile", "Assistant". */
export interface LeadPhone {
  readonly phone: string;
  readonly label: string | null;
}

/** How many further numbers a lead may have: more is a list, and each is looked at when the lead is called. */
export const FURTHER_PHONES_AT_MOST = 20;

/** In the order in which they are kept; leads without any are missing. */
export async function readLeadPhones(
  db: Kysely<Database>,
  leadIds: readonly string[],
): Promise<ReadonlyMap<string, readonly LeadPhone[]>> {
  if (leadIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('lead_phones')
    .select(['lead_id', 'phone', 'label'])
    .where(sql<boolean>`lead_id = any(${[...leadIds]}::uuid[])`)
    .orderBy('lead_id')
    .orderBy('position')
    .orderBy('phone')
    .execute();
  const found = new Map<string, LeadPhone[]>();
  for (const { lead_id, phone, label } of rows) {
    const phones = found.get(lead_id);
    if (phones === undefined) found.set(lead_id, [{ phone, label }]);
    else phones.push({ phone, label });
  }
  return found;
}

export interface PhonesOfLead {
  readonly leadId: string;
  readonly phones: readonly LeadPhone[];
}

/**
 * Adds further numbers behind those that are there, in a few statements for any number of leads; a number that the lead has already
 * (also as the one that is dialed) stays as it is, and what is beyond `FURTHER_PHONES_AT_MOST` is left out. A lead with a suppressed
 * number is held in the same transaction. The leads must be locked by the transaction, or new in it.
 */
export async function addLeadPhones(
  tx: Kysely<Database>,
  given: readonly PhonesOfLead[],
): Promise<void> {
  const rows = given.flatMap(({ leadId, phones }) =>
    phones.map(({ phone, label }, at) => ({ leadId, phone, label, at })),
  );
  if (rows.length === 0) return;
  const { rows: added } = await sql<{ lead_id: string }>`
    insert into lead_phones (lead_id, phone, label, position)
    select lead_id, phone, label, place from (
      select distinct on (given.lead_id, given.phone) given.*,
        given.at + coalesce((select max(position) + 1 from lead_phones n where n.lead_id = given.lead_id), 0) as place
      from unnest(
        ${rows.map(({ leadId }) => leadId)}::uuid[],
        ${rows.map(({ phone }) => phone)}::text[],
        ${rows.map(({ label }) => label?.replaceAll('\0', '') ?? null)}::text[],
        ${rows.map(({ at }) => at)}::integer[]
      ) as given (lead_id, phone, label, at)
      join leads on leads.id = given.lead_id and leads.phone <> given.phone and leads.erased_at is null
      where not exists (select from lead_phones n where n.lead_id = given.lead_id and n.phone = given.phone)
      order by given.lead_id, given.phone, given.at
    ) fresh
    where place < ${FURTHER_PHONES_AT_MOST}
    order by lead_id, phone
    on conflict (lead_id, phone) do nothing
    returning lead_id`.execute(tx);
  await followPersons(
    tx,
    added.map((row) => row.lead_id),
  );
}

/** The lead has these further numbers and no others; the one that is dialed is left out. The lead must be locked. */
export async function replaceLeadPhones(
  tx: Kysely<Database>,
  { leadId, phones }: PhonesOfLead,
): Promise<void> {
  await sql`
    delete from lead_phones where lead_id = ${leadId}`.execute(tx);
  await addLeadPhones(tx, [{ leadId, phones }]);
  await settleItems(tx, { leadIds: [leadId] });
}

/**
 * A number that came to a person who asked not to be called is suppressed as well, so that it stays so when the lead is deleted or
 * brought again by a file. Then the leads' places in queues follow.
 */
export async function followPersons(
  tx: Kysely<Database>,
  leadIds: readonly string[],
): Promise<void> {
  if (leadIds.length === 0) return;
  const distinct = [...new Set(leadIds)];
  await sql`
    with asked as (
      select distinct on (lead_id) lead_id, call_id, disposition, created_at from contact_stops
      where lead_id = any(${distinct}::uuid[]) and effect = 'suppress_person'
      order by lead_id, created_at
    ), numbers as (
      select asked.*, leads.phone, 'person' as scope from asked join leads on leads.id = asked.lead_id
      union all
      select asked.*, n.phone, 'number' from asked join lead_phones n on n.lead_id = asked.lead_id
    ), stops as (
      insert into contact_stops (call_id, phone, lead_id, effect, disposition, created_at)
      select call_id, phone, lead_id, 'suppress_person', disposition, created_at from numbers
      on conflict do nothing
    )
    insert into suppressions (phone, reason, source, created_at, scope, call_id)
    select phone, 'A number of a person who asked an agent not to be called', 'agent', now(), scope, call_id
    from numbers order by phone
    on conflict (phone) do nothing`.execute(tx);
  await settleItems(tx, { leadIds: distinct });
}
