/** The first admin of a server under test. */
export const FIRST_ADMIN = {
  email: 'first.admin@tests.example',
  password: 'only this test knows these words',
} as const;

/** Account settings of a server under test. The key protects nothing, and must be the same after a restart. */
export const ACCOUNTS_ENV = {
  SECRET_KEY: 'a key for the tests alone, which seals nothing that matters',
  ADMIN_EMAIL: FIRST_ADMIN.email,
  ADMIN_PASSWORD: FIRST_ADMIN.password,
  // A test asks more often than people do.
  ACCOUNT_REQUESTS_PER_MINUTE: '0',
} as const;

export interface Person {
  /** An access token that is good for a minute at least. Signs in when there is none; fails when that is refused. */
  token(): Promise<string>;
  /** The platform’s `fetch`, as this person. A request with its own `Authorization` keeps it. */
  readonly fetch: typeof globalThis.fetch;
}

const RENEW_BEFORE_END_MS = 60_000;

/**
 * A user of a server for the length of a test. They sign in when first needed, and again with their password
 * shortly before the access token ends: a refresh whose answer is lost, as tests see to, would end their sign-in.
 */
export function personAt(
  baseUrl: string,
  who: { readonly email: string; readonly password: string } = FIRST_ADMIN,
): Person {
  let current: { readonly token: Promise<string>; goodUntil: number } | undefined;

  function token(): Promise<string> {
    if (current !== undefined && performance.now() < current.goodUntil) return current.token;
    const mine = {
      token: signIn(baseUrl, who).then(({ accessToken, seconds }) => {
        mine.goodUntil = performance.now() + seconds * 1_000 - RENEW_BEFORE_END_MS;
        return accessToken;
      }),
      // Concurrent callers wait for the same one.
      goodUntil: Number.POSITIVE_INFINITY,
    };
    current = mine;
    mine.token.catch(() => {
      if (current === mine) current = undefined;
    });
    return mine.token;
  }

  return {
    token,
    async fetch(input, init) {
      const headers = new Headers(init?.headers);
      if (!headers.has('authorization')) headers.set('authorization', `Bearer ${await token()}`);
      return globalThis.fetch(input, { ...init, headers });
    },
  };
}

async function signIn(
  baseUrl: string,
  { email, password }: { readonly email: string; readonly password: string },
): Promise<{ accessToken: string; seconds: number }> {
  const answer = await globalThis.fetch(`${baseUrl}/api/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${email} could not sign in: ${answer.status} ${text}`);
  const said = JSON.parse(text) as { access_token: string; expires_in: number };
  return { accessToken: said.access_token, seconds: said.expires_in };
}
