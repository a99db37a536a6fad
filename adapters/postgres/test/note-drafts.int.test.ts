import { expect, it } from 'vitest';
import { createCallViews, createCrmSyncStore, createNoteDraftStore } from '../src/index.js';
import { onEachDatabase } from './on-each-database.js';
import { id, minutes, NOW, salesFloor } from './sales-floor.js';

const REQUEST = id(0xf00d);

onEachDatabase('a note that is being written', (db) => {
  async function aCall(state: 'live' | 'over' = 'over', more: Record<string, unknown> = {}) {
    const floor = salesFloor(db());
    const sessionId = await floor.session(
      await floor.agent('Rita Rep'),
      await floor.queue('Spring'),
    );
    const leadId = await floor.lead('Ada', 1 + Math.floor(Math.random() * 9_000_000));
    const callId =
      state === 'over'
        ? await floor.endedCall(sessionId, leadId, 'CONNECTED', more)
        : await floor.liveCall(sessionId, leadId, more);
    return callId;
  }
  const drafts = () => createNoteDraftStore(db());
  const noteOf = async (callId: string) => (await createCallViews(db()).get(callId))?.agentNote;
  const crmOf = async (callId: string) =>
    db()
      .selectFrom('calls')
      .select(['crm_state', 'crm_revision', 'crm_due_at'])
      .where('id', '=', callId)
      .executeTakeFirstOrThrow();

  it('a draft is the note of a live call, and the CRM is not asked for it', async () => {
    const callId = await aCall('live');
    expect(await drafts().put(callId, { text: 'Wants a', revision: 0 }, NOW)).toEqual({
      kind: 'saved',
      revision: 1,
      crmDueAt: null,
    });
    expect(await noteOf(callId)).toEqual({ text: 'Wants a', revision: 1, isDraft: true });
    expect(await crmOf(callId)).toMatchObject({ crm_state: null });
  });

  it('a draft that is written on two devices at the same moment is taken from one, and the other hears of it', async () => {
    const callId = await aCall();
    const answers = await Promise.all([
      drafts().put(callId, { text: 'from the desk', revision: 0 }, NOW),
      drafts().put(callId, { text: 'from the phone', revision: 0 }, NOW),
    ]);
    expect(answers.map(({ kind }) => kind).sort()).toEqual(['conflict', 'saved']);
    expect((await noteOf(callId))?.revision).toBe(1);
  });

  it('a draft without a disposition reaches the CRM, once per half minute and not per key', async () => {
    const callId = await aCall();
    const crm = createCrmSyncStore(db());
    const due = new Date(NOW.getTime() + 30_000);
    let revision = 0;
    for (const text of ['W', 'Wa', 'Wants']) {
      const answer = await drafts().put(callId, { text, revision }, NOW);
      expect(answer).toMatchObject({ kind: 'saved', crmDueAt: due });
      revision += 1;
    }
    expect(await crm.claim(callId, NOW, minutes(3))).toBeNull();
    const job = await crm.claim(callId, due, minutes(3));
    expect(job?.call.agentNote).toBe('Wants');
    // The agent types on while a worker writes it to the CRM: the call stays due.
    await drafts().put(callId, { text: 'Wants more', revision }, due);
    await crm.synced(
      callId,
      { revision: job?.revision ?? -1, activityId: 'A', contactExternalId: 'C' },
      due,
    );
    expect(await crmOf(callId)).toMatchObject({ crm_state: 'PENDING', crm_due_at: due });
  });

  it('a call that the CRM refused for good is due again with what is written now', async () => {
    const callId = await aCall('over', { crm_state: 'FAILED', crm_error: 'No', crm_attempts: 9 });
    await drafts().put(callId, { text: 'New', revision: 0 }, NOW);
    expect(await crmOf(callId)).toMatchObject({ crm_state: 'PENDING' });
  });

  it('a disposition takes the draft in', async () => {
    const callId = await aCall();
    await drafts().put(callId, { text: 'Wants a quote', revision: 0 }, NOW);
    await db()
      .updateTable('calls')
      .set({ disposition: 'Interested', notes: 'Wants a quote', verdict_at: minutes(1) })
      .where('id', '=', callId)
      .execute();
    // As it is when the process dies right here: the saved note counts, as it is newer.
    expect(await noteOf(callId)).toEqual({ text: 'Wants a quote', revision: 1, isDraft: false });
    await drafts().settle(callId, { revision: 1, requestId: REQUEST }, minutes(1));
    expect(await noteOf(callId)).toEqual({ text: 'Wants a quote', revision: 2, isDraft: false });
    expect((await createCallViews(db()).get(callId))?.dispositionRequestIds).toEqual([REQUEST]);
    // A draft that was on its way meanwhile is refused, instead of restoring old text.
    expect(await drafts().put(callId, { text: 'Wants a', revision: 1 }, minutes(1))).toEqual({
      kind: 'conflict',
    });
  });

  it('a draft that comes between reading and saving a disposition is kept with the saved note', async () => {
    const callId = await aCall();
    await drafts().put(callId, { text: 'typed on the phone', revision: 0 }, NOW);
    await db()
      .updateTable('calls')
      .set({ disposition: 'Interested', notes: 'typed at the desk', verdict_at: minutes(1) })
      .where('id', '=', callId)
      .execute();
    await drafts().settle(callId, { revision: 0, requestId: null }, minutes(1));
    expect(await noteOf(callId)).toMatchObject({
      text: 'typed at the desk\n\ntyped on the phone',
      isDraft: true,
    });
  });

  it('nothing is written onto a call whose person was erased, or that is not there', async () => {
    const erased = await aCall();
    await db()
      .updateTable('calls')
      .set({ phone: `erased:${erased}` })
      .where('id', '=', erased)
      .execute();
    const draft = { text: 'Her name is', revision: 0 };
    expect(await drafts().put(erased, draft, NOW)).toEqual({ kind: 'not_found' });
    expect(await drafts().put(id(0xdead), draft, NOW)).toEqual({ kind: 'not_found' });
  });
});
