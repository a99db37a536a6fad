import { parseCookie, stringifySetCookie } from 'cookie';
import type { FastifyRequest } from 'fastify';
import { KNOWN_PLACE_MS } from './sign-in-guard.js';

const PLAIN = 'outdial_device';
/** As with the refresh cookie: over https an attacker on the wire cannot plant one. */
const nameOf = (secure: boolean): string => (secure ? `__Secure-${PLAIN}` : PLAIN);

/**
 * A browser that has signed in before keeps a random token, by which its failed sign-ins are counted apart from strangers'
 * guesses. It opens nothing: without the password it is worth nothing, so it outlives signing out and a new password.
 */
export const readDeviceCookie = (
  { headers }: Pick<FastifyRequest, 'headers'>,
  secure: boolean,
): string | null =>
  headers.cookie === undefined ? null : parseCookie(headers.cookie)[nameOf(secure)] || null;

/** For the header `Set-Cookie`. `secure`: the browser sends it over https only. */
export const setDeviceCookie = (token: string, secure: boolean): string =>
  stringifySetCookie(nameOf(secure), token, {
    path: '/api/auth',
    httpOnly: true,
    sameSite: 'strict',
    secure,
    maxAge: KNOWN_PLACE_MS / 1000,
  });
