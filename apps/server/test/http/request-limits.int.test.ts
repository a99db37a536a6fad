import { createAircallClient, verifyWebhook } from '@outdial/aircall';
import { type RedisServer, startRedis } from '@outdial/testing/services';
import { Redis } from 'ioredis';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRequestLimiter } from '../../src/cluster/request-limiter.js';
import { createHttp } from '../../src/http/create-http.js';
import type { App } from '../../src/platform/app.js';
import { systemTimers } from '../../src/platform/system-timers.js';
import { carrierWebhooks } from '../../src/webhooks/carrier-webhooks.js';
import { startServer } from '../harness/running-server.js';
import { createStage, type Stage } from '../harness/stage.js';
import { AS_ADMIN } from '../harness/stage-access.js';

let redisServer: RedisServer;
let connections: Redis[];
let prefix: string;
let installations = 0;

beforeAll(async () => {
  redisServer = await startRedis();
});
afterAll(() => redisServer.stop());
beforeEach(() => {
  installations += 1;
  prefix = `outdial:{limits ${installations}}`;
  connections = [];
});
afterEach(() => {
  for (const redis of connections) redis.disconnect();
});

/** What one of two nodes shares with the other. */
async function join() {
  const redis = new Redis(redisServer.url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: () => 20,
    lazyConnect: true,
  });
  redis.on('error', () => undefined);
  await redis.connect();
  connections.push(redis);
  return { redis, prefix, countNodes: async () => 2 };
}

/** Until every node has noticed. */
const redisIs = (status: 'ready' | 'away') =>
  expect
    .poll(() => connections.every((redis) => (redis.status === 'ready') === (status === 'ready')), {
      timeout: 30_000,
    })
    .toBe(true);

describe('API requests', () => {
  let stage: Stage;
  let nodes: App[];

  beforeAll(async () => {
    stage = await createStage();
  });
  afterAll(() => stage.close());
  beforeEach(() => {
    nodes = [];
  });
  afterEach(async () => {
    for (const node of nodes) await node.close();
  });

  async function start(perMinute: number): Promise<App> {
    const node = await createHttp(stage.ports, {
      log: pino({ level: 'silent' }),
      version: '0.0.0',
      webRoot: '/nowhere',
      limiters: { address: await createRequestLimiter(await join(), { name: 'api', perMinute }) },
      plugins: [
        carrierWebhooks({
          segment: 'unguessable',
          webhookOf: () => ({
            refusedMessage: 'The token is missing or wrong.',
            verify: (body) => verifyWebhook(body, ['the token']),
            learn: async () => undefined,
            ensure: async () => ({ missed: false, problem: null }),
          }),
          receive: async () => 'stored',
          refused: () => undefined,
        }),
      ],
    });
    nodes.push(node);
    return node;
  }
  const ask = (node: App, url = '/api/agents', from = '203.0.113.5') =>
    node.inject({ url, remoteAddress: from, headers: { authorization: AS_ADMIN } });
  const statuses = async (...asked: [App, string?, string?][]): Promise<number[]> => {
    const answers: number[] = [];
    for (const each of asked) answers.push((await ask(...each)).statusCode);
    return answers;
  };

  it('API requests of one address are counted on all nodes together; the refused one says when to come back', async () => {
    const [one, two] = [await start(3), await start(3)];
    expect(await statuses([one], [two], [one])).toEqual([200, 200, 200]);
    const refused = await ask(two);
    expect(refused.statusCode).toBe(429);
    expect(refused.headers).toMatchObject({
      'content-type': expect.stringContaining('application/problem+json'),
      'ratelimit-limit': '3',
      'ratelimit-remaining': '0',
    });
    expect(refused.json()).toMatchObject({ code: 'rate_limited', status: 429 });
    const seconds = Number(refused.headers['retry-after']);
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
    expect(refused.json().detail).toContain(`Wait ${seconds} s`);
  });

  it('API requests of another address have a count of their own', async () => {
    const node = await start(1);
    expect(await statuses([node], [node], [node, '/api/agents', '203.0.113.6'])).toEqual([
      200, 429, 200,
    ]);
  });

  it('API requests cannot dodge the count by another way of writing the address', async () => {
    const node = await start(1);
    expect(
      await statuses([node], [node, '/%61pi/agents'], [node, '/api/agents/'], [node, '/api/none']),
    ).toEqual([200, 429, 429, 429]);
  });

  it('API requests are all that counts: webhooks in a burst, probes, metrics and files are never refused', async () => {
    const node = await start(1);
    await statuses([node], [node]);
    const webhooks = await Promise.all(
      Array.from({ length: 100 }, () =>
        node.inject({
          method: 'POST',
          url: '/webhooks/aircall/unguessable',
          remoteAddress: '203.0.113.5',
          payload: { token: 'the token', event: 'call.created', data: {} },
        }),
      ),
    );
    expect(new Set(webhooks.map(({ statusCode }) => statusCode))).toEqual(new Set([200]));
    for (const path of ['/healthz', '/readyz', '/metrics', '/api/docs/errors.md', '/']) {
      expect({ path, status: (await ask(node, path)).statusCode }).toEqual({ path, status: 200 });
    }
    expect(await statuses([node])).toEqual([429]);
  });

  it('API requests go on while Redis is away, counted by each node for itself', async () => {
    const [one, two] = [await start(2), await start(2)];
    expect(await statuses([one], [two], [two])).toEqual([200, 200, 429]);
    await redisServer.kill();
    await redisIs('away');
    expect(await statuses([one], [one], [one], [two], [two], [two])).toEqual([
      200, 200, 429, 200, 200, 429,
    ]);
    await redisServer.restart();
    await redisIs('ready');
    expect(await statuses([one], [two], [one])).toEqual([200, 200, 429]);
  });

  it('API requests are limited by API_REQUESTS_PER_MINUTE, and not at all by 0', async () => {
    const limited = await startServer({ API_REQUESTS_PER_MINUTE: '2' });
    // Signing in is the first of the two.
    await limited.request('GET', '/api/agents');
    await expect(limited.request('GET', '/api/agents')).rejects.toThrow(/429.*rate_limited/);
    await limited.close();
    const open = await startServer({ API_REQUESTS_PER_MINUTE: '0' });
    const answer = await open.admin.fetch(`${open.url}/api/agents`);
    expect([answer.status, answer.headers.get('ratelimit-limit')]).toEqual([200, null]);
  });
});

describe('requests to Aircall', () => {
  const order = { numberId: '1234', to: '+12025550143' };
  let sent: number;
  let answer: () => Response;
  let clients: ReturnType<typeof createAircallClient>[];

  beforeEach(() => {
    sent = 0;
    clients = [];
    answer = () => new Response(null, { status: 204 });
  });
  afterEach(async () => {
    for (const client of clients) await client.close();
  });

  async function start(requestsPerMinute: number) {
    const limit = { name: 'aircall', perMinute: requestsPerMinute, divided: true };
    const client = createAircallClient({
      credentials: { kind: 'bearer', accessToken: 'a token' },
      requestsPerMinute,
      sharedCount: await createRequestLimiter(await join(), limit),
      timers: systemTimers,
      fetch: async () => {
        sent += 1;
        return answer();
      },
    });
    clients.push(client);
    return client;
  }
  const place = (client: ReturnType<typeof createAircallClient>) =>
    client.startCall('456', order).then(
      () => 'placed',
      (error: { trouble: string }) => error.trouble,
    );

  it('requests to Aircall of all nodes together keep to the company’s limit', async () => {
    const [one, two] = [await start(3), await start(3)];
    const asked = await Promise.all([one, two, one, two, one].map(place));
    expect(asked.filter((said) => said === 'placed')).toHaveLength(3);
    expect(asked.filter((said) => said === 'rate_limited')).toHaveLength(2);
    expect(sent).toBe(3);
  });

  it('pause on every node when Aircall has refused one of them', async () => {
    const [one, two] = [await start(60), await start(60)];
    answer = () => new Response('{}', { status: 429, headers: { 'retry-after': '30' } });
    expect(await place(one)).toBe('rate_limited');
    answer = () => new Response(null, { status: 204 });
    await expect
      .poll(async () => connections[0]?.get(`${prefix}:requests:aircall:account`))
      .toBe('61');
    expect([await place(two), sent]).toEqual(['rate_limited', 1]);
  });

  it('requests to Aircall are divided among the nodes while Redis is away, so that together they still keep to it', async () => {
    const [one, two] = [await start(4), await start(4)];
    await redisServer.kill();
    await redisIs('away');
    const asked: string[] = [];
    for (const node of [one, one, one, two, two, two]) asked.push(await place(node));
    expect(asked).toEqual(['placed', 'placed', 'rate_limited', 'placed', 'placed', 'rate_limited']);
    expect(sent).toBe(4);
    await redisServer.restart();
  });

  it('requests to Aircall stay counted when the node that sent them is gone', async () => {
    const [one, two] = [await start(2), await start(2)];
    expect(await place(one)).toBe('placed');
    expect(await place(one)).toBe('placed');
    await one.close();
    expect(await place(two)).toBe('rate_limited');
  });
});
