import { createTestDatabase, freePort } from '@outdial/testing/services';
import { expect, test } from 'vitest';
import { openServer } from '../harness/running-server.js';

test('a node that finds no Redis says what to do, and leaves its place to the next one', async () => {
  const database = await createTestDatabase();
  const env = { DATABASE_URL: database.url };
  const inVain = openServer({ ...env, REDIS_URL: `redis://127.0.0.1:${await freePort()}` });
  await expect(inVain).rejects.toThrow(
    'The Redis of REDIS_URL does not answer. Start it, or leave REDIS_URL out to run one node.',
  );
  const next = await openServer(env);
  expect((await next.request('GET', '/readyz')).status).toBe('ready');
  await next.close();
  // Throws when anybody still holds a connection.
  await database.drop();
});
