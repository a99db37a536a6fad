import { type RedisServer, startRedis } from '@outdial/testing/services';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from './eventually.js';
import { heldJobs, startNode, type TestNode } from './node.js';

const prefix = 'outdial:{11111111-1111-4111-8111-111111111111}';
let redis: RedisServer;
let nodes: TestNode[];

beforeEach(async () => {
  redis = await startRedis();
  nodes = [];
});
afterEach(async () => {
  await Promise.all(nodes.map((node) => node.close()));
  await redis.stop();
});

function node(work: Parameters<typeof startNode>[1]): TestNode {
  const started = startNode({ redisUrl: redis.url, prefix }, work);
  nodes.push(started);
  return started;
}

const nothing = async (): Promise<void> => undefined;

/** Until it has run: a hint that falls into the gap is lost, as the sweeper knows. */
async function runs(worker: TestNode, id: string): Promise<void> {
  await eventually(() => {
    worker.wake({ job: 'sync-call', id });
    return worker.began.includes(`sync-call ${id}`);
  });
}

describe('while Redis is away', () => {
  it('hints are dropped and counted, and the work goes on by itself when Redis is back', async () => {
    const worker = node(nothing);
    await runs(worker, 'before');
    await redis.kill();
    await eventually(() => !worker.isThere());
    const before = worker.dropped();
    for (let call = 0; call < 100_000; call += 1) worker.wake({ job: 'sync-call', id: `${call}` });
    await eventually(() => worker.dropped() - before === 100_000);
    const asked = (): Promise<unknown> => worker.ping().catch((error: unknown) => error);
    await eventually(async () => `${((await asked()) as Error).cause}`.includes('ECONNREFUSED'));
    await expect(worker.ping()).rejects.toThrow('Redis does not answer. Is it running');
    await expect(worker.counts()).rejects.toThrow('Redis does not answer. Is it running');

    await redis.restart();
    await runs(worker, 'after');
    expect(worker.began.filter((job) => /\d/.test(job))).toEqual([]);
    await worker.ping();
    expect([worker.errors, worker.redisErrors]).toEqual([[], []]);
  });

  it('a node may start, and begins to work when Redis is there', async () => {
    await redis.kill();
    const worker = node(nothing);
    worker.wake({ job: 'sync-call', id: 'lost' });
    await eventually(() => worker.dropped() === 1);
    await redis.restart();
    await runs(worker, 'after');
    expect(worker.began).not.toContain('sync-call lost');
  });

  it('what runs is not disturbed, and its end is borne in mind', async () => {
    const held = heldJobs();
    const worker = node(async ({ id }) => (id === 'long' ? held.work() : undefined));
    await runs(worker, 'before');
    worker.wake({ job: 'sync-call', id: 'long' });
    await eventually(() => held.running() === 1);
    await redis.restart();
    await runs(worker, 'after');
    held.letAllGo();
    await runs(worker, 'at last');
    expect(worker.errors).toEqual([]);
  });

  it('a node may close, which waits for what runs and for nothing else, and may be asked twice', async () => {
    const held = heldJobs();
    const worker = node(held.work);
    await eventually(() => {
      worker.wake({ job: 'sync-call', id: 'a' });
      return held.running() === 1;
    });
    await redis.kill();
    await eventually(() => !worker.isThere());
    let closed = false;
    const closing = worker.close().then(() => {
      closed = true;
    });
    const again = worker.close();
    await new Promise((resolve) => setImmediate(resolve));
    expect(closed).toBe(false);
    held.letAllGo();
    await Promise.all([closing, again]);
    const before = worker.dropped();
    worker.wake({ job: 'sync-call', id: 'b' });
    expect(worker.dropped()).toBe(before);
  });

  it('a node that never found it may close', async () => {
    await redis.kill();
    const worker = node(nothing);
    await worker.close();
    expect(worker.isThere()).toBe(false);
  });
});

describe('when Redis is flushed', () => {
  it('the work goes on with the hints that come afterwards', async () => {
    const held = heldJobs();
    const worker = node(async ({ id }) => (id === 'long' ? held.work() : undefined));
    await runs(worker, 'before');
    worker.wake({ job: 'sync-call', id: 'long' });
    await eventually(() => held.running() === 1);
    await redis.flush();
    held.letAllGo();
    await runs(worker, 'after');
    await eventually(async () => {
      const counts = Object.values(await worker.counts());
      return counts.every(({ waiting, active }) => waiting + active === 0);
    });
    expect([worker.errors, worker.redisErrors]).toEqual([[], []]);
  });
});

describe('when Redis is full', () => {
  it('an error of Redis is reported, but not once for each hint', async () => {
    const worker = node(nothing);
    await runs(worker, 'before');
    const client = new Redis(redis.url);
    await client.config('SET', 'maxmemory', '1');
    for (let call = 0; call < 100; call += 1) {
      worker.wake({ job: 'place-call', id: `${call}` });
      await worker.ping();
    }
    await eventually(() => worker.redisErrors.length > 0);
    expect(worker.redisErrors.map(String)).toEqual([expect.stringContaining('OOM')]);
    expect(worker.dropped()).toBeGreaterThan(0);
    await client.config('SET', 'maxmemory', '0');
    client.disconnect();
    await runs(worker, 'after');
  });
});
