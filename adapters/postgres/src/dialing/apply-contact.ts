import type { ContactChange, ContactChanged } from '@outdial/core';
import { type Kysely, sql } from 'kysely';
import type { Database } from '../engine/database.js';
import { settleItems } from './contact-hold.js';

/** Keeps the lead's numbers as they are until the transaction ends; before everything else, as all transactions lock leads first. */
export async function lockPerson(tx: Kysely<Database>, leadId: string): Promise<void> {
  await sql`select from leads where id = ${leadId} for no key update`.execute(tx);
}

/**
 * Carries out what a disposition says about its person, see `ContactChange`; in the transaction that saves the disposition. First
 * takes back what the same call did before, then does what it says now, then brings the places in all queues in line.
 */
export async function applyContact(
  tx: Kysely<Database>,
  { callId, leadId, phone, disposition, rule }: ContactChange,
): Promise<ContactChanged> {
  const { rows: before } = await sql<{ phone: string; effect: string }>`
    delete from contact_stops where call_id = ${callId} returning phone, effect`.execute(tx);
  // What another call asked for as well stays, under that call.
  const { rows: lifted } = await sql<{ phone: string; stays: boolean }>`
    with held as (
      select p.phone, (
        select s.call_id from contact_stops s
        where s.phone = p.phone and s.effect in ('suppress_number', 'suppress_person')
        order by s.created_at limit 1
      ) as by_call
      from suppressions p where p.call_id = ${callId} order by p.phone for update
    ), kept as (
      update suppressions p set call_id = held.by_call from held
      where p.phone = held.phone and held.by_call is not null
    ), gone as (
      delete from suppressions p using held where p.phone = held.phone and held.by_call is null
    )
    select phone, by_call is not null as stays from held`.execute(tx);

  const suppressed = rule === null ? [] : await hold({ callId, leadId, phone, disposition, rule });
  const settled = await settleItems(tx, {
    leadIds: [leadId],
    phones: [phone, ...before.map((row) => row.phone)],
  });
  if (before.some((row) => row.effect === 'waits')) await judgeAgain(tx, leadId);
  const now = new Set(suppressed);
  const was = lifted.filter(({ stays }) => !stays).map((row) => row.phone);
  return {
    suppressed: suppressed.filter((each) => !was.includes(each)),
    unsuppressed: was.filter((each) => !now.has(each)),
    ...settled,
  };

  /** The numbers that are on the suppression list because of this. */
  async function hold(change: ContactChange & { readonly rule: object }): Promise<string[]> {
    const { effect } = change.rule as NonNullable<ContactChange['rule']>;
    const until = rule?.effect === 'waits' ? rule.until : null;
    const everyNumber = effect !== 'suppress_number';
    await sql`
      insert into contact_stops (call_id, phone, lead_id, effect, disposition, until, created_at)
      select ${callId}::uuid, phone, ${leadId}::uuid, ${effect}::text, ${disposition}::text, ${until}::timestamptz, now()
      from (
        select ${phone}::text as phone
        union select l.phone from leads l where l.id = ${leadId} and ${everyNumber}::boolean
        union select n.phone from lead_phones n where n.lead_id = ${leadId} and ${everyNumber}::boolean
      ) numbers
      order by phone`.execute(tx);
    if (effect !== 'suppress_number' && effect !== 'suppress_person') return [];
    // A further number may be a switchboard: it is not dialed, but colleagues who have it beside their own are not held.
    const { rows } = await sql<{ phone: string }>`
      insert into suppressions (phone, reason, source, created_at, scope, call_id)
      select s.phone,
        ${effect === 'suppress_number' ? 'Wrong number, as an agent found' : 'Asked the agent not to be called'}::text,
        'agent', now(),
        case when ${effect}::text = 'suppress_person' and not exists (
          select from lead_phones n where n.lead_id = ${leadId} and n.phone = s.phone
        ) then 'person' else 'number' end,
        ${callId}::uuid
      from contact_stops s where s.call_id = ${callId} order by s.phone
      on conflict (phone) do update set scope = 'person'
        where suppressions.scope = 'number' and excluded.scope = 'person'
      returning phone`.execute(tx);
    return rows.map((row) => row.phone);
  }
}

/** What was put off until a promised call-back is looked at by the next claim. */
async function judgeAgain(tx: Kysely<Database>, leadId: string): Promise<void> {
  await sql`
    update queue_items set due_at = least(due_at, now()), held_reason = null
    where id in (
      select id from queue_items
      where lead_id = ${leadId} and state = 'PENDING' and not callback and held_reason is not null
      order by id for update
    )`.execute(tx);
}
