import type { FastifyRequest } from 'fastify';
import type { App } from '../http/operation.js';
import { ProblemError } from '../http/problems.js';
import type { Principal } from './principal.js';
import { type Needs, ROUTE_PERMISSIONS } from './route-permissions.js';

export type Refused = {
  readonly kind: 'refused';
  /** A sentence for people: why these credentials do not count, and what to do. */
  readonly reason: string;
};

/** Tells who somebody is by what they show. */
export interface Access {
  /** `authorization`: the header as it came. Fails only when the database does. */
  principalOf(authorization: string): Promise<Principal | Refused>;
}

/** Files of the API's own documentation, which hold nobody's data. */
const PUBLIC_FILES = /^\/api\/docs(\/|$)/;
/** What somebody who must change their password may still do. */
const BEFORE_PASSWORD_CHANGE = ['GET /api/auth/me', 'POST /api/auth/password'];
const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;

/**
 * Lets each request through only where the table of routes says so. What is not in the table is refused: a new route is closed
 * until somebody decides. The web app's files are public, as nothing in them is anybody's.
 */
export function authorize(app: App, access: Access): void {
  app.decorateRequest('principal', null);
  app.addHook('onRequest', async (request) => {
    const needs = needsOf(request);
    if (needs === 'public') return;
    request.principal = await identify(request, access, needs);
  });
}

/** `HEAD` is `GET` without the body. */
export const routeKey = (method: string, url: string): string =>
  `${method === 'HEAD' ? 'GET' : method} ${url}`;

function needsOf(request: FastifyRequest): Needs {
  const { url } = request.routeOptions;
  // No such route: the answer is 404, and says nothing.
  if (url === undefined) return 'public';
  const listed = ROUTE_PERMISSIONS[routeKey(request.method, url)];
  if (listed !== undefined) return listed;
  if (PUBLIC_FILES.test(url) || !/^\/(api|webhooks|metrics)(\/|$)/.test(url)) return 'public';
  throw new ProblemError(
    'forbidden',
    'Nobody has decided yet who may do this, so nobody may. This is a fault of the server: please report it.',
  );
}

async function identify(
  request: FastifyRequest,
  access: Access,
  needs: Exclude<Needs, 'public'>,
): Promise<Principal | null> {
  const { authorization } = request.headers;
  const { url = '' } = request.routeOptions;
  if (authorization === undefined) {
    if (url === '/metrics' && isThisMachine(request)) return null;
    throw unauthorized('Sign in first: POST /api/auth/login, or send an API key.');
  }
  const known = await access.principalOf(authorization);
  if (known.kind === 'refused') throw unauthorized(known.reason);
  if (needs === 'signed_in' && known.kind !== 'user') {
    throw new ProblemError('forbidden', 'This is about a person; an API key is nobody’s.');
  }
  if (known.mustChangePassword && !BEFORE_PASSWORD_CHANGE.includes(routeKey(request.method, url))) {
    throw new ProblemError(
      'password_change_required',
      'Choose a password of your own first: POST /api/auth/password.',
    );
  }
  if (needs !== 'signed_in' && !needs.some((permission) => known.permissions.has(permission))) {
    throw new ProblemError(
      'forbidden',
      `You may not do this: it needs the permission ${needs.join(' or ')}. Ask an admin.`,
    );
  }
  return known;
}

/** A scrape from the machine itself, through no proxy. */
const isThisMachine = ({ headers, socket }: FastifyRequest): boolean =>
  LOOPBACK.test(socket.remoteAddress ?? '') && headers['x-forwarded-for'] === undefined;

/** RFC 9110, section 11.6.1: a 401 says how to come in. */
const unauthorized = (detail: string): ProblemError =>
  new ProblemError('unauthorized', detail, {
    headers: { 'www-authenticate': 'Bearer realm="outdial"' },
  });
