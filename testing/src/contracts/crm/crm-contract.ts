import type { Crm, CrmActivity, Lead } from '@outdial/core';
import { CrmError } from '@outdial/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/**
 * What an adapter's test must bring so that `crmContract` can put it through its paces. The suite makes a fresh harness
 * for every test, over an empty CRM, and closes it afterwards.
 */
export interface CrmHarness {
  readonly crm: Crm;
  /** Everything the CRM holds now. */
  contacts(): Promise<readonly KeptContact[]>;
  activities(): Promise<readonly KeptActivity[]>;
  /** While true, the CRM cannot be reached. */
  setDown(down: boolean): Promise<void>;
  /** The next write is written, and its answer is lost. */
  loseNextAnswer(): Promise<void>;
  /** The CRM will never take this lead. */
  reject(leadId: string): Promise<void>;
  close(): Promise<void>;
}

export interface KeptContact {
  readonly externalId: string;
  readonly name: string;
  readonly phone: string;
}

export interface KeptActivity extends CrmActivity {
  readonly activityId: string;
}

/** The definition of "works" for the port `Crm`. */
export function crmContract(name: string, createHarness: () => Promise<CrmHarness>): void {
  describe(`${name} keeps the contract of a CRM`, () => {
    let harness: CrmHarness;
    let crm: Crm;

    beforeEach(async () => {
      harness = await createHarness();
      crm = harness.crm;
    });
    afterEach(() => harness.close());

    it('the CRM keeps one contact for one lead, however often it is upserted', async () => {
      const first = await crm.upsertContact(leadNumber(1));
      const again = await crm.upsertContact(leadNumber(1));
      expect(again).toEqual(first);
      expect(await harness.contacts()).toHaveLength(1);
    });

    it('the CRM takes over what has changed about a lead', async () => {
      await crm.upsertContact(leadNumber(1));
      await crm.upsertContact({ ...leadNumber(1), name: 'Ada King', phone: '+12025550199' });
      expect(await harness.contacts()).toMatchObject([{ name: 'Ada King', phone: '+12025550199' }]);
    });

    it('the CRM keeps different leads apart', async () => {
      const ids = await Promise.all(
        range(40).map(async (n) => (await crm.upsertContact(leadNumber(n))).externalId),
      );
      expect(new Set(ids).size).toBe(40);
    });

    it('the CRM makes one contact of one lead that many tell it of at the same moment', async () => {
      const answers = await Promise.all(range(12).map(() => crm.upsertContact(leadNumber(1))));
      expect(new Set(answers.map(({ externalId }) => externalId)).size).toBe(1);
      expect(await harness.contacts()).toHaveLength(1);
    });

    it('the CRM keeps every field of a call', async () => {
      const activity = await callNumber(1, crm);
      const { activityId } = await crm.putActivity(activity);
      expect(await harness.activities()).toEqual([{ ...activity, activityId }]);
    });

    it('the CRM brings the one activity of a call up to date when the agent thinks better of it', async () => {
      const activity = await callNumber(1, crm);
      const first = await crm.putActivity(activity);
      const refined = { ...activity, disposition: 'Interested', notes: 'Wants a demo.' };
      expect(await crm.putActivity(refined)).toEqual(first);
      expect(await harness.activities()).toEqual([{ ...refined, ...first }]);
    });

    it('the CRM makes one activity of one call that many tell it of at the same moment', async () => {
      const activity = await callNumber(1, crm);
      const answers = await Promise.all(range(12).map(() => crm.putActivity(activity)));
      expect(new Set(answers.map(({ activityId }) => activityId)).size).toBe(1);
      expect(await harness.activities()).toHaveLength(1);
    });

    it('the CRM makes one activity each of many calls', async () => {
      const activity = await callNumber(1, crm);
      const calls = range(60).map((n) => ({ ...activity, callId: idNumber(1000 + n) }));
      await Promise.all([...calls, ...calls].map((call) => crm.putActivity(call)));
      const kept = await harness.activities();
      expect(kept.map(({ callId }) => callId).toSorted()).toEqual(
        calls.map(({ callId }) => callId).toSorted(),
      );
      expect(new Set(kept.map(({ activityId }) => activityId)).size).toBe(60);
    });

    it('the CRM holds one activity after an answer was lost and the call was offered again', async () => {
      const activity = await callNumber(1, crm);
      await harness.loseNextAnswer();
      expect(mayTryAgain(await failureOf(crm.putActivity(activity)))).toBe(true);
      const { activityId } = await crm.putActivity(activity);
      expect(await harness.activities()).toEqual([{ ...activity, activityId }]);
    });

    it('the CRM holds one contact after an answer was lost and the lead was offered again', async () => {
      await harness.loseNextAnswer();
      expect(mayTryAgain(await failureOf(crm.upsertContact(leadNumber(1))))).toBe(true);
      const { externalId } = await crm.upsertContact(leadNumber(1));
      expect(await harness.contacts()).toMatchObject([{ externalId }]);
    });

    it('the CRM says "try again" while it cannot be reached, and takes everything afterwards', async () => {
      const activity = await callNumber(1, crm);
      await harness.setDown(true);
      expect(mayTryAgain(await failureOf(crm.upsertContact(leadNumber(2))))).toBe(true);
      expect(mayTryAgain(await failureOf(crm.putActivity(activity)))).toBe(true);
      await harness.setDown(false);
      await crm.upsertContact(leadNumber(2));
      await crm.putActivity(activity);
      expect(await harness.contacts()).toHaveLength(2);
      expect(await harness.activities()).toHaveLength(1);
    });

    it('the CRM says "never" of a lead that it does not take, and takes the others', async () => {
      await harness.reject(leadNumber(1).id);
      expect(mayTryAgain(await failureOf(crm.upsertContact(leadNumber(1))))).toBe(false);
      await crm.upsertContact(leadNumber(2));
      expect(await harness.contacts()).toHaveLength(1);
    });

    it('the CRM says "never" of a call to a contact that it does not have', async () => {
      const activity = { ...(await callNumber(1, crm)), contactExternalId: 'unknown' };
      expect(mayTryAgain(await failureOf(crm.putActivity(activity)))).toBe(false);
      expect(await harness.activities()).toEqual([]);
    });
  });
}

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);

const idNumber = (n: number): string =>
  `01900000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;

const leadNumber = (n: number): Lead => ({
  id: idNumber(n),
  name: `Ada Lovelace ${n}`,
  jobTitle: 'Head of Engines',
  phone: `+1202555${String(100 + n).padStart(4, '0')}`,
  company: 'Analytical Engines Ltd',
  email: `ada${n}@example.com`,
  headcount: '51-200',
  industry: 'Computing',
  timeZone: null,
  score: 0,
  enrichment: null,
  crmExternalId: null,
  createdAt: new Date('2026-01-10T09:00:00Z'),
  updatedAt: new Date('2026-01-10T09:00:00Z'),
});

/** A call to lead number n, whose contact is upserted first. */
const callNumber = async (n: number, crm: Crm): Promise<CrmActivity> => ({
  callId: idNumber(1000 + n),
  contactExternalId: (await crm.upsertContact(leadNumber(n))).externalId,
  outcome: 'CONNECTED',
  disposition: 'Connected - Conversation',
  notes: 'Call connected successfully. Lead engaged in conversation.',
  agentName: 'Grace Hopper',
  startedAt: new Date('2026-01-15T15:00:00Z'),
  endedAt: new Date('2026-01-15T15:04:30.500Z'),
  talkSeconds: 252,
});

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error('It was expected to fail, and did not.');
}

/** Anything but a `CrmError` counts as "may try again". */
const mayTryAgain = (error: unknown): boolean => !(error instanceof CrmError) || error.mayTryAgain;
