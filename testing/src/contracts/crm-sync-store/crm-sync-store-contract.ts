import type { CompletedCall } from '@outdial/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { savedAs } from '../../builders/scenes.js';
import {
  aSessionWithCalls,
  first,
  minutesAfter,
  NOON,
  newId,
  over,
  type StoreWorld,
} from '../store-world.js';

/** What every store of the CRM's progress promises. */
export function crmSyncStoreContract(openWorld: () => Promise<StoreWorld>): void {
  let world: StoreWorld;
  beforeAll(async () => {
    world = await openWorld();
  }, 60_000);
  afterAll(() => world?.close());

  const lease = minutesAfter(3);
  const due = minutesAfter(1);

  async function aCompletedCall(more: Partial<CompletedCall> = {}) {
    const setting = await aSessionWithCalls(world, 1, 1);
    const call = over(first(setting.calls), more);
    await put(call);
    return { ...setting, call, lead: first(setting.leads) };
  }
  const put = (call: CompletedCall) =>
    world.store.changeByCall(call.id, () => ({ change: { calls: [call] }, answer: null }));
  const crmOf = async (callId: string) => {
    const call = await world.store.findCall(callId);
    return call?.state === 'COMPLETED' ? call.crm : null;
  };

  describe('a completed call', () => {
    it('a completed call is handed over with its lead and what the CRM shall know', async () => {
      const { agent, lead, call } = await aCompletedCall();
      expect(await world.crm.claim(call.id, due, lease)).toEqual({
        callId: call.id,
        sessionId: call.sessionId,
        agentId: agent.id,
        revision: 1,
        attempts: 0,
        lead,
        call: {
          outcome: 'NO_ANSWER',
          agentDisposition: null,
          agentNote: null,
          cancelReason: null,
          reason: null,
          hasActivity: false,
          agentName: agent.name,
          startedAt: NOON,
          endedAt: call.endedAt,
          talkSeconds: 0,
        },
      });
    });

    it('a completed call carries the agent’s word once there is one', async () => {
      const { call } = await aCompletedCall({
        disposition: savedAs('Interested', { notes: 'wants the offer', savedAt: NOON }),
      });
      expect(await world.crm.claim(call.id, due, lease)).toMatchObject({
        call: { agentDisposition: 'Interested', agentNote: 'wants the offer' },
      });
    });

    it('a completed call is handed to one worker at a time, and again when that one dies', async () => {
      const { call } = await aCompletedCall();
      expect(await world.crm.claim(call.id, NOON, lease)).toBeNull();
      const claims = await Promise.all(
        Array.from({ length: 8 }, () => world.crm.claim(call.id, due, lease)),
      );
      expect(claims.filter((job) => job !== null)).toHaveLength(1);
      expect(await world.crm.claim(call.id, minutesAfter(2), minutesAfter(9))).toBeNull();
      expect(await world.crm.claim(call.id, lease, minutesAfter(9))).not.toBeNull();
    });

    it('a completed call is not there for the CRM before it is over', async () => {
      const { calls } = await aSessionWithCalls(world, 1, 1);
      expect(await world.crm.claim(first(calls).id, minutesAfter(99), lease)).toBeNull();
      expect(await world.crm.replay(first(calls).id, NOON)).toBe(false);
      expect(await world.crm.claim(newId(), due, lease)).toBeNull();
    });

    it('a completed call is in step once the CRM has it, and its lead knows the contact', async () => {
      const { call, lead } = await aCompletedCall();
      await world.crm.claim(call.id, due, lease);
      const result = { revision: 1, activityId: 'MOCK-1', contactExternalId: 'CRM-1' };
      await world.crm.synced(call.id, result, minutesAfter(2));
      expect(await crmOf(call.id)).toMatchObject({
        state: 'SYNCED',
        dueAt: null,
        activityId: 'MOCK-1',
        lastError: null,
      });
      expect(await world.lead(lead.id)).toMatchObject({ crmExternalId: 'CRM-1' });
      expect(await world.crm.claim(call.id, minutesAfter(99), minutesAfter(100))).toBeNull();
    });

    it('a completed call waits for nothing once it is not to be logged, and is no gap at the CRM', async () => {
      const { call } = await aCompletedCall();
      await world.crm.claim(call.id, due, lease);
      await world.crm.notLogged(call.id, { revision: 1 }, minutesAfter(2));
      const notLogged = { state: 'NOT_LOGGED', dueAt: null, activityId: null };
      expect(await crmOf(call.id)).toMatchObject(notLogged);
      await world.crm.replayAll(minutesAfter(3), 1_000);
      expect(await crmOf(call.id)).toMatchObject(notLogged);
      expect(await world.crm.replay(call.id, minutesAfter(4))).toBe(true);
      expect(await world.crm.claim(call.id, minutesAfter(4), minutesAfter(9))).not.toBeNull();
    });

    it('a completed call stays due when the agent spoke while it was being left out of the CRM', async () => {
      const { call } = await aCompletedCall();
      await world.crm.claim(call.id, due, lease);
      await put({ ...call, crm: { ...call.crm, revision: 2, dueAt: minutesAfter(2) } });
      await world.crm.notLogged(call.id, { revision: 1 }, minutesAfter(2));
      expect(await crmOf(call.id)).toMatchObject({ state: 'PENDING', dueAt: minutesAfter(2) });
    });

    it('a completed call stays due when the agent said something new while it was on its way', async () => {
      const { call } = await aCompletedCall();
      await world.crm.claim(call.id, due, lease);
      await put({ ...call, crm: { ...call.crm, revision: 2, dueAt: minutesAfter(2) } });
      const result = { revision: 1, activityId: 'MOCK-2', contactExternalId: 'CRM-2' };
      await world.crm.synced(call.id, result, minutesAfter(2));
      expect(await crmOf(call.id)).toMatchObject({
        state: 'PENDING',
        revision: 2,
        dueAt: minutesAfter(2),
        activityId: 'MOCK-2',
      });
      expect(await world.crm.claim(call.id, minutesAfter(2), lease)).toMatchObject({ revision: 2 });
    });

    it('a completed call is not given up for an older word that the CRM refused', async () => {
      const { call } = await aCompletedCall();
      await world.crm.claim(call.id, due, lease);
      await put({ ...call, crm: { ...call.crm, revision: 2, dueAt: minutesAfter(2) } });
      await world.crm.failed(call.id, { revision: 1, error: 'too long', dueAt: null });
      expect(await crmOf(call.id)).toMatchObject({ state: 'PENDING', dueAt: minutesAfter(2) });
    });

    it('a completed call that the CRM refused stays visible with the reason, tried again or not', async () => {
      const { call } = await aCompletedCall();
      await world.crm.claim(call.id, due, lease);
      await world.crm.failed(call.id, { revision: 1, error: 'away', dueAt: minutesAfter(5) });
      expect(await crmOf(call.id)).toMatchObject({
        state: 'FAILED',
        attempts: 1,
        lastError: 'away',
        dueAt: minutesAfter(5),
      });
      expect(await world.crm.claim(call.id, minutesAfter(5), minutesAfter(6))).toMatchObject({
        attempts: 1,
      });
      await world.crm.failed(call.id, { revision: 1, error: 'no such field', dueAt: null });
      expect(await crmOf(call.id)).toMatchObject({ state: 'FAILED', attempts: 2, dueAt: null });
      expect(await world.crm.claim(call.id, minutesAfter(999), minutesAfter(1000))).toBeNull();
    });

    it('a completed call is due at once when a person asks for it again, whatever it was', async () => {
      const { call } = await aCompletedCall();
      await world.crm.failed(call.id, { revision: 1, error: 'no such field', dueAt: null });
      expect(await world.crm.replay(call.id, minutesAfter(9))).toBe(true);
      expect(await crmOf(call.id)).toMatchObject({
        state: 'PENDING',
        attempts: 0,
        dueAt: minutesAfter(9),
      });
      const result = { revision: 1, activityId: 'MOCK-3', contactExternalId: 'CRM-3' };
      await world.crm.synced(call.id, result, minutesAfter(10));
      expect(await world.crm.replay(call.id, minutesAfter(11))).toBe(true);
      expect(await crmOf(call.id)).toMatchObject({ state: 'PENDING', dueAt: minutesAfter(11) });
      expect(await world.crm.replay(newId(), NOON)).toBe(false);
    });

    it('a completed call still reaches the CRM when its lead was deleted (P6)', async () => {
      const { call, lead } = await aCompletedCall();
      await world.removeLead(lead.id);
      expect(await world.crm.claim(call.id, due, lease)).toMatchObject({
        lead: { id: lead.id, name: lead.name, phone: lead.phone },
      });
      const result = { revision: 1, activityId: 'MOCK-4', contactExternalId: 'CRM-4' };
      await world.crm.synced(call.id, result, minutesAfter(2));
      expect(await crmOf(call.id)).toMatchObject({ state: 'SYNCED' });
    });

    it('a call that the CRM lacks is due again with all others of its kind, and the oldest ids are returned', async () => {
      const older = await aCompletedCall({ endedAt: minutesAfter(-500) });
      const younger = await aCompletedCall({ endedAt: minutesAfter(-499) });
      const synced = await aCompletedCall({ endedAt: minutesAfter(-501) });
      await world.crm.claim(synced.call.id, due, lease);
      const result = { revision: 1, activityId: 'A', contactExternalId: 'C' };
      await world.crm.synced(synced.call.id, result, due);
      await world.crm.claim(older.call.id, due, lease);
      await world.crm.failed(older.call.id, { revision: 1, error: 'No.', dueAt: null });
      const now = minutesAfter(60);
      const { count, oldest } = await world.crm.replayAll(now, 2);
      expect(count).toBeGreaterThanOrEqual(2);
      expect(oldest).toEqual(
        [older, younger].map(({ call, session, agent }) => ({
          callId: call.id,
          sessionId: session.id,
          agentId: agent.id,
        })),
      );
      expect(await crmOf(older.call.id)).toMatchObject({
        state: 'PENDING',
        attempts: 0,
        dueAt: now,
      });
      expect(await crmOf(synced.call.id)).toMatchObject({ state: 'SYNCED', dueAt: null });
    });
  });
}
