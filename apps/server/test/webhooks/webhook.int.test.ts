import { AIRCALL, createAircallTelephony, verifyWebhook } from '@outdial/aircall';
import {
  createEventSerializer,
  InboxFull,
  type JobHint,
  oneCarrier,
  receiveProviderEvent,
} from '@outdial/core';
import {
  createInboxViews,
  createProviderInbox,
  migrate,
  type OpenDatabase,
  openDatabase,
} from '@outdial/postgres';
import { realTime } from '@outdial/testing/real-time';
import Fastify, { type FastifyInstance } from 'fastify';
import { sql } from 'kysely';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { handleError } from '../../src/http/error-handler.js';
import { carrierWebhooks, webhookPath } from '../../src/webhooks/carrier-webhooks.js';

const NOW = new Date('2026-03-06T10:00:00.000Z');
const EVENT = {
  resource: 'call',
  event: 'call.answered',
  timestamp: 1_772_791_200,
  token: 'right',
  data: { id: 780_000_001, direction: 'outbound', raw_digits: '+1 202-555-0101' },
};

/** As long as those that are made: 256 bits. */
const SEGMENT = 'g0bXx0Hk3uY2c1Zt5nQv8wLr7mPs4dJf9aEo6iKy_T-';

const PATH = webhookPath(AIRCALL);

const telephony = createAircallTelephony({
  credentials: { kind: 'basic', apiId: 'id', apiToken: 'token' },
  timers: realTime,
});

let database: OpenDatabase;
let app: FastifyInstance;
let tokens: string[];
let tokensWithoutSegment: string[];
let learnTokens: () => Promise<void>;
let woken: JobHint[];
let refused: string[];
let receive: Parameters<typeof carrierWebhooks>[0]['receive'];

beforeAll(async () => {
  database = await openDatabase({ dataDir: ':memory:' });
  await migrate(database.db);
});
afterAll(async () => {
  await telephony.close();
  await database.close();
});
beforeEach(async () => {
  await sql`truncate provider_events, calls`.execute(database.db);
  tokens = ['right'];
  tokensWithoutSegment = [];
  learnTokens = async () => undefined;
  woken = [];
  refused = [];
  const inbox = createProviderInbox(database.db);
  receive = (connectionId, event) =>
    receiveProviderEvent(
      {
        inbox,
        store: { changeOnArrival: async () => 'not_now' as const },
        presence: { lastLive: async () => null },
        eventSerializer: createEventSerializer(),
        announcements: { announce: () => undefined },
        journal: { note: () => undefined },
        carriers: oneCarrier(telephony),
        jobs: { wake: (hint) => void woken.push(hint) },
        clock: { now: () => NOW },
        ids: { next: uuidv7 },
      },
      { provider: connectionId, ...event },
    );
  app = Fastify();
  app.setErrorHandler(handleError);
  await app.register(
    carrierWebhooks({
      segment: SEGMENT,
      webhookOf: (connectionId) =>
        connectionId === AIRCALL
          ? {
              refusedMessage: 'The token is missing or wrong.',
              verify: (body, path) =>
                verifyWebhook(body, path === 'secret' ? tokens : tokensWithoutSegment),
              learn: () => learnTokens(),
              ensure: async () => ({ missed: false, problem: null }),
            }
          : null,
      receive: (connectionId, event) => receive(connectionId, event),
      refused: (because) => void refused.push(because),
      guesses: new RateLimiterMemory({ points: 3, duration: 60 }),
    }),
  );
});
afterEach(() => app.close());

const post = (
  payload: string | Buffer,
  contentType: string | null = 'application/json',
  url = `${PATH}/${SEGMENT}`,
) =>
  app.inject({
    method: 'POST',
    url,
    payload,
    headers: contentType === null ? {} : { 'content-type': contentType },
  });

const kept = async () =>
  (await createInboxViews(database.db).list({}, { limit: 50 })).rows.map(({ payload, state }) => ({
    payload,
    state,
  }));

it('keeps an event with the right token before it answers, and works on it afterwards', async () => {
  const answer = await post(JSON.stringify(EVENT));
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toEqual({ message: 'stored' });
  // As it came; only the token is blacked out.
  expect(await kept()).toEqual([{ payload: { ...EVENT, token: '[redacted]' }, state: 'PENDING' }]);
  expect(woken).toEqual([{ job: 'process-event', id: expect.any(String) }]);
});

it('keeps an event whose token another node got a moment ago, and asks for it only when it is not known', async () => {
  let asked = 0;
  learnTokens = async () => {
    asked += 1;
    tokens = ['newer', 'right'];
  };
  await post(JSON.stringify(EVENT));
  expect(asked).toBe(0);
  const answer = await post(JSON.stringify({ ...EVENT, timestamp: 2, token: 'newer' }));
  expect(answer.statusCode).toBe(200);
  expect(asked).toBe(1);
  expect(await kept()).toHaveLength(2);
  expect(refused).toEqual([]);
});

it('answers 200 only once the event is stored: one that could not be stored comes again', async () => {
  let stored: () => void = () => undefined;
  const storing = new Promise<void>((resolve) => {
    stored = resolve;
  });
  const keep = receive;
  receive = async (connectionId, event) => {
    await storing;
    return keep(connectionId, event);
  };
  let answered = false;
  const answering = post(JSON.stringify(EVENT)).then((answer) => {
    answered = true;
    return answer;
  });
  await app.inject({ method: 'GET', url: '/nowhere' });
  expect(answered).toBe(false);
  stored();
  expect((await answering).statusCode).toBe(200);

  receive = () => Promise.reject(new Error('The database is away.'));
  const refusedNow = await post(JSON.stringify({ ...EVENT, timestamp: 1 }));
  expect(refusedNow.statusCode).toBe(503);
  expect(refusedNow.headers['retry-after']).toBe('5');
  expect(refusedNow.json()).toMatchObject({ code: 'not_ready' });
  receive = () => Promise.reject(new InboxFull());
  expect((await post(JSON.stringify({ ...EVENT, timestamp: 1 }))).json()).toMatchObject({
    code: 'not_ready',
    detail: expect.stringContaining('More events come in'),
  });
  expect(await kept()).toHaveLength(1);
});

it('keeps the same event once, however often and however close together it comes', async () => {
  const body = JSON.stringify(EVENT);
  const answers = await Promise.all([post(body), post(body), post(body)]);
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200]);
  expect(answers.map((answer) => answer.json().message).sort()).toEqual([
    'duplicate',
    'duplicate',
    'stored',
  ]);
  expect(await kept()).toHaveLength(1);
  await post(JSON.stringify({ ...EVENT, timestamp: EVENT.timestamp + 1 }));
  expect(await kept()).toHaveLength(2);
});

it.each([
  ['a wrong token', { ...EVENT, token: 'wrong' }],
  ['an empty token', { ...EVENT, token: '' }],
  ['no token', { ...EVENT, token: undefined }],
  ['a token that is no text', { ...EVENT, token: { $ne: '' } }],
])('refuses an event with %s, and keeps nothing of it', async (_name, body) => {
  const answer = await post(JSON.stringify(body));
  expect(answer.statusCode).toBe(401);
  expect(answer.headers['content-type']).toContain('application/problem+json');
  expect(answer.json()).toMatchObject({ code: 'webhook_token', status: 401 });
  expect(await kept()).toEqual([]);
  expect(woken).toEqual([]);
  expect(refused).toEqual(['token']);
});

it('knows the token of this moment: an old one is refused when there is a new one, and every one when there is none', async () => {
  tokens = ['new', 'newer'];
  expect((await post(JSON.stringify(EVENT))).statusCode).toBe(401);
  expect((await post(JSON.stringify({ ...EVENT, token: 'newer' }))).statusCode).toBe(200);
  tokens = [''];
  expect((await post(JSON.stringify({ ...EVENT, token: '' }))).statusCode).toBe(401);
  tokens = [];
  expect((await post(JSON.stringify(EVENT))).statusCode).toBe(401);
});

it.each([
  ['text', 'hello'],
  ['half an event', '{"token":"right",'],
  ['nothing', ''],
  ['a list', '[{"token":"right"}]'],
  ['null', 'null'],
])('refuses %s', async (_name, body) => {
  const answer = await post(body);
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toMatchObject({ code: 'invalid_request' });
  expect(await kept()).toEqual([]);
});

it('refuses what is far larger than an event', async () => {
  const large = JSON.stringify({ ...EVENT, data: { notes: 'x'.repeat(1024 * 1024) } });
  const answer = await post(large);
  expect(answer.statusCode).toBe(413);
  expect(answer.json()).toMatchObject({ code: 'body_too_large' });
  expect(await kept()).toEqual([]);
});

it.each(['application/json; charset=utf-8', 'text/plain', 'application/x-www-form-urlencoded', ''])(
  'does not mind the content type "%s"',
  async (contentType) => {
    expect((await post(JSON.stringify(EVENT), contentType || null)).statusCode).toBe(200);
    expect(await kept()).toHaveLength(1);
  },
);

it('an event of an unknown kind is stored', async () => {
  await post(JSON.stringify({ ...EVENT, event: 'call.levitated' }));
  expect(await kept()).toMatchObject([{ payload: { event: 'call.levitated' }, state: 'IGNORED' }]);
  expect(woken).toEqual([]);
});

describe('the secret path of a webhook', () => {
  const right = JSON.stringify(EVENT);
  const at = (rest: string) => post(right, 'application/json', `${PATH}${rest}`);

  it.each([
    ['a guess', '/guessed'],
    ['all but the last character', `/${SEGMENT.slice(0, -1)}`],
    ['one character more', `/${SEGMENT}x`],
    ['other letters', `/${SEGMENT.toLowerCase()}`],
    ['half of the path written otherwise', `/%67uessed`],
    ['a path within', `/x/${SEGMENT}`],
    ['nothing after the slash but a space', '/%20'],
  ])('leads nowhere with %s, even for who has the token', async (_name, rest) => {
    const answer = await at(rest);
    expect(answer.statusCode).toBe(404);
    expect(await kept()).toEqual([]);
  });

  it('the secret path of a webhook is looked at before the body is read, so that strangers cost nothing', async () => {
    const answer = await post('x'.repeat(2 * 1024 * 1024), 'text/plain', `${PATH}/x`);
    expect(answer.statusCode).toBe(404);
    expect(refused).toEqual(['segment']);
  });

  it('the secret path of a webhook is asked for of all who registered by it: their token alone opens no other path', async () => {
    const answer = await at('');
    expect(answer.statusCode).toBe(401);
    expect(answer.json()).toMatchObject({ code: 'webhook_token' });
    expect(await kept()).toEqual([]);
  });

  it('the secret path of a webhook is not asked for of a webhook that was registered by hand, or before there was one', async () => {
    tokensWithoutSegment = ['by hand', 'right'];
    expect((await at('')).statusCode).toBe(200);
    const byHand = JSON.stringify({ ...EVENT, token: 'by hand', timestamp: 3 });
    const answer = await post(byHand, 'application/json', PATH);
    expect(answer.statusCode).toBe(200);
    expect(await kept()).toHaveLength(2);
  });

  it('the secret path of a webhook and its tokens cannot be guessed: an address with three wrong ones waits, others and the path with the segment do not', async () => {
    tokensWithoutSegment = ['by hand'];
    const guess = (token: string, remoteAddress: string, url = PATH) =>
      app.inject({
        method: 'POST',
        url,
        remoteAddress,
        headers: { 'content-type': 'application/json' },
        payload: JSON.stringify({ ...EVENT, token }),
      });
    const [stranger, other] = ['198.51.100.7', '203.0.113.9'];
    for (const token of ['a', 'b', 'c']) {
      expect((await guess(token, stranger)).statusCode).toBe(401);
    }
    const held = await guess('by hand', stranger);
    expect(held.statusCode).toBe(429);
    expect(Number(held.headers['retry-after'])).toBeGreaterThan(0);
    expect(refused).toHaveLength(3);
    expect(await kept()).toEqual([]);
    expect((await guess('by hand', other)).statusCode).toBe(200);
    const secret = `${PATH}/${SEGMENT}`;
    expect((await guess('right', stranger, secret)).statusCode).toBe(200);
  });

  it('the secret path of a webhook brings an event once that comes over the old path and the new one while a webhook moves', async () => {
    tokensWithoutSegment = ['old'];
    const old = JSON.stringify({ ...EVENT, token: 'old' });
    const first = await post(old, 'application/json', PATH);
    expect(first.json()).toEqual({ message: 'stored' });
    expect((await post(right)).json()).toEqual({ message: 'duplicate' });
    expect(await kept()).toHaveLength(1);
  });
});
