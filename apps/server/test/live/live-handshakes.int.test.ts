import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Limiter } from '../../src/http/limit-requests.js';
import { createHandshakeLimiter, HANDSHAKES_PER_MINUTE } from '../../src/http/request-limiters.js';
import { type HandshakeLimitOptions, limitHandshakes } from '../../src/live/limit-handshakes.js';
import { createMemoryLiveLog } from '../../src/live/live-log.js';
import { LiveReader, liveAccess } from '../harness/live-reader.js';
import { type OpenLive, openLive } from '../harness/open-live.js';
import { createStage, type Stage } from '../harness/stage.js';

describe('live connections of one address', () => {
  let stage: Stage;
  let server: Server;
  let url: string;
  let live: OpenLive;
  let readers: LiveReader[];
  let warned: string[];
  let lookedUp: number;

  beforeAll(async () => {
    stage = await createStage();
  });
  afterAll(() => stage.close());
  beforeEach(async () => {
    readers = [];
    warned = [];
    lookedUp = 0;
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    for (const { socket } of readers) socket.disconnect();
    await live.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  function open({
    limiter = new RateLimiterMemory({ points: 2, duration: 60 }),
    trustProxy = [],
  }: Partial<HandshakeLimitOptions> = {}): void {
    const log = { warn: (_: object, message: string) => void warned.push(message) };
    const access = liveAccess(stage.ports.access);
    live = openLive(server, {
      sessions: stage.ports.sessions,
      calls: stage.ports.calls,
      agents: stage.ports.agents,
      queues: stage.ports.queues,
      imports: stage.ports.imports,
      access: {
        principalOf: (authorization) => {
          lookedUp += 1;
          return access.principalOf(authorization);
        },
      },
      clock: stage.ports.clock,
      timers: stage.time,
      events: createMemoryLiveLog(),
      log: { ...log, debug: () => undefined },
      refuseHandshake: limitHandshakes({ limiter, trustProxy, log }),
    });
  }
  /** Whether a client that claims this address is let in. */
  async function comesIn(forwardedFor = '203.0.113.5'): Promise<boolean> {
    const extraHeaders = { 'x-forwarded-for': forwardedFor };
    const reader = new LiveReader(url, {}, { extraHeaders });
    readers.push(reader);
    let refused = false;
    reader.socket.on('connect_error', () => {
      refused = true;
    });
    await reader.until(() => refused || reader.hello !== undefined);
    return !refused;
  }

  it('live connections of one address are refused when one too many, before anybody looks who it is; another address comes in', async () => {
    open({ trustProxy: ['loopback'] });
    expect([await comesIn(), await comesIn(), await comesIn()]).toEqual([true, true, false]);
    expect(lookedUp).toBe(2);
    expect(await comesIn('203.0.113.6')).toBe(true);
    // All addresses of an IPv6 network of 64 bits are one.
    expect(await comesIn('2001:db8:1:2::1')).toBe(true);
    expect(await comesIn('2001:db8:1:2:ffff::2')).toBe(true);
    expect(await comesIn('2001:db8:1:2::3')).toBe(false);
    expect(await comesIn('2001:db8:1:3::1')).toBe(true);
  });

  it('refused handshakes say why, and when to come again', async () => {
    open();
    const ask = () => fetch(`${url}/live/?EIO=4&transport=polling`);
    await ask();
    await ask();
    const refused = await ask();
    expect(refused.status).toBe(403);
    expect((await refused.json()).message).toMatch(
      /^More than 2 live connections were opened from this address within a minute\. Wait \d+ s\.$/,
    );
  });

  it.each([
    ['no proxy is trusted', []],
    ['it is not the proxy that is trusted', ['10.0.0.0/8']],
  ])('are one address’s whatever they say of another, where %s', async (_, trustProxy) => {
    open({ trustProxy });
    expect([
      await comesIn('203.0.113.1'),
      await comesIn('203.0.113.2'),
      await comesIn('203.0.113.3'),
    ]).toEqual([true, true, false]);
  });

  it('live connections of one address are by what the trusted proxy saw, not by what was claimed to it', async () => {
    open({ trustProxy: ['loopback'] });
    expect([
      await comesIn('198.51.100.1, 203.0.113.5'),
      await comesIn('198.51.100.2, 203.0.113.5'),
      await comesIn('198.51.100.3, 203.0.113.5'),
    ]).toEqual([true, true, false]);
  });

  it('live connections of one address are let in while they cannot be counted', async () => {
    const limiter: Limiter = {
      points: 2,
      consume: async () => {
        throw new Error('Redis is away.');
      },
    };
    open({ limiter });
    expect([await comesIn(), await comesIn(), await comesIn()]).toEqual([true, true, true]);
    expect(warned).toHaveLength(3);
  });

  it('a connection is good for one token, so that many cannot be tried on one', async () => {
    open();
    const reader = new LiveReader(url, { token: 'unknown' });
    readers.push(reader);
    const { io } = reader.socket;
    await new Promise<void>((resolve) => {
      io.on('close', () => resolve());
      io.on('open', () => {
        for (let each = 0; each < 20; each += 1) io.engine.send('0{"token":"unknown"}');
      });
    });
    expect(lookedUp).toBe(1);
  });

  it('live connections of one address may be as many as an office has screens, thrice a minute; where requests have no limit, any number', async () => {
    open();
    expect(HANDSHAKES_PER_MINUTE).toBeGreaterThanOrEqual(3 * 200);
    const limiter = await createHandshakeLimiter(null, { requestsPerMinute: 6_000 });
    expect(limiter?.points).toBe(HANDSHAKES_PER_MINUTE);
    expect(await createHandshakeLimiter(null, { requestsPerMinute: 0 })).toBeUndefined();
  });
});
