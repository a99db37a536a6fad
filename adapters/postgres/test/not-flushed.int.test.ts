import { claiming, over } from '@outdial/testing/contracts/store-world';
import { type Kysely, sql } from 'kysely';
import { expect, it } from 'vitest';
import {
  createCrmSyncStore,
  createDialerStore,
  createProviderInbox,
  type Database,
} from '../src/index.js';
import { onEachDatabase } from './on-each-database.js';
import { minutes, NOW, salesFloor } from './sales-floor.js';

/** Whether the commit of what `work` writes waits for the disk. */
async function waitsForDisk(
  db: Kysely<Database>,
  work: (on: Kysely<Database>) => Promise<unknown>,
): Promise<boolean> {
  return db.transaction().execute(async (tx) => {
    await sql`set local synchronous_commit = on`.execute(tx);
    await work(tx);
    const { rows } = await sql<{ setting: string }>`
      select current_setting('synchronous_commit') as setting`.execute(tx);
    return rows[0]?.setting === 'on';
  });
}

onEachDatabase('the disk', (db) => {
  it('is waited for by claims, decisions, events and replays, and not by what is brought to the CRM once more', async () => {
    const floor = salesFloor(db());
    const queueId = await floor.queue('Spring');
    const session = await floor.session(await floor.agent('Alex'), queueId);
    const leadId = await floor.lead('Ann', 1);
    await floor.item(queueId, leadId);
    const waits: Record<string, boolean> = {};
    const watch = async (
      what: string,
      work: (on: Kysely<Database>) => Promise<unknown>,
    ): Promise<void> => {
      waits[what] = await waitsForDisk(db(), work);
    };

    // A claim is a transaction of its own; what it writes it writes as a decision does.
    const [call] =
      (await createDialerStore(db()).fillLines(session, NOW, claiming(1)))?.answer.claimed ?? [];
    if (call === undefined) throw new Error('Nothing was claimed.');
    await watch('placing begins', (on) =>
      createDialerStore(on).beginPlacing(call.id, NOW, minutes(1)),
    );
    await watch('event', (on) =>
      createProviderInbox(on).store({
        id: '01940000-0000-7000-8000-000000000001',
        provider: 'simulator',
        dedupeKey: 'one',
        callKey: 'a call',
        payload: {},
        receivedAt: NOW,
        ignoredBecause: null,
      }),
    );
    const ended = over(call);
    const due = { ...ended, crm: { ...ended.crm, dueAt: NOW } };
    await watch('decision', (on) =>
      createDialerStore(on).changeByCall(call.id, () => ({
        change: { calls: [due] },
        answer: null,
      })),
    );
    const { revision } = due.crm;
    await watch('claim for the CRM', (on) =>
      createCrmSyncStore(on).claim(call.id, NOW, minutes(2)),
    );
    await watch('refused by the CRM', (on) =>
      createCrmSyncStore(on).failed(call.id, { revision, error: 'down', dueAt: NOW }),
    );
    await watch('in the CRM', (on) =>
      createCrmSyncStore(on).synced(
        call.id,
        { revision, activityId: 'A', contactExternalId: 'C' },
        NOW,
      ),
    );
    await watch('not logged', (on) => createCrmSyncStore(on).notLogged(call.id, { revision }, NOW));
    await watch('replay', (on) => createCrmSyncStore(on).replay(call.id, NOW));
    expect(waits).toEqual({
      'placing begins': true,
      event: true,
      decision: true,
      replay: true,
      'claim for the CRM': false,
      'refused by the CRM': false,
      'in the CRM': false,
      'not logged': false,
    });
  });
});
