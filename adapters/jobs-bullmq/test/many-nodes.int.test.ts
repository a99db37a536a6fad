import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { realTime } from '@outdial/testing/real-time';
import { testRedis } from '@outdial/testing/services';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually } from './eventually.js';
import { heldJobs, startNode, type TestNode } from './node.js';

let redis: ReturnType<typeof testRedis>;
let nodes: TestNode[];

beforeEach(() => {
  redis = testRedis();
  nodes = [];
});
afterEach(async () => {
  await Promise.all(nodes.map((node) => node.close()));
});

async function node(
  work: Parameters<typeof startNode>[1],
  options: Partial<Parameters<typeof startNode>[0]> = {},
): Promise<TestNode> {
  const started = startNode({ redisUrl: redis.url, prefix: redis.prefix, ...options }, work);
  nodes.push(started);
  await eventually(() => started.isThere());
  return started;
}

const nothing = async (): Promise<void> => undefined;
const inMs = (ms: number): Date => new Date(realTime.now().getTime() + ms);

describe('many nodes', () => {
  it('many nodes share the work: what one has no room for, the other does', async () => {
    const held = heldJobs();
    const first = await node(held.work, { limits: { 'run-import': 1 } });
    const second = await node(held.work, { limits: { 'run-import': 1 } });
    for (const id of ['a', 'b', 'c']) first.wake({ job: 'run-import', id });
    await eventually(() => held.running() === 2);
    expect([first.began.length, second.began.length]).toEqual([1, 1]);
    held.letAllGo();
    await eventually(() => held.running() === 1);
    held.letAllGo();
    expect([...first.began, ...second.began].sort()).toEqual([
      'run-import a',
      'run-import b',
      'run-import c',
    ]);
  });

  it('many nodes do what a node without work of its own asks for', async () => {
    const api = await node(null);
    const worker = await node(nothing);
    api.wake({ job: 'place-call', id: 'now' });
    api.wake({ job: 'place-call', id: 'later', at: inMs(100) });
    await eventually(() => worker.began.length === 2);
    expect(worker.began).toEqual(['place-call now', 'place-call later']);
    expect(api.began).toEqual([]);
  });

  it('many nodes do not hear of another installation on the same Redis', async () => {
    const ours = await node(nothing);
    const theirs = await node(nothing, { prefix: testRedis().prefix });
    ours.wake({ job: 'sync-call', id: 'ours' });
    theirs.wake({ job: 'sync-call', id: 'theirs' });
    await eventually(() => ours.began.length + theirs.began.length === 2);
    expect([ours.began, theirs.began]).toEqual([['sync-call ours'], ['sync-call theirs']]);
  });

  it('many nodes take over the job of a node that was killed', async () => {
    const script = fileURLToPath(new URL('./node-to-kill.ts', import.meta.url));
    const other = spawn(
      process.execPath,
      ['--conditions=source', '--import', 'tsx', script, redis.url, redis.prefix],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const api = await node(null);
    api.wake({ job: 'sync-call', id: 'a' });
    const [begun] = await once(createInterface(other.stdout), 'line');
    expect(begun).toBe('sync-call a');
    other.kill('SIGKILL');
    await once(other, 'exit');
    const survivor = await node(nothing, { lockMs: 1_000 });
    await eventually(() => survivor.began.includes('sync-call a'));
    expect(survivor.errors).toEqual([]);
  });

  it('many nodes run a job for later at the time that nodes agree on, though their own clock is a minute ahead', async () => {
    const agreed = {
      now: () => new Date(realTime.now().getTime() - 60_000),
      after: realTime.after,
    };
    const ranAt: number[] = [];
    const ahead = await node(async () => void ranAt.push(agreed.now().getTime()), {
      timers: agreed,
    });
    const due = new Date(agreed.now().getTime() + 300);
    ahead.wake({ job: 'check-call', id: 'a', at: due });
    await eventually(() => ranAt.length > 0);
    expect(ranAt[0]).toBeGreaterThanOrEqual(due.getTime());
  });
});

describe('one node', () => {
  it('one node knows a job for one time once, whatever number of hints ask for it', async () => {
    const api = await node(null);
    const later = inMs(60_000);
    for (let hint = 0; hint < 5; hint += 1) {
      api.wake({ job: 'check-call', id: 'a', at: later });
      api.wake({ job: 'check-call', id: 'a' });
      await api.counts();
    }
    await eventually(async () => (await api.counts())['check-call'].waiting > 0);
    expect((await api.counts())['check-call']).toEqual({ waiting: 1, delayed: 1, active: 0 });
  });

  it('one node runs a job once more for any number of hints that came while it ran', async () => {
    const held = heldJobs();
    const worker = await node(held.work);
    const api = await node(null);
    api.wake({ job: 'advance-session', id: 'a' });
    await eventually(() => held.running() === 1);
    for (let hint = 0; hint < 3; hint += 1) {
      api.wake({ job: 'advance-session', id: 'a' });
      await api.ping();
    }
    // One queue for one kind: when this one has run, the three have arrived too.
    api.wake({ job: 'advance-session', id: 'b' });
    await eventually(() => held.running() === 2);
    held.letAllGo();
    await eventually(() => held.running() === 1);
    held.letAllGo();
    await eventually(async () => (await api.counts())['advance-session'].active === 0);
    expect(worker.began.filter((job) => job === 'advance-session a')).toHaveLength(2);
  });

  it('one node goes on with other jobs, of the same kind too, while one of them hangs', async () => {
    const held = heldJobs();
    const worker = await node(async ({ id }) => (id === 'hangs' ? held.work() : undefined));
    worker.wake({ job: 'sync-call', id: 'hangs' });
    await eventually(() => held.running() === 1);
    const others = Array.from({ length: 50 }, (_, index) => `sync-call ${index}`);
    for (let index = 0; index < 50; index += 1) worker.wake({ job: 'sync-call', id: `${index}` });
    worker.wake({ job: 'hang-up-call', id: 'x' });
    await eventually(() => worker.began.length === 52);
    expect(worker.began).toEqual(expect.arrayContaining([...others, 'hang-up-call x']));
    held.letAllGo();
  });

  it('one node leaves what is due in more than an hour to the sweeper', async () => {
    const api = await node(null);
    api.wake({ job: 'advance-session', id: 'tomorrow', at: inMs(24 * 3_600_000) });
    api.wake({ job: 'advance-session', id: 'soon', at: inMs(3_500_000) });
    await eventually(async () => (await api.counts())['advance-session'].delayed > 0);
    expect((await api.counts())['advance-session'].delayed).toBe(1);
  });

  it('one node leaves nothing of its jobs in Redis, neither of those that failed nor of those that ran again', async () => {
    const worker = await node(async ({ id }) => {
      if (id.endsWith('7')) throw new Error('the CRM is down');
    });
    for (let round = 0; round < 4; round += 1) {
      for (let call = 0; call < 500; call += 1) worker.wake({ job: 'sync-call', id: `${call}` });
      await worker.counts();
    }
    worker.wake({ job: 'sync-call', id: 'last', at: inMs(50) });
    await eventually(() => worker.began.includes('sync-call last'));
    await eventually(async () => {
      const { waiting, delayed, active } = (await worker.counts())['sync-call'];
      return waiting + delayed + active === 0;
    });
    expect(worker.errors.length).toBeGreaterThanOrEqual(50);

    const client = new Redis(redis.url);
    const keys = await client.keys(`${redis.prefix.replace(/[{}]/g, '?')}:jobs:sync-call:*`);
    const events = await client.xlen(`${redis.prefix}:jobs:sync-call:events`);
    client.disconnect();
    const names = keys.map((key) => key.split(':').at(-1));
    const known = ['events', 'id', 'marker', 'meta', 'stalled', 'stalled-check'];
    expect(names.filter((name) => !known.includes(name ?? ''))).toEqual([]);
    expect(events).toBeLessThan(1_000);
  });

  it('one node tells of a handler that threw, and does not run it again by itself', async () => {
    const worker = await node(async () => {
      throw new Error('the CRM is down');
    });
    worker.wake({ job: 'sync-call', id: 'a' });
    await eventually(() => worker.errors.length > 0);
    await eventually(async () => (await worker.counts())['sync-call'].active === 0);
    expect((await worker.counts())['sync-call']).toEqual({ waiting: 0, delayed: 0, active: 0 });
    expect(worker.errors.map(String)).toEqual(['Error: the CRM is down']);
  });
});
