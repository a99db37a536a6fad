import { createTestDatabase, type TestDatabase } from '@outdial/testing/services';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  countNodes,
  countWorkingNodes,
  DatabaseTaken,
  joinDatabase,
  type LockMode,
  type NodeMembership,
} from '../src/engine/node-membership.js';
import { openDatabase } from '../src/engine/open-database.js';

describe('nodes on one database', () => {
  let database: TestDatabase;
  let places: NodeMembership[] = [];
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    for (const place of places) await place.leave();
    places = [];
  });
  afterAll(() => database?.drop());

  const take = async (
    lockMode: LockMode,
    lost: (error: DatabaseTaken) => void = () => undefined,
    works = true,
  ): Promise<NodeMembership> => {
    const patienceMs = { first: 300, afterLoss: 300 };
    const place = await joinDatabase(database.url, lockMode, lost, { works, patienceMs });
    places.push(place);
    return place;
  };
  const ask = async <Row extends pg.QueryResultRow>(statement: string): Promise<Row[]> => {
    const client = new pg.Client(database.url);
    await client.connect();
    const { rows } = await client.query<Row>(statement);
    await client.end();
    return rows;
  };
  /** What a restart of the server or a cut network does to a node's connection. */
  const cutConnections = () =>
    ask(`select pg_terminate_backend(pid) from pg_stat_activity
         where application_name = 'outdial node' and datname = current_database()`);
  const held = async (): Promise<boolean> =>
    (
      await ask(`select 1 from pg_locks l join pg_database d on d.oid = l.database
                 where l.locktype = 'advisory' and l.granted and d.datname = current_database()`)
    ).length > 0;

  it('nodes on one database are as many as one likes when they share a Redis, and can be counted', async () => {
    const { db, close } = await openDatabase({ url: database.url });
    await expect(take('shared')).resolves.toMatchObject({ first: true });
    const second = await take('shared');
    expect(second.first).toBe(false);
    expect(await countNodes(db)).toBe(2);
    await second.leave();
    await expect.poll(() => countNodes(db)).toBe(1);
    await close();
  });

  it('nodes on one database know who came first, also when all of them come at once', async () => {
    for (let time = 0; time < 5; time += 1) {
      const all = await Promise.all([1, 2, 3].map(() => take('shared')));
      expect(all.filter(({ first }) => first)).toHaveLength(1);
      await Promise.all(all.map((place) => place.leave()));
      await expect.poll(held).toBe(false);
    }
  });

  it('nodes on one database leave what is left over to the first one that works, not to one that only serves people', async () => {
    const { db, close } = await openDatabase({ url: database.url });
    await take('shared', undefined, false);
    expect(await countWorkingNodes(db)).toBe(0);
    await expect(take('shared')).resolves.toMatchObject({ first: true });
    await expect(take('shared')).resolves.toMatchObject({ first: false });
    expect(await countWorkingNodes(db)).toBe(2);
    expect(await countNodes(db)).toBe(3);
    await close();
  });

  it('nodes on one database are one without a Redis: the second is refused, and told what to set', async () => {
    await take('exclusive');
    await expect(take('exclusive')).rejects.toThrow(
      /set REDIS_URL to the same Redis for all nodes/,
    );
  });

  it('nodes on one database do not mix: neither beside a lone node nor a lone node beside them', async () => {
    const alone = await take('exclusive');
    await expect(take('shared')).rejects.toBeInstanceOf(DatabaseTaken);
    await alone.leave();
    await take('shared');
    await expect(take('exclusive')).rejects.toBeInstanceOf(DatabaseTaken);
  });

  it('nodes on one database follow one another: a place that was left is free', async () => {
    const first = await take('exclusive');
    await first.leave();
    await first.leave();
    await expect(take('exclusive')).resolves.toBeDefined();
  });

  it('nodes on one database keep their place when the connection breaks', async () => {
    const lost: DatabaseTaken[] = [];
    await take('exclusive', (error) => lost.push(error));
    await cutConnections();
    await expect.poll(held, { timeout: 60_000 }).toBe(true);
    await expect(take('exclusive')).rejects.toBeInstanceOf(DatabaseTaken);
    expect(lost).toEqual([]);
  });

  it('nodes on one database hear of it when another one took the place while the connection was broken', async () => {
    const lost: DatabaseTaken[] = [];
    await take('exclusive', (error) => lost.push(error));
    const newcomer = new pg.Client(database.url);
    await newcomer.connect();
    // It waits in line, so that it is the first when the old one's connection breaks.
    const taken = newcomer.query('select pg_advisory_lock(53666)');
    await cutConnections();
    await taken;
    await expect.poll(() => lost.length, { timeout: 60_000 }).toBe(1);
    await newcomer.end();
  });
});
