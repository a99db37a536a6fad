import type { Agent } from '@outdial/core';
import { DEFAULT_DIALING_SETTINGS } from '@outdial/core';
import {
  createAgentStore,
  createCampaignStore,
  createHeldItemStore,
  createLeadStore,
  createQueueItemStore,
  createQueueStore,
  migrate,
  type OpenDatabase,
  openDatabase,
} from '@outdial/postgres';
import { AIRCALL, type AircallTelephony, createAircallTelephony } from '@outdial/telephony-aircall';
import { createMockAircall, type MockAircall } from '@outdial/telephony-aircall/mock-aircall';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { CampaignPorts, CampaignView } from '../src/http/http-ports.js';
import { createCampaigns } from '../src/providers/campaigns.js';
import { systemTimers } from '../src/system-timers.js';

/** Ten in the morning in Washington, seven in Los Angeles. */
const NOW = new Date('2026-03-06T15:00:00.000Z');
const phone = (number: number): string => `+120255501${String(number).padStart(2, '0')}`;
const FIRST = { limit: 200 };

let database: OpenDatabase;
let mock: MockAircall;
let aircall: AircallTelephony;
let campaigns: CampaignPorts;
let queue: string;
let kim: string;
let sam: string;

beforeAll(async () => {
  database = await openDatabase({ dataDir: ':memory:' });
  await migrate(database.db);
});
afterAll(() => database.close());

beforeEach(async () => {
  const { db } = database;
  await sql`truncate agents, leads, queues, queue_items, sessions, calls, campaign_handovers`.execute(
    db,
  );
  mock = createMockAircall({ behaviour: { rateLimit: { perMinute: 100_000 } } });
  const { url } = await mock.start();
  aircall = createAircallTelephony({
    credentials: { kind: 'basic', apiId: 'mock-id', apiToken: 'mock-token' },
    baseUrl: url,
    requestsPerMinute: 100_000,
    getRetries: 0,
    timers: systemTimers,
    // No connection outlives its request, so nothing is left open when a test ends.
    fetch: (input, init) => {
      const headers = new Headers(init?.headers);
      headers.set('connection', 'close');
      return fetch(input, { ...init, headers });
    },
  });
  queue = uuidv7();
  await createQueueStore(db).create({ id: queue, name: 'Spring' }, NOW);
  kim = await newAgent('Kim', '456');
  sam = await newAgent('Sam', '457');
  campaigns = withCampaigns({});
});
afterEach(async () => {
  await aircall.close();
  await mock.close();
});

it('hands the leads of a queue over to an agent, and keeps them from every session meanwhile', async () => {
  await queued(1, 2, 3);
  expect(await campaigns.start(kim, queue)).toEqual({
    kind: 'campaign',
    agentId: kim,
    queueId: queue,
    queueName: 'Spring',
    createdAt: NOW,
    numbers: [1, 2, 3].map((number) => ({
      phone: phone(number),
      called: false,
      leadId: expect.any(String),
      leadName: `Lead ${number}`,
    })),
    refused: [],
  });
  expect(await callable()).toEqual([]);
  expect(await inAircall(kim)).toEqual([phone(1), phone(2), phone(3)]);

  mock.control.agentDials(456, phone(2));
  const seen = await campaigns.find(kim);
  expect(seen).toMatchObject({ numbers: [{ called: false }, { called: true }, { called: false }] });
  expect(await campaigns.find(sam)).toBeNull();
});

it('hands over only who may be called at this hour', async () => {
  await queued(1);
  await queued([2, 'America/Los_Angeles']);
  expect(await campaigns.start(kim, queue)).toMatchObject({ numbers: [{ phone: phone(1) }] });
  expect(await callable()).toEqual([phone(2)]);
});

it('when taken back, is done with whom the agent called, and gives the others to the sessions', async () => {
  await queued(1, 2, 3);
  await campaigns.start(kim, queue);
  mock.control.agentDials(456, phone(2));
  expect(await campaigns.end(kim)).toBe('ended');
  expect(await states()).toEqual(['Lead 1 PENDING', 'Lead 2 DONE', 'Lead 3 PENDING']);
  expect(await callable()).toEqual([phone(1), phone(3)]);
  expect(await inAircall(kim)).toEqual([]);
  expect(await campaigns.end(kim)).toBe('none');
});

it('adds to the campaign what came into the queue since, each lead once', async () => {
  await queued(1);
  await campaigns.start(kim, queue);
  await queued(2);
  expect(await campaigns.start(kim, queue)).toMatchObject({
    numbers: [{ phone: phone(1) }, { phone: phone(2) }],
  });
  const other = uuidv7();
  await createQueueStore(database.db).create({ id: other, name: 'Summer' }, NOW);
  await queued(3);
  await createQueueItemStore(database.db).addLeads(other, [await leadOf(3)], {
    now: NOW,
    ids: { next: () => uuidv7() },
  });
  expect(await campaigns.start(kim, other)).toEqual({ kind: 'already_open', queueId: queue });
});

it("lets two agents share a queue: nobody gets the other one's leads, nor sets them free", async () => {
  await queued(1, 2);
  // At the same moment.
  const both = await Promise.all([campaigns.start(kim, queue), campaigns.start(sam, queue)]);
  expect(both).toMatchObject([
    { numbers: [{ phone: phone(1) }, { phone: phone(2) }] },
    { kind: 'nothing_to_call' },
  ]);
  await queued(3, 4);
  expect(await campaigns.start(sam, queue)).toMatchObject({
    numbers: [{ phone: phone(3) }, { phone: phone(4) }],
  });
  mock.control.agentDials(457, phone(3));

  expect(await campaigns.end(kim)).toBe('ended');
  expect(await callable()).toEqual([phone(1), phone(2)]);
  expect(await states()).toContain('Lead 3 PENDING');
  expect(await inAircall(sam)).toEqual([phone(3), phone(4)]);

  expect(await campaigns.end(sam)).toBe('ended');
  expect(await callable()).toEqual([phone(1), phone(2), phone(4)]);
  expect(await states()).toContain('Lead 3 DONE');
});

it('says so when there is nobody to call, and leaves nothing behind', async () => {
  expect(await campaigns.start(kim, queue)).toEqual({ kind: 'nothing_to_call' });
  expect(await campaigns.start(kim, uuidv7())).toEqual({ kind: 'nothing_to_call' });
  expect(await campaigns.start(uuidv7(), queue)).toEqual({ kind: 'nothing_to_call' });
  expect(await campaigns.find(kim)).toBeNull();
  expect(await inAircall(kim)).toEqual([]);
});

it('keeps what Aircall refuses for the sessions, and says which', async () => {
  await queued(...Array.from({ length: 90 }, (_, at) => at));
  await queuedMore(60);
  mock.control.addApiFault({
    method: 'POST',
    path: '/v1/users/456/dialer_campaign',
    mode: 'status',
    status: 403,
    count: 1,
  });
  expect(await campaigns.start(kim, queue)).toMatchObject({ kind: 'unavailable' });
  expect(await callable()).toHaveLength(150);
  expect(await campaigns.find(kim)).toBeNull();

  let asked = 0;
  const handOver: AircallTelephony['campaigns']['handOver'] = async (agent, phones) => {
    asked += 1;
    const answer = await aircall.campaigns.handOver(agent, phones.slice(0, 100));
    return {
      ...answer,
      kind: 'partly',
      notHandedOver: phones.slice(100),
      failure: { kind: 'failed', mayTryAgain: 'yes', message: 'Aircall is busy.' },
    };
  };
  const partly = (await withCampaigns({ handOver }).start(kim, queue)) as CampaignView;
  expect(asked).toBe(1);
  expect(partly.numbers).toHaveLength(100);
  expect(partly.refused).toHaveLength(50);
  expect(partly.refused[0]?.reason).toBe('Aircall is busy.');
  expect(await callable()).toEqual(partly.refused.map((refused) => refused.phone).sort());
});

it('keeps leads held while it is not known whether Aircall took them', async () => {
  await queued(1, 2);
  mock.control.addApiFault({
    method: 'POST',
    path: '/v1/users/456/dialer_campaign',
    mode: 'cut',
    executed: true,
    count: 1,
  });
  await campaigns.start(kim, queue);
  expect(await callable()).toEqual([]);
  expect(await campaigns.find(kim)).toMatchObject({
    numbers: [{ phone: phone(1) }, { phone: phone(2) }],
  });
  expect(await campaigns.end(kim)).toBe('ended');
  expect(await callable()).toEqual([phone(1), phone(2)]);
});

it('changes nothing while Aircall is down, and remembers who was called if its last answer is lost', async () => {
  await queued(1, 2);
  await campaigns.start(kim, queue);
  mock.control.agentDials(456, phone(1));
  const down = mock.control.addApiFault({ path: '/v1/users/*', mode: 'status', status: 503 });
  for (const answer of [
    await campaigns.find(kim),
    await campaigns.end(kim),
    await campaigns.start(sam, queue),
  ]) {
    expect(answer).toMatchObject({ kind: expect.stringMatching(/unavailable|nothing_to_call/) });
  }
  expect(await callable()).toEqual([]);
  mock.control.removeApiFault(down.id);

  mock.control.addApiFault({
    method: 'DELETE',
    path: '/v1/users/456/dialer_campaign',
    mode: 'cut',
    executed: true,
    count: 1,
  });
  expect(await campaigns.end(kim)).toMatchObject({ kind: 'unavailable' });
  expect(await campaigns.end(kim)).toBe('ended');
  expect(await states()).toEqual(['Lead 1 DONE', 'Lead 2 PENDING']);
  expect(await callable()).toEqual([phone(2)]);
});

function withCampaigns(changed: Partial<AircallTelephony['campaigns']>): CampaignPorts {
  const { db } = database;
  return createCampaigns({
    campaigns: { ...aircall.campaigns, ...changed },
    provider: AIRCALL,
    store: createCampaignStore(db),
    held: createHeldItemStore(db),
    agents: createAgentStore(db),
    queues: createQueueStore(db),
    dialingFor: async () => DEFAULT_DIALING_SETTINGS,
    prefixZones: new Map([['1202', ['America/New_York']]]),
    clock: { now: () => NOW },
    ids: { next: () => uuidv7() },
  });
}

async function newAgent(name: string, providerUserId: string): Promise<string> {
  const agents = createAgentStore(database.db);
  const id = uuidv7();
  await agents.create({ id, name, email: `${name}@outdial.example` }, NOW);
  await agents.patch(id, { providerUserId });
  return id;
}

async function queued(...given: (number | [number: number, timeZone: string])[]): Promise<void> {
  const rows = given.map((each) => {
    const [number, timeZone] = typeof each === 'number' ? [each, null] : each;
    return { name: `Lead ${number}`, phone: phone(number), timeZone };
  });
  await upsert(rows);
}

const queuedMore = (count: number) =>
  upsert(
    Array.from({ length: count }, (_, at) => ({
      name: `More ${at}`,
      phone: `+1202555${String(2000 + at)}`,
    })),
  );

async function upsert(rows: { name: string; phone: string; timeZone?: string | null }[]) {
  const ids = { next: () => uuidv7() };
  await createLeadStore(database.db).upsertBatch(rows, {
    duplicates: 'skip',
    queueId: queue,
    now: NOW,
    ids,
  });
}

async function leadOf(number: number): Promise<string> {
  const lead = await createLeadStore(database.db).findByPhone(phone(number));
  if (lead === null) throw new Error('There is no such lead.');
  return lead.id;
}

/** What a session could claim from the queue now, by number. */
async function callable(): Promise<string[]> {
  const items = await createHeldItemStore(database.db).callable(queue, NOW, 200);
  return items.map((item) => item.phone).sort();
}

async function states(): Promise<string[]> {
  const { rows } = await createQueueItemStore(database.db).list({ queueId: queue }, FIRST);
  return rows.map(({ lead, state }) => `${lead.name} ${state}`).sort();
}

async function inAircall(agentId: string): Promise<string[]> {
  const agent: Agent | null = await createAgentStore(database.db).get(agentId);
  if (agent === null) throw new Error('There is no such agent.');
  const progress = await aircall.campaigns.progress(agent);
  return progress.kind === 'campaign' ? progress.numbers.map((number) => number.phone) : [];
}
