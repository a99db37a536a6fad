import {
  type ChangePassword,
  type ConfirmSecondFactor,
  Me,
  Message,
  type PasswordAndCode,
  RecoveryCodes,
  type Refresh,
  SecondFactorSetup,
  SignedIn,
  type SignIn,
  SignInEntries,
  type StartSecondFactor,
  type UpdateMe,
} from '@outdial/protocol';
import type { Sent, WithOptional } from '../bodies.js';
import type { Request } from '../request.js';

/** Signing in and out, and what somebody may change about themselves. */
export const auth = (request: Request) => ({
  login: (body: WithOptional<Sent<typeof SignIn>, 'keep_in'>) =>
    request('POST', '/api/auth/login', SignedIn, { body, anonymous: true }),
  /** Trades a refresh token, or the cookie’s when none is named, for the next one: the old one is over, whatever becomes of the answer. */
  refresh: (body: Sent<typeof Refresh> = {}) =>
    request('POST', '/api/auth/refresh', SignedIn, { body, anonymous: true, keepalive: true }),
  logout: (body: Sent<typeof Refresh> = {}) =>
    request('POST', '/api/auth/logout', Message, { body, anonymous: true, keepalive: true }),
  /** Ends every sign-in of this person, this one too. */
  logoutEverywhere: () => request('POST', '/api/auth/logout-everywhere', Message),
  me: (signal?: AbortSignal) => request('GET', '/api/auth/me', Me, { signal }),
  updateMe: (body: Sent<typeof UpdateMe>) => request('PATCH', '/api/auth/me', Me, { body }),
  changePassword: (body: Sent<typeof ChangePassword>) =>
    request('POST', '/api/auth/password', Message, { body }),
  signIns: (signal?: AbortSignal) =>
    request('GET', '/api/auth/sign-ins', SignInEntries, { signal }),
  endSignIn: (id: string) => request('DELETE', `/api/auth/sign-ins/${id}`, Message),
  /** The secret counts once a code made with it has come back: `confirmSecondFactor`. */
  startSecondFactor: (body: Sent<typeof StartSecondFactor>) =>
    request('POST', '/api/auth/second-factor', SecondFactorSetup, { body }),
  confirmSecondFactor: (body: Sent<typeof ConfirmSecondFactor>) =>
    request('POST', '/api/auth/second-factor/confirm', RecoveryCodes, { body }),
  endSecondFactor: (body: Sent<typeof PasswordAndCode>) =>
    request('POST', '/api/auth/second-factor/end', Message, { body }),
  /** New ones; the old ones stop working. */
  makeRecoveryCodes: (body: Sent<typeof PasswordAndCode>) =>
    request('POST', '/api/auth/recovery-codes', RecoveryCodes, { body }),
});
