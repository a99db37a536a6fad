import { type Needs, operations } from '@outdial/protocol';
import type { FastifyContextConfig, FastifyRequest } from 'fastify';
import type { App } from '../platform/app.js';
import { Refusal } from '../platform/refusal.js';
import type { Principal } from './principal.js';

export type Refused = {
  readonly kind: 'refused';
  /** A sentence for people: why these credentials do not count, and what to do. */
  readonly reason: string;
};

/** Finds the user or API key that a request's token belongs to. */
export interface Access {
  /** `authorization`: the header as it came. Fails only when the database does. */
  principalOf(authorization: string): Promise<Principal | Refused>;
}

export interface AuthorizeOptions {
  /** A proxy stands in front, as the configuration says: what comes from this machine may come from anywhere. */
  readonly behindProxy?: boolean;
}

/** Files of the API's own documentation, which hold no personal data. */
const PUBLIC_FILES = /^\/api\/docs(\/|$)/;
const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/;

/**
 * Lets each request through only where its operation, or the route's `permission`, says so. A route of the API that has neither is
 * refused. The web app's files are public, as they hold no data.
 */
export function authorize(app: App, access: Access, options: AuthorizeOptions = {}): void {
  app.decorateRequest('principal', null);
  app.addHook('onRequest', async (request) => {
    const needs = needsOf(request);
    if (needs === 'public') return;
    request.principal = await identify(request, access, needs, options);
  });
}

/** Who may use a route; undefined: that is not decided. */
export const needsOfRoute = (config: FastifyContextConfig | undefined): Needs | undefined =>
  config?.operation?.permission ?? config?.permission;

function needsOf(request: FastifyRequest): Needs {
  const { url, config } = request.routeOptions;
  // No such route: the answer is 404, and says nothing.
  if (url === undefined) return 'public';
  const listed = needsOfRoute(config);
  if (listed !== undefined) return listed;
  if (PUBLIC_FILES.test(url) || !/^\/(api|webhooks|metrics)(\/|$)/.test(url)) return 'public';
  throw new Refusal(
    'forbidden',
    'The server does not say who may do this, so it is refused. This is a fault of the server: please report it.',
  );
}

async function identify(
  request: FastifyRequest,
  access: Access,
  needs: Exclude<Needs, 'public'>,
  { behindProxy = false }: AuthorizeOptions,
): Promise<Principal | null> {
  const { authorization } = request.headers;
  const { operation } = request.routeOptions.config;
  if (authorization === undefined) {
    if (operation === operations.server.metrics && !behindProxy && isThisMachine(request))
      return null;
    throw unauthorized('Sign in first: POST /api/auth/login, or send an API key.');
  }
  const known = await access.principalOf(authorization);
  if (known.kind === 'refused') throw unauthorized(known.reason);
  if (needs === 'signed_in' && known.kind !== 'user') {
    throw new Refusal('forbidden', 'This is about a user; an API key belongs to no user.');
  }
  if (known.mustChangePassword && !operation?.beforePasswordChange) {
    throw new Refusal(
      'password_change_required',
      'Choose a password of your own first: POST /api/auth/password.',
    );
  }
  if (needs !== 'signed_in' && !needs.some((permission) => known.permissions.has(permission))) {
    throw new Refusal(
      'forbidden',
      `You may not do this: it needs the permission ${needs.join(' or ')}. Ask an admin.`,
    );
  }
  return known;
}

/** What proxies add; nginx adds none of them unless told, and speaks HTTP/1.0. */
const OF_A_PROXY = ['forwarded', 'via', 'x-real-ip', 'x-client-ip', 'cf-connecting-ip'];

/** A scrape from the machine itself, through no proxy that can be told from one. */
const isThisMachine = ({ headers, socket, raw }: FastifyRequest): boolean =>
  LOOPBACK.test(socket.remoteAddress ?? '') &&
  raw.httpVersion !== '1.0' &&
  !Object.keys(headers).some((name) => OF_A_PROXY.includes(name) || name.startsWith('x-forwarded'));

const unauthorized = (detail: string): Refusal => new Refusal('unauthorized', detail);
