import { type Clock, type Crm, type CrmActivity, CrmError, type Lead } from '@outdial/core';
import type { Kysely } from 'kysely';
import { externalId } from './external-id.js';
import { type CrmFaults, createFaultyGate } from './faults.js';
import { createReadings, type MockCrmReadings } from './readings.js';
import { createSharedFaults } from './shared-faults.js';
import type { MockCrmTables } from './tables.js';

export interface MockCrmOptions {
  /** Any database that has the mock CRM's tables. */
  readonly db: Kysely<MockCrmTables>;
  readonly clock: Clock;
  /** Of the faults' chance; 1 unless told. */
  readonly seed?: number;
}

/** A CRM for demonstration, training and tests: it keeps what it is told, and fails when asked to. */
export interface MockCrm extends Crm, MockCrmReadings {
  /** Replaces all faults; `{}` ends them. Other nodes on this database follow within a second. */
  setFaults(faults: CrmFaults): Promise<void>;
  faults(): Promise<CrmFaults>;
}

/** By then somebody is giving out ids on purpose. */
const MOST_ATTEMPTS = 32;

/**
 * Idempotent by unique constraints, not by looking first: two syncs of one call at the same time, on two nodes, still
 * leave one activity. A write first updates what is there; else it inserts, and an insert that meets any conflict
 * (the other sync was quicker, or the id is taken) writes nothing and begins again with the next id.
 */
export function createMockCrm({ db, clock, seed = 1 }: MockCrmOptions): MockCrm {
  const gate = createFaultyGate(seed);
  const shared = createSharedFaults(db, clock);

  async function through<T>(write: () => Promise<T>): Promise<T> {
    gate.follow(await shared.recent());
    return gate.through(write);
  }

  async function writeContact(lead: Lead): Promise<{ externalId: string }> {
    const now = clock.now();
    const fields = {
      name: lead.name,
      phone: lead.phone,
      email: lead.email,
      company: lead.company,
      job_title: lead.jobTitle,
      updated_at: now,
    };
    return untilWritten(async (attempt) => {
      const updated = await db
        .updateTable('mock_crm_contacts')
        .set(fields)
        .where('source_lead_id', '=', lead.id)
        .returning('external_id')
        .executeTakeFirst();
      if (updated !== undefined) return { externalId: updated.external_id };
      const inserted = await db
        .insertInto('mock_crm_contacts')
        .values({
          ...fields,
          external_id: externalId('CRM', lead.id, attempt),
          source_lead_id: lead.id,
          created_at: now,
        })
        .onConflict((conflict) => conflict.doNothing())
        .returning('external_id')
        .executeTakeFirst();
      return inserted && { externalId: inserted.external_id };
    });
  }

  async function writeActivity(activity: CrmActivity): Promise<{ activityId: string }> {
    await refuseUnknownContact(activity.contactExternalId);
    const now = clock.now();
    const fields = {
      contact_external_id: activity.contactExternalId,
      outcome: activity.outcome,
      disposition: activity.disposition,
      notes: activity.notes,
      agent_name: activity.agentName,
      started_at: activity.startedAt,
      ended_at: activity.endedAt,
      talk_seconds: activity.talkSeconds,
      updated_at: now,
    };
    return untilWritten(async (attempt) => {
      const updated = await db
        .updateTable('mock_crm_activities')
        .set(fields)
        .where('source_activity_id', '=', activity.callId)
        .returning('id')
        .executeTakeFirst();
      if (updated !== undefined) return { activityId: updated.id };
      const inserted = await db
        .insertInto('mock_crm_activities')
        .values({
          ...fields,
          id: externalId('MOCK', activity.callId, attempt),
          source_activity_id: activity.callId,
          created_at: now,
        })
        .onConflict((conflict) => conflict.doNothing())
        .returning('id')
        .executeTakeFirst();
      return inserted && { activityId: inserted.id };
    });
  }

  /** Contacts are never removed, so what is found here is still there when the activity is written. */
  async function refuseUnknownContact(contactExternalId: string): Promise<void> {
    const contact = await db
      .selectFrom('mock_crm_contacts')
      .select('source_lead_id')
      .where('external_id', '=', contactExternalId)
      .executeTakeFirst();
    if (contact === undefined) {
      throw new CrmError(`The CRM has no contact ${contactExternalId}.`, false);
    }
    gate.refuse(contact.source_lead_id);
  }

  return {
    name: 'mock',
    upsertContact: (lead) =>
      through(async () => {
        gate.refuse(lead.id);
        return writeContact(lead);
      }),
    putActivity: (activity) => through(() => writeActivity(activity)),
    async setFaults(faults) {
      await shared.set(faults);
      gate.set(faults);
    },
    async faults() {
      gate.follow(await shared.read());
      return gate.current();
    },
    ...createReadings(db),
  };
}

async function untilWritten<T>(write: (attempt: number) => Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    const written = await write(attempt);
    if (written !== undefined) return written;
  }
  throw new CrmError('The CRM found no free id for a new record.', true);
}
