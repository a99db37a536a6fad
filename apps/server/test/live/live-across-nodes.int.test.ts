import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type RedisServer, startRedis } from '@outdial/testing/services';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRedisLiveLog, type RedisLiveLog } from '../../src/live/redis-live-log.js';
import { LiveReader, liveAccess } from '../harness/live-reader.js';
import { type LivePorts, type OpenLive, openLive } from '../harness/open-live.js';
import { createStage, type Stage } from '../harness/stage.js';

interface Node {
  readonly live: OpenLive;
  readonly redis: Redis;
  readonly events: RedisLiveLog;
  readonly url: string;
  close(): Promise<void>;
}

/** Nodes look every few seconds whether Redis is still the one they know. */
const PATIENT = { timeout: 30_000, interval: 20 };

describe('live events of several nodes', () => {
  let stage: Stage;
  let redisServer: RedisServer;
  let prefix: string;
  let nodes: Node[];
  let readers: LiveReader[];
  let agents: string[];
  let installations = 0;
  let key: Uint8Array;
  let refused: string[];

  beforeAll(async () => {
    [stage, redisServer] = await Promise.all([createStage(), startRedis()]);
    agents = [await stage.addAgent('Reader A'), await stage.addAgent('Reader B')];
  });
  afterAll(async () => {
    await Promise.all([stage.close(), redisServer.stop()]);
  });
  beforeEach(() => {
    installations += 1;
    prefix = `outdial:{live ${installations}}`;
    nodes = [];
    key = Buffer.alloc(32, installations);
    refused = [];
    readers = [];
  });
  afterEach(async () => {
    for (const { socket } of readers) socket.disconnect();
    for (const node of nodes) await node.close();
  });

  /** One of the processes of an installation, with or without people on it. */
  async function start(more: Partial<LivePorts> & { serves?: boolean } = {}): Promise<Node> {
    const redis = new Redis(redisServer.url, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: () => 20,
      lazyConnect: true,
    });
    redis.on('error', () => undefined);
    await redis.connect();
    const silent = { warn: () => undefined, debug: () => undefined };
    const events = createRedisLiveLog({
      redis,
      prefix,
      log: silent,
      key: () => key,
      refused: (because) => void refused.push(because),
    });
    await events.ready;
    const http: Server = createServer();
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    const live = openLive(more.serves === false ? null : http, {
      sessions: stage.ports.sessions,
      calls: stage.ports.calls,
      agents: stage.ports.agents,
      queues: stage.ports.queues,
      imports: stage.ports.imports,
      access: liveAccess(stage.ports.access),
      clock: stage.ports.clock,
      timers: stage.time,
      events,
      webSocketsOnly: true,
      log: silent,
      ...more,
    });
    const node = {
      live,
      redis,
      events,
      url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`,
      async close() {
        await live.close();
        redis.disconnect();
        http.closeAllConnections();
        await new Promise((resolve) => http.close(resolve));
      },
    };
    nodes.push(node);
    return node;
  }

  const read = (node: Node, auth: object = {}, more: object = {}): LiveReader => {
    const reader = new LiveReader(node.url, auth, more);
    readers.push(reader);
    return reader;
  };
  /** Tells of both agents, at one node. */
  const tell = async (node: Node) => {
    for (const agentId of agents) node.live.announce({ kind: 'agent', agentId });
    await stage.time.advance(50);
  };
  const told = ({ events }: LiveReader) => events.map(({ number, data }) => [number, data.id]);
  /** Moves time on until so many have arrived: how long a node rests between two events depends on how long one took. */
  const following = (reader: LiveReader, count: number) =>
    expect
      .poll(async () => {
        await stage.time.advance(500);
        return reader.events.length;
      }, PATIENT)
      .toBe(count);

  it('live events of several nodes reach the readers of all nodes in one order, under one number each', async () => {
    const [one, two] = [await start(), await start()];
    const [here, there] = [await read(one).greeted(), await read(two).greeted()];
    for (const agentId of agents) {
      one.live.announce({ kind: 'agent', agentId });
      two.live.announce({ kind: 'agent', agentId });
    }
    await stage.time.advance(50);
    // More come when the two nodes read an agent at the same time: who was second then tells once more.
    await expect
      .poll(async () => {
        await stage.time.advance(500);
        return here.events.length > 3 && here.events.length === there.events.length;
      }, PATIENT)
      .toBe(true);
    expect(told(here)).toEqual(told(there));
    const [first = 0] = here.numbers();
    expect(here.numbers()).toEqual(here.events.map((_event, at) => first + at));
    expect([here.hellos, there.hellos]).toEqual([1, 1]);
  });

  it('live events of several nodes that a reader missed are waiting at whichever node it comes back to', async () => {
    const [one, two] = [await start(), await start()];
    const leaver = await read(one).greeted();
    const witness = await read(two).greeted();
    await tell(one);
    await following(leaver, 2);
    leaver.socket.disconnect();
    await tell(one);
    await following(witness, 4);
    await tell(two);
    await following(witness, 6);
    await one.close();

    const auth = { epoch: leaver.hello?.epoch, last: leaver.numbers().at(-1) };
    const back = await read(two, auth).greeted();
    expect(back.hello?.resumed).toBe(true);
    await tell(two);
    await following(back, 6);
    expect(told(leaver).concat(told(back))).toEqual(told(witness));

    // A node that starts now knows it all from the stream.
    const late = await read(await start(), auth).greeted();
    await following(late, 6);
    expect(late.hello?.resumed).toBe(true);
    expect(told(late)).toEqual(told(back));
  });

  it('events of a node without readers reach readers at other nodes, and cost nothing before one follows', async () => {
    const worker = await start({ serves: false });
    const server = await start();
    await tell(worker);
    expect(worker.events.last).toBe(1);
    const reader = await read(server).greeted();
    await tell(worker);
    await following(reader, 2);
    expect(reader.events.map(({ data }) => data.id)).toEqual(agents);
  });

  it('live events of several nodes end with the newest state, also when a node was slow to tell the one before', async () => {
    const agentId = await stage.addAgent('Slow News');
    let letGo: () => void = () => undefined;
    let isReading: () => void = () => undefined;
    const reading = new Promise<void>((resolve) => {
      isReading = resolve;
    });
    let held = false;
    const slow = await start({
      agents: {
        async get(id) {
          const agent = await stage.ports.agents.get(id);
          if (!held) {
            held = true;
            isReading();
            await new Promise<void>((resolve) => {
              letGo = resolve;
            });
          }
          return agent;
        },
      },
    });
    const quick = await start();
    const reader = await read(quick).greeted();
    slow.live.announce({ kind: 'agent', agentId });
    await stage.time.advance(50);
    await reading;
    await stage.ports.agents.setPresence(agentId, 'DO_NOT_DISTURB', stage.time.now());
    quick.live.announce({ kind: 'agent', agentId });
    await stage.time.advance(50);
    await following(reader, 1);
    letGo();
    await following(reader, 3);
    const [, before, last] = reader.events.map(({ data }) => data.status);
    expect(before).not.toBe('DO_NOT_DISTURB');
    expect(last).toBe('DO_NOT_DISTURB');
  });

  it('live events of several nodes live events survive a broken connection to Redis: nothing is lost, and no reader is disconnected', async () => {
    const [one, two] = [await start(), await start()];
    const [here, there] = [await read(one).greeted(), await read(two).greeted()];
    await tell(one);
    await following(there, 2);
    await one.redis.client('KILL', 'TYPE', 'normal', 'SKIPME', 'no').catch(() => undefined);
    // What cannot be sent at once is sent again after a second.
    await tell(two);
    await expect
      .poll(async () => {
        await stage.time.advance(1_000);
        return [here.events.length, there.events.length];
      }, PATIENT)
      .toEqual([4, 4]);
    expect(told(here)).toEqual(told(there));
    expect([here.hellos, there.hellos]).toEqual([1, 1]);
  });

  it.each([
    ['forgot everything', (server: RedisServer) => server.flush()],
    ['was away and came back with nothing', (server: RedisServer) => server.restart()],
  ])('are read anew from the API when Redis %s; the sockets stay', async (_, upset) => {
    const [one, two] = [await start(), await start()];
    const [here, there] = [await read(one).greeted(), await read(two).greeted()];
    await tell(one);
    await following(here, 2);
    await following(there, 2);
    const before = here.hello?.epoch;

    await upset(redisServer);
    await tell(one);
    await Promise.all([here, there].map((reader) => reader.until(() => reader.hellos > 1)));
    expect(here.hello).toMatchObject({ resumed: false, epoch: there.hello?.epoch });
    expect(here.hello?.epoch).not.toBe(before);
    // Events from now on reach both again, as before.
    const newcomer = await stage.addAgent(`Newcomer ${installations}`);
    two.live.announce({ kind: 'agent', agentId: newcomer });
    const numberAt = (reader: LiveReader) =>
      reader.events.find(({ data }) => data.id === newcomer)?.number;
    await expect
      .poll(async () => {
        await stage.time.advance(500);
        return numberAt(here) !== undefined && numberAt(here) === numberAt(there);
      }, PATIENT)
      .toBe(true);
    expect(here.socket.connected && there.socket.connected).toBe(true);
    const late = await read(two, { epoch: before, last: here.numbers()[0] }).greeted();
    expect(late.hello?.resumed).toBe(false);
  });

  it('live events of several nodes are read anew when a node died, as it may not have told its last changes', async () => {
    const one = await start();
    const reader = await read(one).greeted();
    await one.redis.zadd(`${prefix}:live:nodes`, 1, 'a node that was killed');
    const two = await start();
    await reader.until(() => reader.hellos === 2);
    expect(reader.hello).toMatchObject({ resumed: false, epoch: two.events.epoch });
    await tell(two);
    await following(reader, 2);
  });

  it('a reader whose node stops in order continues at the other one without a gap', async () => {
    const [one, two] = [await start(), await start()];
    const reader = await read(two).greeted();
    for (const agentId of agents) one.live.announce({ kind: 'agent', agentId });
    await one.close();
    await following(reader, 2);
    await start();
    expect(reader.hellos).toBe(1);
  });

  it('live events of several nodes live events reach only their audience, at every node, also after a reader moves to another one', async () => {
    const [one, two] = [await start(), await start()];
    const [ada = '', bob = ''] = agents;
    const admin = await read(one).greeted();
    const adas = await read(one, { token: `agent ${ada}` }).greeted();
    const bobs = await read(two, { token: `agent ${bob}` }).greeted();
    await tell(two);
    await Promise.all([following(admin, 2), following(adas, 1), following(bobs, 1)]);
    const alert = { kind: 'large_export', message: 'A large export was made.' } as const;
    two.live.alert({ ...alert, at: stage.time.now().toISOString() });
    await following(admin, 3);
    expect(admin.events.at(-1)).toMatchObject({ name: 'security.alert', data: alert });
    const back = await read(two, {
      token: `agent ${ada}`,
      epoch: adas.hello?.epoch,
      last: adas.hello?.last,
    }).greeted();
    await following(back, 1);
    expect(back.hello?.resumed).toBe(true);
    expect([adas, back, bobs].map((reader) => reader.events.map(({ data }) => data.id))).toEqual([
      [ada],
      [ada],
      [bob],
    ]);
  });

  describe('beside an attacker who can write to Redis', () => {
    const forged = JSON.stringify({
      name: 'security.alert',
      audience: [],
      at: '2026-11-20T15:00:00.000Z',
      data: { kind: 'large_export', message: 'forged', at: '2026-11-20T15:00:00.000Z' },
    });
    type Attack = (
      redis: Redis,
      at: { stream: string; state: string; nodes: string },
    ) => Promise<unknown>;
    const epochOf = (redis: Redis, state: string) => redis.hget(state, 'epoch');
    const lastOf = async (redis: Redis, state: string) => Number(await redis.hget(state, 'last'));

    it.each<[string, Attack]>([
      [
        'an event with a seal of their own',
        async (redis, { stream, state }) => {
          const number = await redis.hincrby(state, 'last', 1);
          const epoch = (await epochOf(redis, state)) ?? '';
          await redis.xadd(
            stream,
            `${number}-0`,
            'epoch',
            epoch,
            'thing',
            'x',
            'by',
            'me',
            'before',
            `${number - 1}`,
            'sealed',
            Buffer.from(forged).toString('base64url'),
          );
        },
      ],
      [
        'an event as an older release wrote it',
        async (redis, { stream, state }) => {
          const number = await redis.hincrby(state, 'last', 1);
          const epoch = (await epochOf(redis, state)) ?? '';
          await redis.xadd(
            stream,
            `${number}-0`,
            'epoch',
            epoch,
            'thing',
            'x',
            'by',
            'me',
            'event',
            forged,
          );
        },
      ],
      [
        'an entry that is no JSON under the next number',
        async (redis, { stream, state }) => {
          const number = (await lastOf(redis, state)) + 1;
          const epoch = (await epochOf(redis, state)) ?? '';
          await redis.xadd(stream, `${number}-0`, 'epoch', epoch, 'event', '{no json');
        },
      ],
      [
        'an entry without any of our fields',
        (redis, { stream }) => redis.xadd(stream, '*', 'a', 'b'),
      ],
      [
        'an entry between two numbers',
        async (redis, { stream, state }) =>
          redis.xadd(stream, `${await lastOf(redis, state)}-5`, 'a', 'b'),
      ],
      [
        'an entry with the highest number that there is',
        (redis, { stream }) =>
          redis.xadd(stream, '18446744073709551615-18446744073709551615', 'a', 'b'),
      ],
      [
        'a copy of an event under a newer number',
        async (redis, { stream, state }) => {
          const entry = (await redis.xrevrange(stream, '+', '-', 'COUNT', 1))[0];
          const number = await redis.hincrby(state, 'last', 1);
          await redis.xadd(stream, `${number}-0`, ...(entry?.[1] ?? []));
        },
      ],
      [
        'an epoch of their own',
        async (redis, { stream, state }) => {
          const number = await redis.hincrby(state, 'last', 1);
          await redis.xadd(
            stream,
            `${number}-0`,
            'epoch',
            'mine',
            'wanted',
            '1',
            'by',
            'me',
            'sealed',
            'AAAA',
          );
        },
      ],
      [
        'a number far beyond all',
        (redis, { state }) => redis.hset(state, 'last', '1000000000000000000'),
      ],
      ['a number that is none', (redis, { state }) => redis.hset(state, 'last', 'many')],
      [
        'a text in place of the stream',
        async (redis, { stream }) => redis.multi().del(stream).set(stream, 'x').exec(),
      ],
      [
        'a text in place of the state',
        async (redis, { state }) => redis.multi().del(state).set(state, 'x').exec(),
      ],
      [
        'a text in place of the nodes',
        async (redis, { nodes }) => redis.multi().del(nodes).set(nodes, 'x').exec(),
      ],
    ])('live events continue at every node, without the forged one: %s', async (_what, attack) => {
      const [one, two] = [await start(), await start()];
      const [here, there] = [await read(one).greeted(), await read(two).greeted()];
      await tell(one);
      await Promise.all([following(here, 2), following(there, 2)]);
      const at = {
        stream: `${prefix}:live`,
        state: `${prefix}:live:state`,
        nodes: `${prefix}:live:nodes`,
      };
      await attack(one.redis, at);

      const newcomer = await stage.addAgent(`After the attack ${installations}`);
      const seen = (reader: LiveReader) => reader.events.some(({ data }) => data.id === newcomer);
      await expect
        .poll(async () => {
          two.live.announce({ kind: 'agent', agentId: newcomer });
          await stage.time.advance(1_000);
          return seen(here) && seen(there);
        }, PATIENT)
        .toBe(true);
      for (const reader of [here, there]) {
        expect(reader.events.filter(({ name }) => name === 'security.alert')).toEqual([]);
        expect(reader.socket.connected).toBe(true);
      }
      // Told, not endlessly: what was passed over once is behind.
      expect(refused.length).toBeLessThan(10);
    });

    it('an entry that was passed over is counted by what was wrong with it', async () => {
      const one = await start();
      const reader = await read(one).greeted();
      await one.redis.xadd(`${prefix}:live`, '*', 'thing', 'x', 'epoch', 'y', 'event', forged);
      await expect.poll(() => refused, PATIENT).toEqual(['seal']);
      expect(reader.events).toEqual([]);
    });

    it('they read no name, number or note in it', async () => {
      const one = await start();
      const reader = await read(one).greeted();
      const id = await stage.addAgent('Readable Name');
      one.live.announce({ kind: 'agent', agentId: id });
      await stage.time.advance(50);
      await following(reader, 1);
      const all = JSON.stringify(await one.redis.xrange(`${prefix}:live`, '-', '+'));
      expect(all).toContain(id);
      expect(all).not.toContain('Readable');
    });
  });

  it('live events of several nodes are forgotten at every node when a person was erased, and a state that was read before is not told', async () => {
    let letGo: () => void = () => undefined;
    let held = false;
    const agentId = await stage.addAgent('Before');
    const one = await start({
      agents: {
        async get(id) {
          const agent = await stage.ports.agents.get(id);
          if (id === agentId && !held) {
            held = true;
            await new Promise<void>((resolve) => {
              letGo = resolve;
            });
          }
          return agent;
        },
      },
    });
    const two = await start();
    const reader = await read(two).greeted();
    await tell(one);
    await following(reader, 2);
    const before = { epoch: reader.hello?.epoch, last: reader.numbers()[0] };
    one.live.announce({ kind: 'agent', agentId });
    await expect
      .poll(async () => {
        await stage.time.advance(500);
        return held;
      }, PATIENT)
      .toBe(true);
    await stage.ports.agents.setPresence(agentId, 'DO_NOT_DISTURB', stage.time.now());
    one.live.forget();
    await reader.until(() => reader.hellos === 2);
    letGo();
    await following(reader, 3);
    expect(reader.events.map(({ data }) => data.status).at(-1)).toBe('DO_NOT_DISTURB');
    for (const node of [one, two]) {
      const late = await read(node, before).greeted();
      expect(late.hello?.resumed).toBe(false);
      expect(late.events.filter(({ data }) => data.id !== agentId)).toEqual([]);
    }
  });

  it('live events of several nodes are for web sockets only: of a long poll every request would have to reach the same node', async () => {
    const poll = read(await start(), {}, { transports: ['polling'] });
    let refused = false;
    poll.socket.on('connect_error', () => {
      refused = true;
    });
    await poll.until(() => refused);
    expect(poll.hello).toBeUndefined();
  });
});
