import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Lead } from '@outdial/core';
import { crmContract } from '@outdial/testing/contracts/crm';
import { createTestDatabase, type TestDatabase } from '@outdial/testing/services';
import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { externalId } from '../src/external-id.js';
import { BadCursor, createMockCrm, type MockCrmTables } from '../src/index.js';

// The tables are made by the product's own migrations, read as files: adapters do not import each other.
const migrations = fileURLToPath(
  new URL('../../../adapters/postgres/migrations/', import.meta.url),
);

let database: TestDatabase;
let db: Kysely<MockCrmTables>;

beforeAll(async () => {
  database = await createTestDatabase({ name: 'crm_mock', prepare: migrate });
  const pool = new pg.Pool({ connectionString: database.url, max: 8 });
  db = new Kysely<MockCrmTables>({ dialect: new PostgresDialect({ pool }) });
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});
beforeEach(async () => {
  await db.deleteFrom('mock_crm_activities').execute();
  await db.deleteFrom('mock_crm_contacts').execute();
  await db.deleteFrom('mock_crm_faults').execute();
});

let now = new Date('2026-01-15T15:00:00Z');
const clock = { now: () => now };

crmContract('The mock CRM', async () => {
  const crm = createMockCrm({ db, clock });
  return {
    crm,
    contacts: async () => (await crm.listContacts({ limit: 100 })).rows,
    activities: async () =>
      (await crm.listActivities({ limit: 100 })).rows.map((kept) => ({
        activityId: kept.id,
        callId: kept.callId,
        contactExternalId: kept.contactExternalId,
        outcome: kept.outcome,
        disposition: kept.disposition,
        notes: kept.notes,
        agentName: kept.agentName,
        startedAt: kept.startedAt,
        endedAt: kept.endedAt,
        talkSeconds: kept.talkSeconds,
      })),
    setDown: async (down) => crm.setFaults({ down }),
    loseNextAnswer: async () => crm.setFaults({ loseNextAnswers: 1 }),
    reject: async (leadId) => crm.setFaults({ rejectLead: leadId }),
    close: async () => undefined,
  };
});

describe('the mock CRM', () => {
  it('the mock CRM does not wait for the disk: what a crash of the database takes back is brought there again', async () => {
    const setting = await db.transaction().execute(async (tx) => {
      await sql`set local synchronous_commit = on`.execute(tx);
      const crm = createMockCrm({ db: tx, clock });
      const contact = await crm.upsertContact(leadNumber(1));
      const read = async () =>
        (await sql<{ s: string }>`select current_setting('synchronous_commit') as s`.execute(tx))
          .rows[0]?.s;
      const afterContact = await read();
      await sql`set local synchronous_commit = on`.execute(tx);
      await crm.putActivity(callTo(contact.externalId, 1));
      return { afterContact, afterActivity: await read() };
    });
    expect(setting).toEqual({ afterContact: 'off', afterActivity: 'off' });
  });

  it('the mock CRM gives contacts and activities ids of eight digits that are the same in every demonstration', async () => {
    const crm = createMockCrm({ db, clock });
    const contact = await crm.upsertContact(leadNumber(1));
    const { activityId } = await crm.putActivity(callTo(contact.externalId, 1));
    expect(contact.externalId).toMatch(/^CRM-[0-9A-F]{8}$/);
    expect(activityId).toMatch(/^MOCK-[0-9A-F]{8}$/);
    expect(contact.externalId).toBe(externalId('CRM', leadNumber(1).id, 0));
  });

  it('the mock CRM takes the next id when the first is already in use', async () => {
    await db
      .insertInto('mock_crm_contacts')
      .values({
        external_id: externalId('CRM', leadNumber(1).id, 0),
        source_lead_id: leadNumber(2).id,
        name: 'Grace Hopper',
        phone: '+12025550102',
        email: null,
        company: null,
        job_title: null,
        created_at: now,
        updated_at: now,
      })
      .execute();
    const crm = createMockCrm({ db, clock });
    const contact = await crm.upsertContact(leadNumber(1));
    expect(contact.externalId).toBe(externalId('CRM', leadNumber(1).id, 1));
    expect(await crm.upsertContact(leadNumber(1))).toEqual(contact);
  });

  it('the mock CRM fails as many writes as it was told, and then no more', async () => {
    const crm = createMockCrm({ db, clock });
    await crm.setFaults({ failNext: 2 });
    await expect(crm.upsertContact(leadNumber(1))).rejects.toMatchObject({ mayTryAgain: true });
    await expect(crm.upsertContact(leadNumber(1))).rejects.toMatchObject({ mayTryAgain: true });
    expect((await crm.listContacts({ limit: 10 })).total).toBe(0);
    await crm.upsertContact(leadNumber(1));
    expect((await crm.listContacts({ limit: 10 })).total).toBe(1);
  });

  it('the mock CRM fails about as often as it was told, and the same writes for the same seed', async () => {
    const failuresOf = async (seed: number) => {
      const crm = createMockCrm({ db, clock, seed });
      await crm.setFaults({ failRate: 0.3, loseAnswerRate: 0.1 });
      const failed: number[] = [];
      for (let write = 0; write < 100; write++) {
        await crm.upsertContact(leadNumber(write)).catch(() => failed.push(write));
      }
      return failed;
    };
    const failed = await failuresOf(7);
    expect(failed.length).toBeGreaterThan(20);
    expect(failed.length).toBeLessThan(55);
    expect(await failuresOf(7)).toEqual(failed);
    expect(await failuresOf(8)).not.toEqual(failed);
  });

  it('the mock CRM is down for every node within a second, and up again likewise; a node that starts meanwhile finds it down', async () => {
    const [here, there] = [createMockCrm({ db, clock }), createMockCrm({ db, clock })];
    await there.upsertContact(leadNumber(1));
    await here.setFaults({ down: true });
    await expect(here.upsertContact(leadNumber(1))).rejects.toThrow('cannot be reached');
    now = new Date(now.getTime() + 1_000);
    await expect(there.upsertContact(leadNumber(1))).rejects.toThrow('cannot be reached');
    expect(await there.faults()).toMatchObject({ down: true });
    const restarted = createMockCrm({ db, clock });
    await expect(restarted.upsertContact(leadNumber(1))).rejects.toThrow('cannot be reached');

    await there.setFaults({ loseAnswerRate: 1 });
    expect(await here.faults()).toMatchObject({ down: false, loseAnswerRate: 1 });
    await expect(here.upsertContact(leadNumber(2))).rejects.toThrow('may have written');
    await there.setFaults({});
    now = new Date(now.getTime() + 1_000);
    await here.upsertContact(leadNumber(2));
  });

  it('the mock CRM lists contacts page by page, newest first, none twice and none left out', async () => {
    const crm = createMockCrm({ db, clock });
    for (let n = 0; n < 7; n++) {
      // Two at each instant, so that the id must break the tie.
      now = new Date(Date.UTC(2026, 0, 15, 15, Math.floor(n / 2)));
      await crm.upsertContact(leadNumber(n));
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await crm.listContacts({ limit: 3, cursor });
      expect(page.total).toBe(7);
      seen.push(...page.rows.map(({ leadId }) => leadId));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toHaveLength(7);
    expect(new Set(seen).size).toBe(7);
    expect(seen[0]).toBe(leadNumber(6).id);
  });

  it('the mock CRM finds contacts by a part of their name, number, e-mail or company, and takes % as it stands', async () => {
    const crm = createMockCrm({ db, clock });
    await crm.upsertContact({ ...leadNumber(1), name: 'Ada Lovelace', company: '100% Engines' });
    await crm.upsertContact({ ...leadNumber(2), name: 'Grace Hopper' });
    const found = async (q: string) =>
      (await crm.listContacts({ limit: 10, q })).rows.map(({ name }) => name);
    expect(await found('lovel')).toEqual(['Ada Lovelace']);
    expect(await found('0102')).toEqual(['Grace Hopper']);
    expect(await found('0%')).toEqual(['Ada Lovelace']);
    expect(await found('  ')).toHaveLength(2);
  });

  it('the mock CRM lists the activities of one lead, and the one of a call', async () => {
    const crm = createMockCrm({ db, clock });
    const one = await crm.upsertContact(leadNumber(1));
    const two = await crm.upsertContact(leadNumber(2));
    for (let n = 0; n < 5; n++) {
      now = new Date(Date.UTC(2026, 0, 15, 16, n));
      await crm.putActivity(callTo(n < 3 ? one.externalId : two.externalId, n));
    }
    const ofOne = await crm.activitiesOfLead(leadNumber(1).id);
    expect(ofOne.map(({ callId }) => callId)).toEqual([callId(2), callId(1), callId(0)]);
    const first = await crm.listActivities({ limit: 2, leadId: leadNumber(1).id });
    expect(first).toMatchObject({ total: 3, rows: ofOne.slice(0, 2) });
    const cursor = first.nextCursor ?? undefined;
    const rest = await crm.listActivities({ limit: 2, leadId: leadNumber(1).id, cursor });
    expect(rest).toEqual({ total: 3, rows: ofOne.slice(2), nextCursor: null });
    expect((await crm.listActivities({ limit: 10, callId: callId(4) })).rows).toHaveLength(1);
    expect(await crm.activitiesOfLead(leadNumber(9).id)).toEqual([]);
  });

  it('the mock CRM refuses a cursor that it did not make', async () => {
    const crm = createMockCrm({ db, clock });
    await expect(crm.listContacts({ limit: 10, cursor: 'page-2' })).rejects.toThrow(BadCursor);
    const other = Buffer.from('["yesterday","x"]').toString('base64url');
    await expect(crm.listActivities({ limit: 10, cursor: other })).rejects.toThrow(BadCursor);
  });
});

async function migrate(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const file of (await readdir(migrations)).filter((name) => name.endsWith('.sql')).sort()) {
      await client.query(await readFile(`${migrations}${file}`, 'utf8'));
    }
  } finally {
    await client.end();
  }
}

const idNumber = (n: number): string =>
  `01900000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
const callId = (n: number): string => idNumber(1000 + n);

const leadNumber = (n: number): Lead => ({
  id: idNumber(n),
  name: `Lead ${n}`,
  jobTitle: null,
  phone: `+1202555${String(100 + n).padStart(4, '0')}`,
  company: null,
  email: null,
  headcount: null,
  industry: null,
  timeZone: null,
  score: 0,
  enrichment: null,
  crmExternalId: null,
  createdAt: now,
  updatedAt: now,
});

const callTo = (contactExternalId: string, n: number) => ({
  callId: callId(n),
  contactExternalId,
  outcome: 'BUSY' as const,
  disposition: 'Busy',
  notes: 'Line was busy. Will retry later.',
  agentName: 'Grace Hopper',
  startedAt: now,
  endedAt: now,
  talkSeconds: 0,
});
