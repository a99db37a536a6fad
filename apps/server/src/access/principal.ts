import type { SessionActor } from '@outdial/core';
import { type Permission, ROLE_PERMISSIONS, type Role } from '@outdial/protocol';
import type { FastifyRequest } from 'fastify';
import { Refusal } from '../platform/refusal.js';

/** Who makes a request: a person who signed in, or a program with an API key. */
export interface Principal {
  readonly kind: 'user' | 'api_key';
  readonly id: string;
  readonly name: string;
  /** null: an API key, which has permissions of its own. */
  readonly role: Role | null;
  /** The agent that the user takes calls as; null: they take none. */
  readonly agentId: string | null;
  readonly permissions: ReadonlySet<Permission>;
  /** The sign-in that the access token belongs to; null: an API key. */
  readonly signInId: string | null;
  /** They must choose a password of their own before they may do anything else. */
  readonly mustChangePassword: boolean;
}

export const permissionsOf = (role: Role): ReadonlySet<Permission> =>
  new Set(ROLE_PERMISSIONS[role]);

declare module 'fastify' {
  interface FastifyRequest {
    /** null on public routes, which need no sign-in. */
    principal: Principal | null;
  }
}

/** Who makes this request. Only for routes that are not public: there it cannot fail. */
export function principalOf(request: Pick<FastifyRequest, 'principal'>): Principal {
  if (request.principal !== null) return request.principal;
  throw new Refusal('unauthorized', 'Sign in first: POST /api/auth/login.');
}

/** The same, as a session keeps who paused or stopped it. */
export function actorOf(request: Pick<FastifyRequest, 'principal'>): SessionActor {
  const { id, name } = principalOf(request);
  return { id, name };
}

export const may = (request: Pick<FastifyRequest, 'principal'>, permission: Permission): boolean =>
  request.principal?.permissions.has(permission) ?? false;

/**
 * To whose things a request is held: null where `any` is allowed, else the agent's own. Who takes no calls owns nothing: the
 * answer is then an id that no agent has.
 */
export function heldTo(request: Pick<FastifyRequest, 'principal'>, any: Permission): string | null {
  const principal = principalOf(request);
  if (principal.permissions.has(any)) return null;
  return principal.agentId ?? NO_AGENT_ID;
}

/**
 * The agent that a list is filtered by. A user who may see only their own and asks for another's finds what they would
 * with an id that no agent has: nothing.
 */
export function agentFilter(
  request: Pick<FastifyRequest, 'principal'>,
  any: Permission,
  asked: string | undefined,
): string | undefined {
  const held = heldTo(request, any);
  if (held === null) return asked;
  return asked === undefined || asked.toLowerCase() === held ? held : NO_AGENT_ID;
}

/** An id that no row has (RFC 9562, section 5.9). */
export const NO_AGENT_ID = '00000000-0000-0000-0000-000000000000';
