import helmet from '@fastify/helmet';
import type { FastifyReply } from 'fastify';
import type { App } from '../platform/app.js';
import { pathOf } from './limit-requests.js';

/** A year, as browsers' preload lists ask for and OWASP ASVS 5.0, 3.4.1. */
const A_YEAR = 365 * 24 * 3600;

/** What a program gets is no page: nothing in it may run, load or be framed, whatever a browser takes it for. */
const FOR_PROGRAMS =
  "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/** A page needs none of these; an injected script does not get them either. */
const PERMISSIONS = [
  'accelerometer',
  'autoplay',
  'bluetooth',
  'browsing-topics',
  'camera',
  'display-capture',
  'encrypted-media',
  'fullscreen',
  'geolocation',
  'gyroscope',
  'hid',
  'identity-credentials-get',
  'idle-detection',
  'magnetometer',
  'microphone',
  'midi',
  'payment',
  'picture-in-picture',
  'publickey-credentials-create',
  'publickey-credentials-get',
  'screen-wake-lock',
  'serial',
  'usb',
  'web-share',
  'xr-spatial-tracking',
];

/** For answers that no hook sees, such as those to an address that cannot be read. */
export const PLAIN_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': FOR_PROGRAMS,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': PERMISSIONS.map((name) => `${name}=()`).join(', '),
  'cache-control': 'no-store',
};

/** The same, for answers to the outside world, which may come by https. */
export const plainHeaders = (overHttps: boolean): Readonly<Record<string, string>> => ({
  ...PLAIN_HEADERS,
  ...(overHttps && { 'strict-transport-security': `max-age=${A_YEAR}; includeSubDomains` }),
});

/**
 * The headers that every answer has (OWASP Secure Headers; ASVS 5.0, 3.4). Pages loosen the content policy for themselves
 * (`pagePolicy`); whatever else comes under /api is never kept by a browser or a proxy, as it may be about people.
 * `overHttps`: the outside world reaches us by https, so browsers shall never try without again.
 */
export async function setSecurityHeaders(
  app: App,
  { overHttps }: { readonly overHttps: boolean },
): Promise<void> {
  await app.register(helmet, {
    contentSecurityPolicy: false,
    strictTransportSecurity: overHttps ? { maxAge: A_YEAR, includeSubDomains: true } : false,
    crossOriginOpenerPolicy: { policy: 'same-origin' },
    crossOriginResourcePolicy: { policy: 'same-origin' },
    crossOriginEmbedderPolicy: false,
    referrerPolicy: { policy: 'no-referrer' },
    xFrameOptions: { action: 'deny' },
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'content-security-policy': FOR_PROGRAMS,
      'permissions-policy': PLAIN_HEADERS['permissions-policy'],
      'x-request-id': request.id,
    });
    if (/^\/(api|webhooks|metrics)(\/|$)/.test(pathOf(request))) {
      reply.header('cache-control', 'no-store');
    }
  });
}

/**
 * The content policy of the web app. Scripts come out of files only. Mantine makes `<style>` elements in the browser, which
 * carry the page's nonce; React sets single styles through the DOM, which no policy forbids. So nothing is `unsafe-inline`.
 */
export function pagePolicy(reply: FastifyReply, nonce: string, overHttps: boolean): FastifyReply {
  return reply.header(
    'content-security-policy',
    [
      "default-src 'none'",
      "script-src 'self'",
      `style-src 'self' 'nonce-${nonce}'`,
      // Drawn QR codes and icons within style sheets.
      "img-src 'self' data:",
      "font-src 'self'",
      "connect-src 'self'",
      "manifest-src 'self'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
      ...(overHttps ? ['upgrade-insecure-requests'] : []),
    ].join('; '),
  );
}

/**
 * The content policy of /api/docs. Swagger UI makes `<style>` elements in the browser and knows of no nonce; a style cannot act, and
 * that page holds no data until it asks with a user's token.
 */
export const DOCS_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
