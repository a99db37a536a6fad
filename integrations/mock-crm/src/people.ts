import type { CrmPeople } from '@outdial/kit';
import { type Kysely, sql } from 'kysely';
import type { MockCrmTables } from './tables.js';

/** As in the leads: what a later sync of such a contact would write as well. */
const ERASED = { name: 'Erased person', phone: 'erased:' } as const;

export function createMockCrmPeople(): CrmPeople {
  return {
    async leadsOf(tx, { phones, emails }) {
      const { rows } = await sql<{ source_lead_id: string }>`
        select source_lead_id from mock_crm_contacts
        where phone = any(${[...phones]}::text[])
          or lower(email) = any(${emails.map((email) => email.trim().toLowerCase())}::text[])`.execute(
        own(tx),
      );
      return rows.map((row) => row.source_lead_id);
    },

    async read(tx, leadIds) {
      const { rows: contacts } = await sql<{ row: unknown }>`
        select to_jsonb(c) as row from mock_crm_contacts c
        where source_lead_id = any(${[...leadIds]}::uuid[]) order by created_at`.execute(own(tx));
      const { rows: activities } = await sql<{ row: unknown }>`
        select to_jsonb(a) as row from mock_crm_activities a
        join mock_crm_contacts c on c.external_id = a.contact_external_id
        where c.source_lead_id = any(${[...leadIds]}::uuid[]) order by a.created_at`.execute(
        own(tx),
      );
      return {
        contacts: contacts.map(({ row }) => row),
        activities: activities.map(({ row }) => row),
      };
    },

    async erase(tx, leadIds, now) {
      // What was synced since they were erased stays.
      const theirs = sql`source_lead_id = any(${[...leadIds]}::uuid[]) and phone not like ${`${ERASED.phone}%`}`;
      const activities = await sql`
        update mock_crm_activities set notes = '', updated_at = ${now}
        where contact_external_id in (select external_id from mock_crm_contacts where ${theirs})`.execute(
        own(tx),
      );
      const contacts = await sql`
        update mock_crm_contacts set
          name = ${ERASED.name}, phone = ${ERASED.phone} || source_lead_id, email = null, company = null,
          job_title = null, updated_at = ${now}
        where ${theirs}`.execute(own(tx));
      return Number(contacts.numAffectedRows ?? 0) + Number(activities.numAffectedRows ?? 0);
    },
  };
}

/** The program's own transaction, whose database has the tables. */
const own = (tx: unknown): Kysely<MockCrmTables> => tx as Kysely<MockCrmTables>;
