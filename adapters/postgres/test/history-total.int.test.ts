import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { createHistory } from '../src/index.js';
import { onEachDatabase } from './on-each-database.js';
import { salesFloor } from './sales-floor.js';

onEachDatabase('the total of a history', (db) => {
  it('is exact up to ten thousand calls, and says so when it is not', async () => {
    const floor = salesFloor(db());
    const agentId = await floor.agent('Ada');
    const session = await floor.session(agentId, await floor.queue('Spring'));
    const lead = await floor.lead('Lee', 1);
    const busy = await floor.endedCall(session, lead, 'BUSY');
    const failed = await floor.endedCall(session, lead, 'FAILED');
    const more = (call: string, count: number) =>
      sql`
        insert into calls
        select (jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid()))).*
        from calls c, generate_series(1, ${count}::integer) where c.id = ${call}`.execute(db());
    await more(busy, 9_999);
    await more(failed, 1_999);
    await sql`analyze calls`.execute(db());

    const history = createHistory(db());
    const ofBusy = await history.list({ outcomes: ['BUSY'] }, { limit: 2 });
    expect(ofBusy.total).toBe(10_000);
    expect(ofBusy).not.toHaveProperty('totalIsEstimate');
    const all = await history.list({}, { limit: 2 });
    expect(all.totalIsEstimate).toBe(true);
    expect(all.total).toBeGreaterThan(10_000);
    expect(all.total).toBeLessThan(15_000);
    expect((await history.list({ q: 'lee' }, { limit: 2 })).total).toBeGreaterThan(10_000);
  });
});
