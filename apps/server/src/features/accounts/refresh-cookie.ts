import { parseCookie, stringifySetCookie } from 'cookie';
import type { FastifyRequest } from 'fastify';

const PLAIN = 'outdial_refresh';
/** Browsers take a cookie of such a name over https only, so that an attacker on the network cannot plant one (RFC 6265bis, 4.1.3.1). */
const SECURE = `__Secure-${PLAIN}`;
const nameOf = (secure: boolean): string => (secure ? SECURE : PLAIN);

/**
 * Where browsers keep the refresh token: no script can read it, no other site's page makes the browser send it, and it goes to
 * /api/auth only (OWASP ASVS 5.0, 3.3.1 to 3.3.4).
 */
const ATTRIBUTES = { path: '/api/auth', httpOnly: true, sameSite: 'strict' } as const;

/** `secure` as when it was set: over https a cookie of the plain name was set by another server. */
export const readRefreshCookie = (
  { headers }: Pick<FastifyRequest, 'headers'>,
  secure: boolean,
): string | undefined =>
  headers.cookie === undefined
    ? undefined
    : parseCookie(headers.cookie)[nameOf(secure)] || undefined;

/** For the header `Set-Cookie`. `secure`: the browser sends it over https only. */
export const setRefreshCookie = (token: string, until: Date, secure: boolean): string =>
  stringifySetCookie(nameOf(secure), token, { ...ATTRIBUTES, secure, expires: until });

export const clearRefreshCookie = (secure: boolean): string =>
  stringifySetCookie(nameOf(secure), '', { ...ATTRIBUTES, secure, maxAge: 0 });
