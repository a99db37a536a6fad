import { expect, it } from 'vitest';
import { createHistory, createLeadStore, createQueueStore } from '../src/index.js';
import { onEachDatabase } from './on-each-database.js';
import { NOW, salesFloor } from './sales-floor.js';

const BY_NAME = { by: 'name', descending: false } as const;

onEachDatabase('a search', (db) => {
  it.each([
    ['muller', 'Jürgen Müller'],
    ['MÜLLER', 'Jurgen Muller'],
    ['lodz', 'Anna Łódź'],
    ['Łódź', 'anna lodz'],
    ['grosse', 'Große GmbH'],
    ['sao', 'São Paulo'],
    ['aerø', 'Aero Inc'],
    ['aeroe', 'Ærøe'],
    ['nguyen', 'Nguyễn'],
    ['İzmir', 'Izmir'],
    ['йод', 'йод'],
  ])('for %s finds %s, accents or not', async (typed, name) => {
    const floor = salesFloor(db());
    const leadId = await floor.lead(name, 1);
    await floor.lead('Other Person', 2);
    const sessionId = await floor.session(await floor.agent('A'), await floor.queue(name));
    await floor.endedCall(sessionId, leadId, 'NO_ANSWER');
    const leads = await createLeadStore(db()).list({ q: typed }, BY_NAME, { limit: 9 });
    expect(leads.rows.map((lead) => lead.name)).toEqual([name]);
    expect((await createHistory(db()).list({ q: typed }, { limit: 9 })).total).toBe(1);
    expect((await createQueueStore(db()).list({ q: typed }, { limit: 9 }, NOW)).total).toBe(1);
  });

  it('takes what stands for anything in a pattern as it is', async () => {
    await salesFloor(db()).lead('100 % Müller_x', 1);
    const find = async (q: string) =>
      (await createLeadStore(db()).list({ q }, BY_NAME, { limit: 9 })).total;
    expect([await find('0 % mu'), await find('r_x'), await find('1%x'), await find('l_e')]).toEqual(
      [1, 1, 0, 0],
    );
  });
});
