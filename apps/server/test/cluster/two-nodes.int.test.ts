import { createTestDatabase, type TestDatabase, testRedis } from '@outdial/testing/services';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  SAMPLE_AGENTS,
  SAMPLE_LEADS,
  SAMPLE_QUEUE,
} from '../../src/features/sample-data/people.js';
import { setPractice, startServer, until } from '../harness/running-server.js';

type Node = Awaited<ReturnType<typeof startServer>>;

let database: TestDatabase;
let nodes: [Node, Node];

/** What the network tells of calls is the real time's: at this speed a phone rings for some seconds. */
const env = () => ({
  DATABASE_URL: database.url,
  REDIS_URL: testRedis().url,
  SIMULATOR_SPEED: '2',
});

beforeEach(async () => {
  database = await createTestDatabase();
  nodes = await Promise.all([startServer(env()), startServer(env())]);
});
afterEach(async () => {
  await Promise.all(nodes.map((node) => node.close()));
  await database.drop();
});

const logs = (message: string) =>
  nodes.flatMap((node) => node.logged.filter(({ msg }) => msg === message));

describe('two nodes on one database', () => {
  it('two nodes on one database that start at the same moment for the first time migrate once and furnish one office', async () => {
    expect(logs('database migrated')).toHaveLength(1);
    expect(logs('sample data created')).toMatchObject([
      { agents: SAMPLE_AGENTS.length, leads: SAMPLE_LEADS.length },
    ]);
    for (const node of nodes) {
      const { agents } = await node.request('GET', '/api/agents');
      expect(agents.map(({ status }: { status: string }) => status)).toEqual(
        SAMPLE_AGENTS.map(() => 'OFFLINE'),
      );
      expect((await node.request('GET', '/api/leads?limit=200')).total).toBe(SAMPLE_LEADS.length);
      const { queues } = await node.request('GET', '/api/queues');
      expect(queues.map(({ name }: { name: string }) => name)).toEqual([SAMPLE_QUEUE]);
    }
  });

  it('two nodes on one database go by the settings that were saved at one of them from that moment on', async () => {
    const [here, there] = nodes;
    const { version, settings } = await there.request('GET', '/api/config');
    settings.dialing.lines = 3;
    await here.request('PUT', '/api/config', { version, settings });
    expect((await there.request('GET', '/api/config')).settings.dialing.lines).toBe(3);

    const session = await start(there, { queue_id: (await theQueue(there)).id });
    expect(session.lines).toBe(3);
    await there.request('POST', `/api/dialer/sessions/${session.id}/stop`);
  });

  it('both change how the simulated phones behave, soon after it was saved at one', async () => {
    const [here, there] = nodes;
    const { version, settings } = await here.request('GET', '/api/config');
    await setPractice(here, {
      weights: { CONNECTED: 1, NO_ANSWER: 0, BUSY: 0, VOICEMAIL: 0 },
      // No call ended so soon before.
      talk_seconds: { min: 0, max: 0 },
    });
    settings.dialing.wrap_up_seconds = 0;
    settings.dialing.pause_when_away_seconds = 0;
    await here.request('PUT', '/api/config', { version, settings });
    const { leads } = await there.request('GET', '/api/leads?limit=200');
    let next = 0;
    await until('a lead that the other node calls hangs up at once', async () => {
      const lead = leads[next++ % leads.length];
      const session = await start(there, { lead_ids: [lead.id], lines: 1 });
      const { calls } = await until('the session is over', async () => {
        const seen = await there.request('GET', `/api/dialer/sessions/${session.id}`);
        return seen.status === 'STOPPED' && seen;
      });
      const [call] = calls;
      return call.outcome === 'CONNECTED' && call.talk_seconds === 0;
    });
  });

  it('two nodes on one database have one phone network: a call that one placed is hung up through the other', async () => {
    const [here, there] = nodes;
    await there.close();
    const { version, settings } = await here.request('GET', '/api/config');
    await setPractice(here, {
      weights: { CONNECTED: 1, NO_ANSWER: 0, BUSY: 0, VOICEMAIL: 0 },
      // Ten seconds of real time: long enough for a person who tests to hang up.
      decide_seconds: { min: 20, max: 20 },
    });
    // No screen is there.
    settings.dialing.pause_when_away_seconds = 0;
    settings.dialing.contact_limits.enforce = false;
    await here.request('PUT', '/api/config', { version, settings });
    const session = await start(here, { queue_id: (await theQueue(here)).id, lines: 1 });
    const ringing = await until('it rings', async () => {
      const { calls } = await here.request('GET', `/api/dialer/sessions/${session.id}`);
      return calls.find(({ state }: { state: string }) => state === 'RINGING') ?? null;
    });
    // It has never heard of the call before.
    const late = await startServer(env());
    await late.request('POST', `/api/dialer/sessions/${session.id}/stop`);
    for (const node of [here, late]) {
      const ended = await until('it is over', async () => {
        const call = await node.request('GET', `/api/calls/${ringing.id}`);
        return call.state === 'COMPLETED' && call;
      });
      expect(ended).toMatchObject({ outcome: 'CANCELED_BY_DIALER', answered_at: null });
    }
    // What keeps the node that placed it from reporting, seconds later, that a person answered.
    const redis = new Redis(testRedis().url);
    expect(await redis.keys(`*:simulator:hung-up:${ringing.id}`)).toHaveLength(1);
    redis.disconnect();
    await late.close();
  });

  it('two nodes on one database let the mock CRM be down, and up again, for both', async () => {
    const [here, there] = nodes;
    await here.request('PUT', '/api/crm/faults', { down: true });
    expect(await there.request('GET', '/api/crm/faults')).toMatchObject({ down: true });
    await there.request('PUT', '/api/crm/faults', {});
    expect(await here.request('GET', '/api/crm/faults')).toMatchObject({ down: false });
  });
});

const theQueue = async (node: Node) => (await node.request('GET', '/api/queues')).queues[0];

async function start(node: Node, wish: object) {
  const { agents } = await node.request('GET', '/api/agents');
  return node.request('POST', '/api/dialer/sessions', { agent_id: agents[0].id, ...wish });
}
