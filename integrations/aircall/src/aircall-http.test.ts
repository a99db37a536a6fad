import type { SharedCount } from '@outdial/kit';
import { realTime } from '@outdial/testing/real-time';
import { RateLimiterRes } from 'rate-limiter-flexible';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { answer, basicCredentials, connectionError, farEnd } from '../test/far-end.js';
import { type AircallClient, createAircallClient } from './aircall-client.js';
import { AircallError } from './aircall-error.js';

const order = { numberId: '1234', to: '+12025550143' };
const ready = () => answer(200, { availability: 'available' });

beforeEach(() => {
  vi.useFakeTimers({
    now: new Date('2026-01-15T15:00:00Z'),
    toFake: ['Date', 'setTimeout', 'clearTimeout'],
  });
});
afterEach(() => {
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

const clients: AircallClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
});
function clientOf(
  { fetch }: { fetch: typeof globalThis.fetch },
  options: { requestsPerMinute?: number; getRetries?: number; sharedCount?: SharedCount } = {},
): AircallClient {
  const client = createAircallClient({
    timers: realTime,
    credentials: basicCredentials,
    fetch,
    ...options,
  });
  clients.push(client);
  return client;
}

const faultOf = async (asked: Promise<unknown>): Promise<AircallError> => {
  const error = await asked.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof AircallError)) throw new Error('expected an AircallError');
  return error;
};

describe('asking Aircall', () => {
  it("a request to Aircall carries the account's key, or the access token", async () => {
    const aircall = farEnd(ready());
    await clientOf(aircall).availabilityOf('456');
    const bearer = createAircallClient({
      timers: realTime,
      credentials: { kind: 'bearer', accessToken: 'token-1' },
      baseUrl: 'https://mock.example/',
      fetch: aircall.fetch,
    });
    clients.push(bearer);
    await bearer.availabilityOf('456');
    expect(aircall.sent.map(({ headers }) => headers.get('authorization'))).toEqual([
      `Basic ${Buffer.from('mock-id:mock-token').toString('base64')}`,
      'Bearer token-1',
    ]);
    expect(aircall.sent.map(({ url }) => url.href)).toEqual([
      'https://api.aircall.io/v1/users/456/availability',
      'https://mock.example/v1/users/456/availability',
    ]);
  });

  it('the counters receive each failed attempt and each wait for the rate limit', async () => {
    const failed: string[] = [];
    const waits: number[] = [];
    const aircall = farEnd(answer(503), answer(503), ready(), answer(401));
    const client = createAircallClient({
      timers: realTime,
      credentials: basicCredentials,
      fetch: aircall.fetch,
      watch: { failed: (trouble) => failed.push(trouble), waited: (ms) => waits.push(ms) },
    });
    clients.push(client);
    const asked = client.availabilityOf('456');
    await vi.runAllTimersAsync();
    await asked;
    await faultOf(client.startCall('456', order));
    expect(failed).toEqual(['server_error', 'server_error', 'credentials']);
    expect(waits).toHaveLength(4);
  });

  it('an error of Aircall contains no e-mail address and no number', async () => {
    const aircall = farEnd(answer(500, { error: 'no +12025550143 for alex@outdial.example' }));
    const client = clientOf(aircall, { getRetries: 0 });
    const faults = [
      await faultOf(client.findUser('alex@outdial.example')),
      await faultOf(client.startCall('456', order)),
    ];
    for (const fault of faults) {
      expect(`${fault.message}${JSON.stringify(fault)}`).not.toMatch(/alex|2025550143/);
    }
  });

  it('an invalid base URL is refused at the start', () => {
    const bad = { timers: realTime, credentials: basicCredentials, baseUrl: 'api.aircall.io' };
    expect(() => createAircallClient(bad)).toThrow('The base URL of Aircall is not a URL.');
  });

  it('a read is retried after a short failure', async () => {
    const aircall = farEnd(connectionError('ECONNRESET'), answer(503), ready());
    const asked = clientOf(aircall).availabilityOf('456');
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await asked).toBe('available');
    expect(aircall.sent).toHaveLength(3);
  });

  it('a read gives up after several attempts', async () => {
    const aircall = farEnd(answer(503));
    const asked = faultOf(clientOf(aircall).availabilityOf('456'));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await asked).toMatchObject({ trouble: 'server_error', status: 503, mayTryAgain: 'yes' });
    expect(aircall.sent).toHaveLength(3);
  });

  it('a request to Aircall times out', async () => {
    const aircall = farEnd('silence');
    const asked = faultOf(clientOf(aircall, { getRetries: 0 }).availabilityOf('456'));
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await asked).toMatchObject({ trouble: 'timed_out', mayTryAgain: 'yes' });
  });

  it('every page of a list is read, and the credential goes to no other host', async () => {
    const page = (ids: number[], next: string | null) =>
      answer(200, { numbers: ids.map((id) => ({ id })), meta: { next_page_link: next } });
    const aircall = farEnd(
      page([1, 2], 'https://elsewhere.example/v2/users/456/numbers?page=2&per_page=50'),
      page([3], null),
    );
    const numbers = await clientOf(aircall).numbersOfUser('456');
    expect(numbers.map(({ id }) => id)).toEqual(['1', '2', '3']);
    expect(aircall.sent.map(({ url }) => `${url.host}${url.search}`)).toEqual([
      'api.aircall.io?page=1&per_page=50',
      'api.aircall.io?page=2&per_page=50',
    ]);
  });

  it('a missing resource is distinguished from a missing path', async () => {
    const gone = clientOf(farEnd(answer(404, { error: 'Not Found', troubleshoot: 'Call' })));
    expect(await gone.findCall('1')).toBeNull();
    const wrongPath = clientOf(farEnd(answer(404, { message: 'Not Found' })));
    expect(await faultOf(wrongPath.findCall('1'))).toMatchObject({ trouble: 'not_found' });
  });

  it('closing the client ends its running requests', async () => {
    const client = clientOf(farEnd('silence'));
    const asked = faultOf(client.availabilityOf('456'));
    const ordered = faultOf(client.startCall('456', order));
    await vi.advanceTimersByTimeAsync(10);
    await client.close();
    await client.close();
    expect(await asked).toMatchObject({ trouble: 'closed', mayTryAgain: 'yes' });
    expect(await ordered).toMatchObject({ trouble: 'closed', mayTryAgain: 'unknown' });
  });
});

describe('may a call be asked for again?', () => {
  it.each([
    ['no connection came about', connectionError('ECONNREFUSED', 'connect'), 'yes'],
    ['the host is unknown', connectionError('ENOTFOUND', 'getaddrinfo'), 'yes'],
    [
      'all its addresses refuse',
      new TypeError('fetch failed', {
        cause: new AggregateError([
          connectionError('ECONNREFUSED'),
          connectionError('ECONNREFUSED'),
        ]),
      }),
      'yes',
    ],
    ['Aircall asks for patience', answer(429), 'yes'],
    ['the connection broke while waiting', connectionError('ECONNRESET', 'read'), 'unknown'],
    ['the other side hung up', connectionError('UND_ERR_SOCKET'), 'unknown'],
    ['something unheard of happened', new Error('?'), 'unknown'],
    ['Aircall had an error of its own', answer(500, { error: 'oops' }), 'unknown'],
    ['a gateway gave up', answer(504, '<html>'), 'unknown'],
    ['the answer is not JSON', answer(200, '<html>'), 'unknown'],
    ['the answer is a success that is not documented', answer(200, { ok: true }), 'unknown'],
    ['Aircall refuses', answer(400, { error: 'Bad Request' }), 'no'],
    ['the agent is not available', answer(405, { error: 'Method Not Allowed' }), 'no'],
    ['the credentials are wrong', answer(403, { message: 'Forbidden' }), 'no'],
    ['the request is sent elsewhere', answer(307, '', { location: 'https://else.example' }), 'no'],
  ] as const)('when %s', async (_, scripted, mayTryAgain) => {
    const aircall = farEnd(scripted);
    const fault = await faultOf(clientOf(aircall).startCall('456', order));
    expect(fault.mayTryAgain).toBe(mayTryAgain);
    expect(aircall.sent).toHaveLength(1);
  });

  it('a call order without an answer in time is unknown and is not sent again', async () => {
    const aircall = farEnd('silence');
    const asked = faultOf(clientOf(aircall).startCall('456', order));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await asked).toMatchObject({ trouble: 'timed_out', mayTryAgain: 'unknown' });
    expect(aircall.sent).toHaveLength(1);
  });
});

describe('the request limit of the account', () => {
  it('our own request budget applies first, and a short wait for it is accepted', async () => {
    const aircall = farEnd(ready());
    const client = clientOf(aircall, { requestsPerMinute: 2 });
    await client.availabilityOf('456');
    await vi.advanceTimersByTimeAsync(50_000);
    await client.availabilityOf('456');
    const third = client.availabilityOf('456');
    await vi.advanceTimersByTimeAsync(9_000);
    expect(aircall.sent).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await third).toBe('available');
  });

  it('a call is refused immediately, with a time to retry, when the rate limit would delay it too long', async () => {
    const aircall = farEnd(answer(204));
    const client = clientOf(aircall, { requestsPerMinute: 1 });
    await client.startCall('456', order);
    expect(await faultOf(client.startCall('456', order))).toMatchObject({
      trouble: 'rate_limited',
      mayTryAgain: 'yes',
      retryAfterSeconds: 60,
    });
    expect(aircall.sent).toHaveLength(1);
  });

  it('a call order that waited too long is not sent', async () => {
    const aircall = farEnd(answer(204));
    // The process stood still while the nodes' common count was asked.
    const counted = new RateLimiterRes(10, 60_000);
    const sharedCount: SharedCount = {
      consume: async () => {
        vi.setSystemTime(Date.now() + 45_000);
        return counted;
      },
      block: async () => counted,
    };
    const client = clientOf(aircall, { sharedCount });
    expect(await faultOf(client.startCall('456', order))).toMatchObject({
      trouble: 'rate_limited',
      mayTryAgain: 'yes',
      message: 'The request waited too long for its turn, and was not sent.',
    });
    expect(aircall.sent).toEqual([]);
  });

  it.each([
    ['in seconds', { 'x-aircallapi-reset': '1768489208' }, 8],
    ['in milliseconds', { 'x-aircallapi-reset': '1768489208000' }, 8],
    ['as Retry-After', { 'retry-after': '7' }, 7],
    ['as a date', { 'retry-after': 'Thu, 15 Jan 2026 15:00:09 GMT' }, 9],
    ['in a distant future', { 'x-aircallapi-reset': '1999999999' }, 60],
    ['in the past', { 'x-aircallapi-reset': '1' }, 5],
    ['not at all', {}, 5],
  ])(
    'the rate limit in the header is obeyed when Aircall sends it %s',
    async (_, headers, seconds) => {
      const aircall = farEnd(answer(429, {}, headers), answer(204));
      const client = clientOf(aircall);
      const refused = await faultOf(client.startCall('456', order));
      expect(refused).toMatchObject({ trouble: 'rate_limited', retryAfterSeconds: seconds });
      // Other requests wait too.
      const other = client.ping().catch(() => undefined);
      await vi.advanceTimersByTimeAsync(seconds * 1000 - 1);
      expect(aircall.sent).toHaveLength(1);
      await vi.advanceTimersByTimeAsync(1);
      await other;
    },
  );

  it('a shared limit that others have used up makes us wait before Aircall refuses', async () => {
    const left = (remaining: string) =>
      answer(
        200,
        { availability: 'available' },
        {
          'x-aircallapi-limit': '60',
          'x-aircallapi-remaining': remaining,
          'x-aircallapi-reset': '1768489210',
        },
      );
    const aircall = farEnd(left('1'), left('0'), left('59'));
    const client = clientOf(aircall);
    await client.availabilityOf('456');
    await client.availabilityOf('456');
    const third = client.availabilityOf('456');
    await vi.advanceTimersByTimeAsync(9_999);
    expect(aircall.sent).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1);
    expect(await third).toBe('available');
  });
});
