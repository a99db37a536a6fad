import { AIRCALL, type AircallTelephony, createAircallTelephony } from '@outdial/aircall';
import { createMockAircall, type MockAircall } from '@outdial/aircall/mock';
import type { Agent } from '@outdial/core';
import { agentAt, DEFAULT_DIALING_SETTINGS } from '@outdial/core';
import {
  createAgentStore,
  createCampaignStore,
  createDialerStore,
  createLeadStore,
  createQueueItemStore,
  createQueueStore,
  createSuppressionStore,
  migrate,
  type OpenDatabase,
  openDatabase,
} from '@outdial/postgres';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CarrierCampaigns, createCampaigns } from '../../../src/features/agents/campaigns.js';
import type { CampaignView } from '../../../src/features/http-ports.js';
import { systemTimers } from '../../../src/platform/system-timers.js';

/** Ten in the morning in Washington, seven in Los Angeles. */
const NOW = new Date('2026-03-06T15:00:00.000Z');
const phone = (number: number): string => `+120255501${String(number).padStart(2, '0')}`;
const FIRST = { limit: 200 };

let database: OpenDatabase;
let mock: MockAircall;
let aircall: AircallTelephony;
let campaigns: CarrierCampaigns;
let queue: string;
let kim: string;
/** Queues whose waiting sessions were told to look again. */
const filled: string[] = [];
let sam: string;
let now = NOW;
let allowedCountries: readonly string[] = [];

beforeAll(async () => {
  database = await openDatabase({ dataDir: ':memory:' });
  await migrate(database.db);
});
afterAll(() => database.close());

beforeEach(async () => {
  const { db } = database;
  await sql`truncate agents, leads, queues, queue_items, sessions, calls, suppressions, contact_stops,
    campaign_handovers, campaign_numbers, outside_calls cascade`.execute(db);
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
  now = NOW;
  allowedCountries = [];
});
afterEach(async () => {
  await aircall.close();
  await mock.close();
});

it('the leads of a queue are handed over to an agent, and those that the agent called are shown', async () => {
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

it('after a campaign is taken back, leads that the agent called are done, and the others are called again', async () => {
  await queued(1, 2, 3);
  await campaigns.start(kim, queue);
  mock.control.agentDials(456, phone(2));
  filled.length = 0;
  expect(await campaigns.end(kim)).toBe('ended');
  expect(filled).toEqual([queue]);
  expect(await states()).toEqual(['Lead 1 PENDING', 'Lead 2 DONE', 'Lead 3 PENDING']);
  expect(await callable()).toEqual([phone(1), phone(3)]);
  expect(await inAircall(kim)).toEqual([]);
  expect(await campaigns.end(kim)).toBe('none');
});

it('a lead that is handed over is called by no other session, not even from another queue, until it is taken back', async () => {
  await queued(1, 2);
  const other = await anotherQueue(1);
  await campaigns.start(kim, queue);
  await queued(3);
  expect(await callable(other)).toEqual([]);
  expect(await campaigns.start(sam, other)).toEqual({ kind: 'nothing_to_call' });
  const held = (await items()).map(({ lead, heldReason }) => [lead.name, heldReason]);
  expect(Object.fromEntries(held)).toEqual({
    'Lead 1': "handed over to Kim's campaign at the phone system",
    'Lead 2': "handed over to Kim's campaign at the phone system",
    'Lead 3': null,
  });

  // Called: the agent may be talking still.
  mock.control.agentDials(456, phone(1));
  await campaigns.find(kim);
  expect(await callable(other)).toEqual([]);
  await campaigns.end(kim);
  expect(await callable(other)).toEqual([phone(1)]);
  expect(await callable()).toEqual([phone(2), phone(3)]);
});

describe('a campaign does not get leads that contact rules hold', () => {
  /** On a call of another queue, the person said so; the place in this queue still waits, as in the moment before it is marked. */
  const said = (number: number, effect: string, until: Date | null = null) =>
    sql`
    insert into contact_stops (call_id, phone, lead_id, effect, disposition, until, created_at)
    select ${uuidv7()}, phone, id, ${effect}, 'as told', ${until}, ${NOW} from leads where phone = ${phone(number)}
  `.execute(database.db);
  const furtherNumber = async (number: number, further: string) => {
    const lead = await createLeadStore(database.db).findByPhone(phone(number));
    await sql`insert into lead_phones (lead_id, phone, position) values (${lead?.id}, ${further}, 0)`.execute(
      database.db,
    );
  };
  /** A call of another queue that is over: dialed and ended so many seconds ago. */
  const calledBefore = async (number: number, ...secondsAgo: number[]) => {
    const lead = await createLeadStore(database.db).findByPhone(phone(number));
    const session = uuidv7();
    await sql`
      insert into sessions (id, agent_id, queue_id, provider, lines, after_connect, status, phase, phase_since, round,
        settings, started_at)
      values (${session}, ${sam}, ${queue}, 'aircall', 1, 'stop', 'STOPPED', 'STOPPED', ${NOW}, 1, '{}', ${NOW})`.execute(
      database.db,
    );
    for (const seconds of secondsAgo) {
      const at = new Date(NOW.getTime() - seconds * 1000);
      await sql`
        insert into calls (id, session_id, agent_id, queue_id, queue_item_id, lead_id, phone, round, attempt, provider,
          state, clearance, queued_at, dialed_at, placement, ended_at, outcome, winner, talk_seconds, crm_state)
        values (${uuidv7()}, ${session}, ${sam}, ${queue}, ${uuidv7()}, ${lead?.id}, ${phone(number)}, 1, 1, 'aircall',
          'COMPLETED', '{}', ${at}, ${at}, 'ACCEPTED', ${at}, 'NO_ANSWER', false, 0, 'SYNCED')`.execute(
        database.db,
      );
    }
  };
  const HOUR = 3600;

  it('a campaign does not get leads that contact rules hold of a stop, of a further number, of a promised call-back, of the gap and of the cap', async () => {
    await queued(1, 2, 3, 4, 5, 6, 7);
    await said(1, 'ends_everywhere');
    await said(2, 'suppress_person');
    await said(3, 'waits', new Date(NOW.getTime() + HOUR * 1000));
    await furtherNumber(4, phone(99));
    await suppress(99);
    await calledBefore(5, 60);
    await calledBefore(6, 1 * HOUR, 2 * HOUR, 3 * HOUR);
    await calledBefore(7, HOUR, 30 * HOUR, 31 * HOUR);
    const started = await campaigns.start(kim, queue);
    expect(started).toMatchObject({ kind: 'campaign', numbers: [{ phone: phone(7) }] });
    expect(await inAircall(kim)).toEqual([phone(7)]);
  });

  it('although a thousand of them come first', async () => {
    await upsert(
      Array.from({ length: 1000 }, (_, at) => ({ name: 'First', phone: `+1202555${2000 + at}` })),
    );
    await sql`
      insert into contact_stops (call_id, phone, lead_id, effect, disposition, created_at)
      select ${uuidv7()}, phone, id, 'ends_everywhere', 'as told', ${NOW} from leads`.execute(
      database.db,
    );
    await queued(1);
    expect(await campaigns.start(kim, queue)).toMatchObject({ numbers: [{ phone: phone(1) }] });
  });

  it('a campaign does not get leads that contact rules hold and who was called while they were being chosen', async () => {
    await queued(1, 2);
    const store = createCampaignStore(database.db);
    const chosen = await store.candidates(queue, NOW, 10);
    await calledBefore(1, 0);
    const handover = { id: uuidv7(), agentId: kim, queueId: queue, provider: AIRCALL };
    const opened = await store.open(
      { ...handover, createdAt: NOW },
      chosen.map(({ itemId }) => ({ itemId, lastEndedAt: null })),
    );
    expect(opened).toMatchObject({ kind: 'open', taken: new Set([phone(2)]) });
  });

  it('a campaign does not get leads that contact rules hold also once they are in the campaign', async () => {
    await queued(1, 2, 3, 4);
    await campaigns.start(kim, queue);
    await said(1, 'ends_everywhere');
    await furtherNumber(2, phone(99));
    await suppress(99);
    await said(3, 'waits', new Date(NOW.getTime() + HOUR * 1000));
    await campaigns.withdrawHeld();
    expect(await inAircall(kim)).toEqual([phone(4)]);
  });
});

describe('calls outside the dialer', () => {
  const reported = (id: string, number: number, endedAt: Date | null = NOW) =>
    createDialerStore(database.db).noteOutsideCall({
      provider: AIRCALL,
      providerCallId: id,
      phone: phone(number),
      dialedAt: NOW,
      endedAt,
    });
  const callsOf = async (queueId: string) =>
    (await createCampaignStore(database.db).candidates(queueId, NOW, 9)).map((one) => ({
      phone: one.phone,
      calls: one.calls,
    }));

  it('calls outside the dialer keep a number from being handed over, and take it out of a campaign again', async () => {
    await queued(1, 2, 3, 4);
    await reported('by hand', 1);
    await campaigns.start(kim, queue);
    expect(await inAircall(kim)).toEqual([phone(2), phone(3), phone(4)]);
    await reported('by hand again', 2);
    await reported('goes on', 3, null);
    filled.length = 0;
    await campaigns.withdrawHeld();
    expect(await inAircall(kim)).toEqual([phone(4)]);
    expect(filled).toEqual([queue]);
  });

  it('calls outside the dialer of a campaign count in every queue, once: as reported, or as its list shows', async () => {
    await queued(1, 2);
    const other = await anotherQueue(1, 2);
    await campaigns.start(kim, queue);
    mock.control.agentDials(456, phone(1));
    mock.control.agentDials(456, phone(2));
    await reported('9001', 2);
    await campaigns.find(kim);
    await campaigns.end(kim);
    const once = [{ dialedAt: NOW, endedAt: NOW }];
    const both = [1, 2].map((number) => ({ phone: phone(number), calls: once }));
    expect(await callsOf(other)).toEqual(both);
    await reported('9000', 1);
    expect(await callsOf(other)).toEqual(both);
    expect(await campaigns.start(sam, other)).toEqual({ kind: 'nothing_to_call' });
  });
});

it('takes numbers out of a campaign when their calling hours end, or their country may not be called any more', async () => {
  await queued(1, [2, 'America/Los_Angeles']);
  now = new Date(NOW.getTime() + 2 * 3600_000);
  await campaigns.start(kim, queue);
  expect(await inAircall(kim)).toEqual([phone(1), phone(2)]);
  // Half past nine in the evening in Washington.
  now = new Date('2026-03-07T02:30:00.000Z');
  await campaigns.withdrawHeld();
  expect(await inAircall(kim)).toEqual([phone(2)]);
  allowedCountries = ['DE'];
  await campaigns.withdrawHeld();
  expect(await inAircall(kim)).toEqual([]);
  expect(await campaigns.start(sam, queue)).toEqual({ kind: 'nothing_to_call' });
});

describe('a number that must not be called any more', () => {
  it('a number that must not be called any more is taken out of the campaign, once, and the others stay', async () => {
    await queued(1, 2, 3);
    await campaigns.start(kim, queue);
    mock.control.agentDials(456, phone(3));
    await suppress(2, 3);
    await campaigns.withdrawHeld();
    await campaigns.withdrawHeld();
    expect(await inAircall(kim)).toEqual([phone(1), phone(3)]);
    expect(mock.control.requests().filter(({ method }) => method === 'DELETE')).toHaveLength(1);
    expect(await campaigns.find(kim)).toMatchObject({
      numbers: [
        { phone: phone(1), called: false },
        { phone: phone(3), called: true },
      ],
    });
    await campaigns.end(kim);
    expect(await states()).toEqual(['Lead 1 PENDING', 'Lead 2 SUPPRESSED', 'Lead 3 SUPPRESSED']);
  });

  it('a number that must not be called any more is taken out as soon as Aircall does it, and an answer that was lost does no harm', async () => {
    await queued(1, 2);
    await campaigns.start(kim, queue);
    await suppress(1);
    const path = '/v1/users/456/dialer_campaign/phone_numbers*';
    const down = mock.control.addApiFault({ path, mode: 'status', status: 503 });
    await expect(campaigns.withdrawHeld()).rejects.toThrow(/still be in a campaign/);
    mock.control.removeApiFault(down.id);
    mock.control.addApiFault({ method: 'DELETE', path, mode: 'cut', executed: true, count: 1 });
    await expect(campaigns.withdrawHeld()).rejects.toThrow(/still be in a campaign/);
    await campaigns.withdrawHeld();
    expect(await inAircall(kim)).toEqual([phone(2)]);
    expect(await campaigns.find(kim)).toMatchObject({ numbers: [{ phone: phone(2) }] });
  });

  it('a number that must not be called any more may be handed over again once it may be called again', async () => {
    await queued(1, 2);
    await campaigns.start(kim, queue);
    await suppress(1);
    await campaigns.withdrawHeld();
    await createSuppressionStore(database.db).remove([phone(1)]);
    expect(await callable()).toEqual([phone(1)]);
    expect(await campaigns.start(kim, queue)).toMatchObject({ numbers: { length: 2 } });
    expect(await callable()).toEqual([]);
  });
});

it('leaves nothing in the campaign that was set free while Aircall was being asked', async () => {
  await queued(1, 2);
  const meanwhile = (work: () => Promise<unknown>) =>
    withCampaigns({
      handOver: async (agent, phones) => {
        await work();
        return aircall.campaigns.handOver(agent, phones);
      },
    });
  const suppressed = meanwhile(async () => {
    await suppress(1);
    await campaigns.withdrawHeld();
  });
  expect(await suppressed.start(kim, queue)).toMatchObject({ numbers: [{ phone: phone(2) }] });
  await campaigns.end(kim);

  await meanwhile(() => campaigns.end(kim)).start(kim, queue);
  expect(await inAircall(kim)).toEqual([]);
  expect(await campaigns.find(kim)).toBeNull();
  expect(await callable()).toEqual([phone(2)]);
});

it('after a crash between taking the leads and asking Aircall, keeps them until they are taken back', async () => {
  await queued(1, 2);
  const crashing = withCampaigns({
    handOver: async () => {
      throw new Error('The process died.');
    },
  });
  await expect(crashing.start(kim, queue)).rejects.toThrow();
  expect(await callable()).toEqual([]);
  expect(await campaigns.find(kim)).toMatchObject({
    numbers: [
      { phone: phone(1), called: false, leadName: 'Lead 1' },
      { phone: phone(2), called: false, leadName: 'Lead 2' },
    ],
  });
  expect(await campaigns.end(kim)).toBe('ended');
  expect(await callable()).toEqual([phone(1), phone(2)]);
});

it('adds to the campaign what came into the queue since, each lead once', async () => {
  await queued(1);
  await campaigns.start(kim, queue);
  await queued(2);
  expect(await campaigns.start(kim, queue)).toMatchObject({
    numbers: [{ phone: phone(1) }, { phone: phone(2) }],
  });
  await queued(3);
  const other = await anotherQueue(3);
  expect(await campaigns.start(kim, other)).toEqual({ kind: 'already_open', queueId: queue });
});

it('gives two agents of one queue never the same number, nor sets one free the leads of the other', async () => {
  await queued(1, 2);
  // At the same moment.
  const both = await Promise.all([campaigns.start(kim, queue), campaigns.start(sam, queue)]);
  expect(both.map(({ kind }) => kind).sort()).toEqual(['campaign', 'nothing_to_call']);
  const [first, second] = both[0].kind === 'campaign' ? [kim, sam] : [sam, kim];
  expect(await inAircall(first)).toEqual([phone(1), phone(2)]);
  await queued(3, 4);
  expect(await campaigns.start(second, queue)).toMatchObject({
    numbers: [{ phone: phone(3) }, { phone: phone(4) }],
  });
  mock.control.agentDials(second === kim ? 456 : 457, phone(3));

  expect(await campaigns.end(first)).toBe('ended');
  expect(await callable()).toEqual([phone(1), phone(2)]);
  expect(await states()).toContain('Lead 3 PENDING');
  expect(await inAircall(second)).toEqual([phone(3), phone(4)]);

  expect(await campaigns.end(second)).toBe('ended');
  expect(await callable()).toEqual([phone(1), phone(2), phone(4)]);
  expect(await states()).toContain('Lead 3 DONE');
});

it('a queue without a lead to call is refused, and leaves nothing behind', async () => {
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
  expect(await campaigns.find(kim)).toMatchObject({ refused: partly.refused });
  expect(await campaigns.start(kim, queue)).toMatchObject({
    numbers: { length: 150 },
    refused: [],
  });
});

it('keeps leads handed over while it is not known whether Aircall took them', async () => {
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

function withCampaigns(changed: Partial<AircallTelephony['campaigns']>): CarrierCampaigns {
  const { db } = database;
  const campaigns = { ...aircall.campaigns, ...changed };
  return createCampaigns({
    carriers: {
      of: () => campaigns,
      choose: () => ({ connectionId: AIRCALL, label: 'Aircall', campaigns }),
    },
    store: createCampaignStore(db),
    agents: createAgentStore(db),
    queues: createQueueStore(db),
    dialingFor: async () => DEFAULT_DIALING_SETTINGS,
    allowedCountries: async () => allowedCountries,
    prefixZones: new Map([['1202', ['America/New_York']]]),
    queueFilled: (queueId) => void filled.push(queueId),
    clock: { now: () => now },
    ids: { next: () => uuidv7() },
  });
}

async function newAgent(name: string, providerUserId: string): Promise<string> {
  const agents = createAgentStore(database.db);
  const id = uuidv7();
  await agents.create({ id, name, email: `${name}@outdial.example` }, NOW);
  await agents.patch(id, {
    identities: { [AIRCALL]: { userId: providerUserId, numberId: null } },
  });
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

/** With leads that are in the first queue already. */
async function anotherQueue(...numbers: number[]): Promise<string> {
  const { db } = database;
  const id = uuidv7();
  await createQueueStore(db).create({ id, name: 'Summer' }, NOW);
  const leads = await Promise.all(
    numbers.map((number) => createLeadStore(db).findByPhone(phone(number))),
  );
  const leadIds = leads.flatMap((lead) => lead?.id ?? []);
  await createQueueItemStore(db).addLeads(id, leadIds, { now: NOW, ids: { next: () => uuidv7() } });
  return id;
}

const suppress = (...numbers: number[]) =>
  createSuppressionStore(database.db).add(
    numbers.map((number) => ({ phone: phone(number), reason: 'asked', source: 'person' })),
    NOW,
  );

/** What a session could claim from the queue now, by number. */
async function callable(queueId = queue): Promise<string[]> {
  const candidates = await createCampaignStore(database.db).candidates(queueId, NOW, 200);
  return candidates.map((candidate) => candidate.phone).sort();
}

async function items() {
  return (await createQueueItemStore(database.db).list({ queueId: queue }, FIRST)).rows;
}

async function states(): Promise<string[]> {
  return (await items()).map(({ lead, state }) => `${lead.name} ${state}`).sort();
}

async function inAircall(agentId: string): Promise<string[]> {
  const agent: Agent | null = await createAgentStore(database.db).get(agentId);
  if (agent === null) throw new Error('There is no such agent.');
  const progress = await aircall.campaigns.progress(agentAt(agent, AIRCALL));
  return progress.kind === 'campaign' ? progress.numbers.map((number) => number.phone) : [];
}
