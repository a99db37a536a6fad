import type { Permission, User } from '@outdial/protocol';
import { type ClientOptions, createClient } from './client.js';
import { ApiError } from './problems.js';
import { createTokenKeeper } from './token-keeper.js';

export interface SignInOptions extends Pick<ClientOptions, 'baseUrl' | 'fetch' | 'checkAnswers'> {
  readonly email: string;
  readonly password: string;
  /** A code of the authenticator app, or a recovery code; asked for with the problem `second_factor_required`. */
  readonly secondFactor?: string | undefined;
  /** Milliseconds; for tests. */
  readonly now?: () => number;
}

export interface SignedInPerson {
  readonly user: User;
  readonly permissions: readonly Permission[];
  /** For `createClient` and `createLive`. Renewed shortly before it ends; null once signed out, or when the server ended it. */
  readonly token: (refused?: string) => Promise<string | null>;
  /** Ends this sign-in at the server. Safe twice. */
  signOut(): Promise<void>;
}

/**
 * Signs a program in as a person, for as long as it runs: both tokens stay in memory. Fails with `ApiError`
 * (`invalid_credentials`, `second_factor_required`, `rate_limited` with `retryAfterSeconds` …) or `NetworkError`. What runs by
 * itself better has an API key, which needs none of this.
 */
export async function signIn(options: SignInOptions): Promise<SignedInPerson> {
  const { auth } = createClient({
    baseUrl: options.baseUrl,
    ...(options.fetch && { fetch: options.fetch }),
    checkAnswers: options.checkAnswers ?? false,
  });
  const signedIn = await auth.login({
    email: options.email,
    password: options.password,
    ...(options.secondFactor !== undefined && { second_factor: options.secondFactor }),
    keep_in: 'body',
  });
  let refreshToken = signedIn.refresh_token;

  const keeper = createTokenKeeper({
    ...(options.now && { now: options.now }),
    async renew() {
      if (refreshToken === undefined) return null;
      try {
        const next = await auth.refresh({ refresh_token: refreshToken }, { keepalive: true });
        refreshToken = next.refresh_token;
        return next;
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 401) throw error;
        refreshToken = undefined;
        return null;
      }
    },
  });
  keeper.take(signedIn);

  return {
    user: signedIn.user,
    permissions: signedIn.permissions,
    token: keeper.token,
    async signOut() {
      const ended = refreshToken;
      refreshToken = undefined;
      keeper.drop();
      if (ended !== undefined) await auth.logout({ refresh_token: ended }, { keepalive: true });
    },
  };
}
