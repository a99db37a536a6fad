import type { SignedIn } from '@outdial/protocol';
import { describe, expect, it } from 'vitest';
import { createClient } from './client.js';
import { signIn } from './sign-in.js';
import { createTokenKeeper, type Granted } from './token-keeper.js';

const granted = (n: number): Granted => ({ access_token: `access-${n}`, expires_in: 600 });

describe('a token that is kept', () => {
  function keeperWith(renew: () => Promise<Granted | null>) {
    let now = 0;
    let renewals = 0;
    const keeper = createTokenKeeper({
      now: () => now,
      renew: () => {
        renewals += 1;
        return renew();
      },
    });
    keeper.take(granted(1));
    return {
      keeper,
      pass(seconds: number) {
        now += seconds * 1000;
      },
      renewals: () => renewals,
    };
  }

  it('the token is renewed a minute before it expires, once for all callers', async () => {
    const { keeper, pass, renewals } = keeperWith(async () => granted(2));
    pass(539);
    expect(await keeper.token()).toBe('access-1');
    pass(2);
    expect(await Promise.all([keeper.token(), keeper.token(), keeper.token()])).toEqual([
      'access-2',
      'access-2',
      'access-2',
    ]);
    expect(renewals()).toBe(1);
  });

  it('the token is renewed when the server refuses it, but not after a late refusal of the token before', async () => {
    const { keeper, renewals } = keeperWith(async () => granted(2));
    expect(await keeper.token('access-1')).toBe('access-2');
    expect(await keeper.token('access-1')).toBe('access-2');
    expect(renewals()).toBe(1);
  });

  it('a valid token stays in use while the server cannot be reached for the next one', async () => {
    const { keeper, pass } = keeperWith(() => Promise.reject(new Error('unplugged')));
    pass(570);
    expect(await keeper.token()).toBe('access-1');
    await expect(keeper.token('access-1')).rejects.toThrow('unplugged');
    pass(60);
    await expect(keeper.token()).rejects.toThrow('unplugged');
  });

  it('the token is dropped once it can no longer be renewed', async () => {
    const { keeper, pass } = keeperWith(async () => null);
    pass(599);
    expect(await keeper.token()).toBeNull();
    expect(await keeper.token()).toBeNull();
  });

  it('the token does not come back from a renewal that was running at sign-out', async () => {
    let answer: ((granted: Granted) => void) | undefined;
    const renewal = new Promise<Granted>((resolve) => {
      answer = resolve;
    });
    const { keeper } = keeperWith(() => renewal);
    const asked = keeper.token('access-1');
    keeper.drop();
    answer?.(granted(2));
    expect(await asked).toBeNull();
  });
});

const USER = {
  id: '01a1f000-0000-7000-8000-000000000001',
  email: 'ada@outdial.example',
  name: 'Ada Moreau',
  role: 'agent',
  agent_id: null,
  has_second_factor: false,
  must_change_password: false,
  created_at: '2026-11-20T15:30:00.000Z',
  disabled_at: null,
  last_signed_in_at: null,
} as const;

/** A server that knows one password, and of each kind of token only the newest one. */
function aServer() {
  let round = 0;
  let isOver = false;
  const seen: string[] = [];
  const answer = (status: number, body?: object) =>
    new Response(body === undefined ? null : JSON.stringify(body), { status });
  const refused = (code: string) =>
    answer(401, { type: 'about:blank', title: code, status: 401, code, detail: `${code}.` });
  const next = (): SignedIn => {
    round += 1;
    return {
      ...granted(round),
      refresh_token: `refresh-${round}`,
      user: USER,
      permissions: ['dialer.own'],
    };
  };
  const fetch = async (input: unknown, init?: RequestInit) => {
    const { pathname } = new URL(String(input));
    const authorization = new Headers(init?.headers).get('authorization');
    seen.push(`${init?.method} ${pathname}${authorization ? ` ${authorization}` : ''}`);
    const body = JSON.parse(String(init?.body ?? '{}')) as Record<string, string>;
    switch (pathname) {
      case '/api/auth/login':
        return body.password === 'right' ? answer(200, next()) : refused('invalid_credentials');
      case '/api/auth/refresh':
        return body.refresh_token === `refresh-${round}` && !isOver
          ? answer(200, next())
          : refused('refresh_token');
      case '/api/auth/logout':
        isOver = true;
        return answer(204);
      default:
        return authorization === `Bearer access-${round}` && !isOver
          ? answer(200, { industries: [], headcounts: [] })
          : refused('unauthorized');
    }
  };
  return { fetch, seen };
}

describe('a program that signs in', () => {
  const at = 'http://outdial.test';
  async function signedInAt(server: ReturnType<typeof aServer>, now = () => 0) {
    const { fetch } = server;
    const person = await signIn({ baseUrl: at, fetch, email: 'a', password: 'right', now });
    return { person, client: createClient({ baseUrl: at, fetch, token: person.token }) };
  }

  it('a signed-in program sends its token and renews it automatically', async () => {
    const server = aServer();
    let now = 0;
    const { client } = await signedInAt(server, () => now);
    for (const minutes of [0, 9.5, 19, 28.5]) {
      now = minutes * 60_000;
      await client.leads.filterOptions();
    }
    expect(server.seen.filter((line) => line.includes('/leads/'))).toEqual([
      'GET /api/leads/filters/options Bearer access-1',
      'GET /api/leads/filters/options Bearer access-2',
      'GET /api/leads/filters/options Bearer access-3',
      'GET /api/leads/filters/options Bearer access-4',
    ]);
  });

  it('a request is repeated once with a new token when the server refuses the token', async () => {
    const server = aServer();
    const { client } = await signedInAt(server);
    const refuseOnce = server.fetch;
    let refusals = 0;
    const person = await signIn({ baseUrl: at, fetch: refuseOnce, email: 'a', password: 'right' });
    const picky = createClient({
      baseUrl: at,
      token: person.token,
      fetch: async (input, init) => {
        refusals += 1;
        return refusals === 1 ? new Response('{}', { status: 401 }) : refuseOnce(input, init);
      },
    });
    await expect(picky.leads.filterOptions()).resolves.toBeDefined();
    expect(refusals).toBe(2);
    // The other sign-in’s tokens are not the newest: it gives up after one try.
    await expect(client.leads.filterOptions()).rejects.toMatchObject({ status: 401 });
  });

  it('a wrong password is not sent twice', async () => {
    const server = aServer();
    const { person } = await signedInAt(server);
    let asked = 0;
    const client = createClient({
      baseUrl: at,
      token: person.token,
      fetch: async () => {
        asked += 1;
        const problem = { type: 'about:blank', title: '', status: 401, detail: 'Wrong.' };
        return new Response(JSON.stringify({ ...problem, code: 'invalid_credentials' }), {
          status: 401,
        });
      },
    });
    await expect(
      client.auth.changePassword({ current_password: 'no', new_password: 'four other words' }),
    ).rejects.toMatchObject({ code: 'invalid_credentials' });
    expect(asked).toBe(1);
  });

  it('a sign-in with a wrong password fails with invalid_credentials', async () => {
    const { fetch } = aServer();
    await expect(
      signIn({ baseUrl: at, fetch, email: 'a', password: 'wrong' }),
    ).rejects.toMatchObject({ code: 'invalid_credentials' });
  });

  it('a program that signed out stays signed out and requests no new tokens', async () => {
    const server = aServer();
    const { person, client } = await signedInAt(server);
    await person.signOut();
    await person.signOut();
    await expect(client.leads.filterOptions()).rejects.toMatchObject({ status: 401 });
    expect(server.seen.slice(1)).toEqual([
      'POST /api/auth/logout',
      'GET /api/leads/filters/options',
    ]);
  });
});

it('a rate-limited response says in how many seconds to retry', async () => {
  const problem = { type: 'about:blank', title: '', status: 429, code: 'rate_limited', detail: '' };
  const client = createClient({
    baseUrl: 'http://outdial.test',
    fetch: async () =>
      new Response(JSON.stringify(problem), { status: 429, headers: { 'retry-after': '42' } }),
  });
  await expect(client.auth.login({ email: 'a', password: 'b' })).rejects.toMatchObject({
    retryAfterSeconds: 42,
  });
});

it('the client sends an API key unchanged', async () => {
  let shown: string | null = null;
  const client = createClient({
    baseUrl: 'http://outdial.test',
    token: 'od_key',
    fetch: async (_, init) => {
      shown = new Headers(init?.headers).get('authorization');
      return new Response('{}', { status: 200 });
    },
  });
  await client.config.get();
  expect(shown).toBe('Bearer od_key');
});
