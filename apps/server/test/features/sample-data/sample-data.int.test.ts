import {
  createAgentStore,
  createLeadStore,
  createQueueItemStore,
  createQueueStore,
  migrate,
  openDatabase,
} from '@outdial/postgres';
import { v7 as uuidv7 } from 'uuid';
import { expect, it, onTestFinished } from 'vitest';
import {
  SAMPLE_AGENTS,
  SAMPLE_LEADS,
  SAMPLE_QUEUE,
} from '../../../src/features/sample-data/people.js';
import { seedSampleData } from '../../../src/features/sample-data/seed.js';

const NOW = new Date('2026-03-06T10:00:00.000Z');
const FIRST = { limit: 200 };

async function emptyOffice() {
  const database = await openDatabase({ dataDir: ':memory:' });
  onTestFinished(() => database.close());
  const { db } = database;
  await migrate(db);
  const stores = {
    agents: createAgentStore(db),
    leads: createLeadStore(db),
    queues: createQueueStore(db),
  };
  return {
    ...stores,
    items: createQueueItemStore(db),
    seed: (withLeads: boolean) =>
      seedSampleData(stores, { clock: { now: () => NOW }, ids: { next: uuidv7 }, withLeads }),
    people: () => stores.leads.list({}, { by: 'name', descending: false }, FIRST),
  };
}

it('gives a newcomer agents who are ready, and leads to call', async () => {
  const office = await emptyOffice();
  expect(await office.seed(true)).toEqual({
    agents: SAMPLE_AGENTS.length,
    leads: SAMPLE_LEADS.length,
  });
  const agents = await office.agents.list(FIRST);
  expect(agents.rows.map(({ name, presence }) => [name, presence])).toEqual(
    expect.arrayContaining(SAMPLE_AGENTS.map(({ name }) => [name, 'AVAILABLE'])),
  );
  const queue = await office.queues.findByName(SAMPLE_QUEUE);
  const items = await office.items.list({ queueId: queue?.id ?? '' }, FIRST);
  expect(items.rows.map(({ lead }) => lead.name)).toEqual(SAMPLE_LEADS.map(([name]) => name));
  for (const lead of (await office.people()).rows) {
    expect(lead.email).toMatch(/^[a-z]+(\.[a-z]+)+@[a-z-]+\.example$/);
  }
});

it('brings nothing back that a person removed', async () => {
  const office = await emptyOffice();
  await office.seed(true);
  for (const { id } of (await office.people()).rows) await office.leads.delete(id);
  expect(await office.seed(true)).toEqual({ agents: 0, leads: 0 });
  expect((await office.people()).total).toBe(0);
});

it('leaves out the leads where real phones would ring', async () => {
  const office = await emptyOffice();
  expect(await office.seed(false)).toEqual({ agents: SAMPLE_AGENTS.length, leads: 0 });
  expect((await office.people()).total).toBe(0);
  expect(await office.queues.findByName(SAMPLE_QUEUE)).toBeNull();
});
