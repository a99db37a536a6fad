import type { Outcome } from '@outdial/core';
import { type ExpressionBuilder, type Kysely, sql } from 'kysely';
import { cutPage, type Page, type PageRequest, readCursor } from './page.js';
import type { ActivityRow, ContactRow, MockCrmTables } from './tables.js';

export interface MockContact {
  readonly externalId: string;
  readonly leadId: string;
  readonly name: string;
  readonly phone: string;
  readonly email: string | null;
  readonly company: string | null;
  readonly jobTitle: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface MockActivity {
  readonly id: string;
  readonly callId: string;
  readonly leadId: string;
  readonly contactExternalId: string;
  readonly outcome: Outcome;
  readonly disposition: string;
  readonly notes: string;
  readonly agentName: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly talkSeconds: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** What a person sees who opens the CRM. Newest first. Faults do not reach it. Lists throw `BadCursor`. */
export interface MockCrmReadings {
  /** `q`: part of a name, number, e-mail, company or id. */
  listContacts(
    query: PageRequest & { readonly q?: string | undefined },
  ): Promise<Page<MockContact>>;
  listActivities(
    query: PageRequest & {
      readonly leadId?: string | undefined;
      readonly callId?: string | undefined;
    },
  ): Promise<Page<MockActivity>>;
  activitiesOfLead(leadId: string): Promise<readonly MockActivity[]>;
}

export function createReadings(db: Kysely<MockCrmTables>): MockCrmReadings {
  return {
    listContacts: ({ limit, cursor, q }) =>
      inSnapshot(db, async (snapshot) => {
        let matching = snapshot.selectFrom('mock_crm_contacts');
        const wanted = q?.trim() ?? '';
        if (wanted !== '') matching = matching.where((eb) => contactMatches(eb, wanted));
        const total = await matching.select(rowCount).executeTakeFirstOrThrow();
        let rows = matching
          .selectAll()
          .orderBy('created_at', 'desc')
          .orderBy('external_id')
          .limit(limit + 1);
        if (cursor !== undefined) {
          const after = readCursor(cursor);
          rows = rows.where((eb) =>
            eb.or([
              eb('created_at', '<', after.createdAt),
              eb.and([eb('created_at', '=', after.createdAt), eb('external_id', '>', after.id)]),
            ]),
          );
        }
        const found = await rows.execute();
        return cutPage(
          found,
          limit,
          total.count,
          (row) => ({ createdAt: row.created_at, id: row.external_id }),
          toContact,
        );
      }),

    listActivities: ({ limit, cursor, leadId, callId }) =>
      inSnapshot(db, async (snapshot) => {
        let matching = snapshot.selectFrom('mock_crm_activities');
        if (leadId !== undefined) matching = matching.where((eb) => ofLead(eb, leadId));
        if (callId !== undefined) matching = matching.where('source_activity_id', '=', callId);
        const total = await matching.select(rowCount).executeTakeFirstOrThrow();
        let rows = matching
          .selectAll()
          .select(leadOfContact)
          .orderBy('created_at', 'desc')
          .orderBy('id')
          .limit(limit + 1);
        if (cursor !== undefined) {
          const after = readCursor(cursor);
          rows = rows.where((eb) =>
            eb.or([
              eb('created_at', '<', after.createdAt),
              eb.and([eb('created_at', '=', after.createdAt), eb('id', '>', after.id)]),
            ]),
          );
        }
        const found = await rows.execute();
        return cutPage(
          found,
          limit,
          total.count,
          (row) => ({ createdAt: row.created_at, id: row.id }),
          toActivity,
        );
      }),

    async activitiesOfLead(leadId) {
      const rows = await db
        .selectFrom('mock_crm_activities')
        .selectAll()
        .select(leadOfContact)
        .where((eb) => ofLead(eb, leadId))
        .orderBy('created_at', 'desc')
        .orderBy('id')
        .execute();
      return rows.map(toActivity);
    },
  };
}

/** A page and its total as of one moment, whatever is written meanwhile. */
const inSnapshot = <T>(
  db: Kysely<MockCrmTables>,
  read: (snapshot: Kysely<MockCrmTables>) => Promise<T>,
): Promise<T> =>
  db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(read);

const leadOfContact = sql<string>`(
  select contact.source_lead_id from mock_crm_contacts contact
  where contact.external_id = mock_crm_activities.contact_external_id)`.as('source_lead_id');

/** As an integer, which every driver reads as a number. */
const rowCount = sql<number>`count(*)::int`.as('count');

function contactMatches(eb: ExpressionBuilder<MockCrmTables, 'mock_crm_contacts'>, wanted: string) {
  // The backslash is PostgreSQL's own escape character for LIKE.
  const anywhere = `%${wanted.replace(/[\\%_]/g, '\\$&')}%`;
  const columns = ['name', 'phone', 'email', 'company', 'external_id'] as const;
  return eb.or(columns.map((column) => eb(column, 'ilike', anywhere)));
}

const ofLead = (eb: ExpressionBuilder<MockCrmTables, 'mock_crm_activities'>, leadId: string) =>
  eb(
    'contact_external_id',
    'in',
    eb.selectFrom('mock_crm_contacts').select('external_id').where('source_lead_id', '=', leadId),
  );

const toContact = (row: ContactRow): MockContact => ({
  externalId: row.external_id,
  leadId: row.source_lead_id,
  name: row.name,
  phone: row.phone,
  email: row.email,
  company: row.company,
  jobTitle: row.job_title,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});

const toActivity = (row: ActivityRow & { readonly source_lead_id: string }): MockActivity => ({
  id: row.id,
  callId: row.source_activity_id,
  leadId: row.source_lead_id,
  contactExternalId: row.contact_external_id,
  outcome: row.outcome as Outcome,
  disposition: row.disposition,
  notes: row.notes,
  agentName: row.agent_name,
  startedAt: row.started_at,
  endedAt: row.ended_at,
  talkSeconds: row.talk_seconds,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});
