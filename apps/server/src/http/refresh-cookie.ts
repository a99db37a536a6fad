import { parseCookie, stringifySetCookie } from 'cookie';
import type { FastifyRequest } from 'fastify';

const NAME = 'outdial_refresh';

/**
 * Where browsers keep the refresh token: no script can read it, no other site's page makes the browser send it, and it goes to
 * /api/auth only (OWASP ASVS 5.0, 3.3.1 to 3.3.4).
 */
const ATTRIBUTES = { path: '/api/auth', httpOnly: true, sameSite: 'strict' } as const;

export const readRefreshCookie = ({
  headers,
}: Pick<FastifyRequest, 'headers'>): string | undefined =>
  headers.cookie === undefined ? undefined : parseCookie(headers.cookie)[NAME] || undefined;

/** For the header `Set-Cookie`. `secure`: the browser sends it over https only. */
export const setRefreshCookie = (token: string, until: Date, secure: boolean): string =>
  stringifySetCookie(NAME, token, { ...ATTRIBUTES, secure, expires: until });

export const clearRefreshCookie = (secure: boolean): string =>
  stringifySetCookie(NAME, '', { ...ATTRIBUTES, secure, maxAge: 0 });
