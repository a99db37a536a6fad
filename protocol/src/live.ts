import { z } from 'zod';
import { Agent } from './agents.js';
import { SecurityAlert } from './audit.js';
import { Call } from './calls.js';
import { Id, Timestamp } from './common.js';
import { SessionHeader } from './dialer.js';
import { Import } from './imports.js';
import type { Permission } from './permissions.js';
import { Queue } from './queues.js';

/**
 * Live events over Socket.IO, path `/live`, for clients with a token (`auth: {token}`). Without a valid token the
 * server answers `connect_error` with `data: {code}` (`LiveRefusal`). An event reaches every client that may see all events of
 * its kind, and the agent that it concerns; an event of a queue reaches the agents who may work the queue.
 *
 * Events are numbered in ascending order; missing numbers belong to events for other clients. A client that reconnects, to any
 * node, sends the last epoch and number that it saw (`auth: {epoch, last}`). The server answers `hello`, sends the missed events,
 * and continues. `resumed: false` means that the server no longer has all missed events (it was restarted, or too much time has
 * passed): rebuild the screen from the API. Such a `hello` may also arrive later on the same connection. From time to time
 * `up_to` names the number up to which the client has received everything: store it like an event's number. Several nodes serve
 * web sockets only, no long polling: Socket.IO's client then needs `transports: ['websocket']`.
 *
 * The connection ends when the access token expires, unless the client first sends a new one of the same user: `authenticate`
 * with `{token}`, acknowledged with `LiveAuthenticated`. It also ends within seconds when the user is signed out or disabled, or
 * when the user's permissions change: reconnect with a new token.
 */
export const LiveAuth = z.object({
  /** The access token, or an API key. */
  token: z.string().max(5_000).optional(),
  epoch: z.string().max(100).optional(),
  last: z.number().int().min(0).optional(),
  /**
   * The agent that uses this page: their session pauses after `pause_when_away_seconds` without a live page. null: the caller's own
   * agent. Another agent's id counts only with the permission `dialer.any`. Left out: the page belongs to no agent, like a wallboard.
   */
  agent_id: Id.nullable().optional(),
});
/** Seconds until the connection ends without a new token. A duration, because the clocks of client and server may differ. */
const TokenSeconds = z.number().nullable().describe('null: no limit, as with an API key.');

export const LiveHello = z.object({
  epoch: z.string(),
  last: z.number().int(),
  resumed: z.boolean(),
  /** Only in the first `hello` of a connection. */
  token_seconds: TokenSeconds.optional(),
});
export type LiveHello = z.infer<typeof LiveHello>;

/** `data` of a `connect_error`. After `not_ready` the same token may be accepted later. */
export const LiveRefusal = z.object({
  code: z.enum(['unauthorized', 'password_change_required', 'not_ready', 'rate_limited']),
});
export type LiveRefusal = z.infer<typeof LiveRefusal>;

export const LIVE_AUTHENTICATE = 'authenticate';
export const LiveAuthenticate = z.object({ token: z.string().max(5_000) });
export const LiveAuthenticated = z.union([
  z.object({ ok: z.literal(true), token_seconds: TokenSeconds }),
  LiveRefusal.extend({ ok: z.literal(false), message: z.string() }),
]);
export type LiveAuthenticated = z.infer<typeof LiveAuthenticated>;

export const LIVE_UP_TO = 'up_to';
export const LiveUpTo = z.object({ epoch: z.string(), number: z.number().int() });
export type LiveUpTo = z.infer<typeof LiveUpTo>;

export const LIVE_PATH = '/live';
export const LiveEvents = {
  'session.updated': SessionHeader,
  'call.updated': Call,
  'agent.updated': Agent,
  'queue.updated': Queue,
  'import.progress': Import,
  'security.alert': SecurityAlert,
} as const;
export type LiveEventName = keyof typeof LiveEvents;
/**
 * The permission to receive a live event. `any`: every event of the kind. `own`: the events of the caller's own sessions, calls and
 * agent, and of the queues that they may work.
 */
export const LIVE_PERMISSIONS: Readonly<
  Record<LiveEventName, { readonly any: Permission; readonly own: Permission | null }>
> = {
  'session.updated': { any: 'dialer.any', own: 'dialer.own' },
  'call.updated': { any: 'calls.any', own: 'calls.own' },
  'agent.updated': { any: 'agents.read', own: 'dialer.own' },
  'queue.updated': { any: 'queues.manage', own: 'queues.read' },
  'import.progress': { any: 'leads.manage', own: null },
  'security.alert': { any: 'audit.read', own: null },
};

export type LiveData = { [N in LiveEventName]: z.infer<(typeof LiveEvents)[N]> };

export const LiveEnvelope = z.object({
  number: z.number().int(),
  at: Timestamp,
  data: z.unknown(),
});
export interface LiveEvent<N extends LiveEventName = LiveEventName> {
  readonly number: number;
  readonly at: string;
  readonly data: LiveData[N];
}
