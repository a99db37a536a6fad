import { type Clock, type Crm, type CrmActivity, CrmError, type Lead } from '@outdial/core';
import { type Kysely, sql } from 'kysely';
import { externalId } from './external-id.js';
import { type CrmFaults, createFaultyGate } from './faults.js';
import { createReadings, type MockCrmReadings } from './readings.js';
import { createSharedFaults } from './shared-faults.js';
import type { MockCrmTables } from './tables.js';

export interface MockCrmOptions {
  /** Any database that has the mock CRM's tables. */
  readonly db: Kysely<MockCrmTables>;
  readonly clock: Clock;
  /** Seed of the random faults; default 1. */
  readonly seed?: number;
}

/** A CRM for demonstration, training and tests: it stores what it receives, and fails on demand. */
export interface MockCrm extends Crm, MockCrmReadings {
  /** Replaces all faults; `{}` ends them. Other nodes on this database follow within a second. */
  setFaults(faults: CrmFaults): Promise<void>;
  faults(): Promise<CrmFaults>;
}

/** More collisions than this are no accident. */
const MOST_ATTEMPTS = 32;

/**
 * The commit does not wait for the disk. The dialer's later write follows it in the same database log, so a crash that loses
 * this write loses the later one too, and the dialer syncs the call again.
 */
const NOT_FLUSHED = sql`(select set_config('synchronous_commit', 'off', true))`.as('not_flushed');

const UNIQUE_VIOLATION = '23505';
const FOREIGN_KEY_VIOLATION = '23503';

/**
 * Idempotent by unique constraints, not by looking first: two syncs of one call at the same time, on two nodes, still
 * leave one activity. A write is one statement, which inserts or brings up to date; one that meets an id that is taken
 * wrote nothing and begins again with the next id.
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
      const { external_id } = await db
        .insertInto('mock_crm_contacts')
        .values({
          ...fields,
          external_id: externalId('CRM', lead.id, attempt),
          source_lead_id: lead.id,
          created_at: now,
        })
        .onConflict((conflict) => conflict.column('source_lead_id').doUpdateSet(fields))
        .returning(['external_id', NOT_FLUSHED])
        .executeTakeFirstOrThrow();
      return { externalId: external_id };
    });
  }

  async function writeActivity(activity: CrmActivity): Promise<{ activityId: string }> {
    await refuseUnwantedContact(activity.contactExternalId);
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
      const { id } = await db
        .insertInto('mock_crm_activities')
        .values({
          ...fields,
          id: externalId('MOCK', activity.callId, attempt),
          source_activity_id: activity.callId,
          created_at: now,
        })
        .onConflict((conflict) => conflict.column('source_activity_id').doUpdateSet(fields))
        .returning(['id', NOT_FLUSHED])
        .executeTakeFirstOrThrow();
      return { activityId: id };
    }).catch((error: unknown) => {
      // Contacts are never removed: one that is not there was never there.
      if (codeOf(error) !== FOREIGN_KEY_VIOLATION) throw error;
      throw new CrmError(`The CRM has no contact ${activity.contactExternalId}.`, false, {
        cause: error,
      });
    });
  }

  async function refuseUnwantedContact(contactExternalId: string): Promise<void> {
    if (!gate.current().rejectLead) return;
    const contact = await db
      .selectFrom('mock_crm_contacts')
      .select('source_lead_id')
      .where('external_id', '=', contactExternalId)
      .executeTakeFirst();
    if (contact !== undefined) gate.refuse(contact.source_lead_id);
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

async function untilWritten<T>(write: (attempt: number) => Promise<T>): Promise<T> {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt += 1) {
    try {
      return await write(attempt);
    } catch (error) {
      // The other unique key is the one that the statement brings up to date.
      if (codeOf(error) !== UNIQUE_VIOLATION) throw error;
    }
  }
  throw new CrmError('The CRM found no free id for a new record.', true);
}

/** Both drivers' errors carry PostgreSQL's code. */
const codeOf = (error: unknown): unknown =>
  error instanceof Error ? (error as Error & { code?: unknown }).code : undefined;
