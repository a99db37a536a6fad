import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from './test-database.js';

let preparations = 0;

const template = {
  name: 'services_test',
  prepare: async (url: string) => {
    preparations += 1;
    await query(url, 'create table lead (name text)');
  },
};

test('each gets a database of its own, and the template is prepared once', async () => {
  const databases = await Promise.all([1, 2, 3].map(() => createTestDatabase(template)));
  expect(preparations).toBe(1);

  const [first, second] = databases as [TestDatabase, TestDatabase];
  await query(first.url, "insert into lead values ('Ada')");
  expect(await query(first.url, 'select name from lead')).toEqual([{ name: 'Ada' }]);
  expect(await query(second.url, 'select name from lead')).toEqual([]);

  for (const database of databases) await database.drop();
  await expect(query(first.url, 'select 1')).rejects.toThrow('does not exist');
});

test('refuses to drop a database to which a connection was left open', async () => {
  const database = await createTestDatabase();
  const forgotten = new pg.Client({ connectionString: database.url });
  onTestFinished(() => forgotten.end());
  await forgotten.connect();
  await forgotten.query('select 1 as forgotten');

  await expect(database.drop()).rejects.toThrow('select 1 as forgotten');
});

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
