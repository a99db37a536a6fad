import type { IncomingHttpHeaders } from 'node:http';

/** Whose pages may use this server. */
export interface Sites {
  /** Where the outside world reaches us; null: wherever the request says. */
  readonly publicUrl: string | null;
  /** Other sites, by exact origin: CORS_ORIGINS. */
  readonly corsOrigins: readonly string[];
}

/**
 * ours    a page of this server's own, or no page at all: programs send no Origin
 * listed  a page of a site named in CORS_ORIGINS: it must bring a token of its own, as cookies do not count from there
 * other   any other page
 */
export type AskedFrom = 'ours' | 'listed' | 'other';

/**
 * Which page a browser asks from (OWASP ASVS 5.0, 3.5.1 and 4.4.2). What a page may do with a user's rights is held by the
 * bearer token, which no other page has, and by `SameSite=Strict`; this comes on top, for plain forms and WebSockets, which CORS
 * does not hold back, and for neighbours such as other subdomains, which SameSite takes for the same site.
 */
export function askedFrom(headers: IncomingHttpHeaders, sites: Sites): AskedFrom {
  const { origin, host = '' } = headers;
  if (origin === undefined) return 'ours';
  // "null": a sandboxed frame or a local file. None of the others is exact when parsed and written again.
  if (!URL.canParse(origin) || new URL(origin).origin !== origin) return 'other';
  if (isOurs(new URL(origin), host, sites.publicUrl)) return 'ours';
  return sites.corsOrigins.includes(origin) ? 'listed' : 'other';
}

function isOurs(asked: URL, host: string, publicUrl: string | null): boolean {
  if (publicUrl !== null) {
    const ours = new URL(publicUrl);
    if (asked.origin === ours.origin) return true;
    // The same name without TLS may be an attacker on the network.
    if (asked.host === ours.host) return false;
  }
  // Another port of this machine is another program's, or another user's; the proxy of `npm run dev` keeps the page's own host.
  return asked.host === host;
}
