import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RedisServer, startRedis } from './redis-server.js';
import { testRedis } from './test-redis.js';

let server: RedisServer;

beforeAll(async () => {
  server = await startRedis();
});
afterAll(() => server.stop());

test('comes back at the same address with nothing in it, after a restart and after a flush', async () => {
  await ask(server.url, (client) => client.set('lead', 'Ada'));
  expect(await ask(server.url, (client) => client.get('lead'))).toBe('Ada');
  await server.flush();
  expect(await ask(server.url, (client) => client.get('lead'))).toBeNull();

  await ask(server.url, (client) => client.set('lead', 'Ada'));
  await server.kill();
  await expect(ask(server.url, (client) => client.ping())).rejects.toThrow('ECONNREFUSED');
  await server.restart();
  expect(await ask(server.url, (client) => client.get('lead'))).toBeNull();
});

test('the one of the run is shared, under a prefix for each', async () => {
  const [mine, yours] = [testRedis(), testRedis()];
  expect(mine.url).toBe(yours.url);
  expect(mine.url).not.toBe(server.url);
  expect(mine.prefix).not.toBe(yours.prefix);
  expect(await ask(mine.url, (client) => client.ping())).toBe('PONG');
});

async function ask<T>(url: string, question: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  let failure: unknown;
  client.on('error', (error: unknown) => {
    failure = error;
  });
  try {
    await client.connect();
    return await question(client);
  } catch (error) {
    throw failure ?? error;
  } finally {
    client.disconnect();
  }
}
