import { expect, it } from 'vitest';
import { createCrmSyncStore, freeCrmLeases } from '../src/index.js';
import { onEachDatabase } from './on-each-database.js';
import { minutes, NOW, salesFloor } from './sales-floor.js';

onEachDatabase('after a crash', (db) => {
  it('a call whose sync was under way is synced at once, and one that waits for its next try waits on', async () => {
    const floor = salesFloor(db());
    const agentId = await floor.agent('Alex');
    const queueId = await floor.queue('Spring');
    const session = await floor.session(agentId, queueId, { status: 'STOPPED', phase: 'STOPPED' });
    const leadId = await floor.lead('Ann', 1);
    const at = (crm_state: 'PENDING' | 'FAILED') =>
      floor.endedCall(session, leadId, 'NO_ANSWER', { crm_state, crm_due_at: minutes(2) });
    const underWay = await at('PENDING');
    const failed = await at('FAILED');

    const crmSync = createCrmSyncStore(db());
    expect(await crmSync.claim(underWay, NOW, minutes(3))).toBeNull();
    await freeCrmLeases(db(), NOW);
    expect(await crmSync.claim(failed, NOW, minutes(3))).toBeNull();
    expect(await crmSync.claim(underWay, NOW, minutes(3))).toMatchObject({ callId: underWay });
  });
});
