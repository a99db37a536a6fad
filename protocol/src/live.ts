import { z } from 'zod';
import { Agent } from './agents.js';
import { SecurityAlert } from './audit.js';
import { Call } from './calls.js';
import { Id, Timestamp } from './common.js';
import { SessionHeader } from './dialer.js';
import { Import } from './imports.js';
import { Queue } from './queues.js';

/**
 * Live events over Socket.IO, path `/live`, for who brings a token (`auth: {token}`); without one, or with one that is no good,
 * `connect_error` comes with `data: {code}` (`LiveRefusal`). Each event goes to whoever may see all of its kind, and to the
 * agent whom it is about; of a queue to the agents who may work it.
 *
 * Each carries a number, higher than the one before; numbers in between are of events that were not for this client. A client
 * that comes back says which epoch and number it saw last (`auth: {epoch, last}`); it is answered with `hello`, then gets what
 * it missed, then follows. With several nodes it may come back to any of them. `resumed: false` means that not everything
 * since then is there any more (the server was restarted, or it is too long ago): rebuild the screen from the API. Such a
 * `hello` may also come again later on the same connection, and means the same. Now and then `up_to` says the number up to
 * which this client has everything that is for it: remember it like an event's. With several nodes only web sockets are
 * served, no long polls: Socket.IO's client then needs `transports: ['websocket']`.
 *
 * The connection ends with the access token, unless the client sends a fresh one of the same person before: `authenticate`
 * with `{token}`, acknowledged with `LiveAuthenticated`. It ends within seconds when the person is signed out or disabled, or
 * their rights change: come back with a fresh token.
 */
export const LiveAuth = z.object({
  /** The access token, or an API key. */
  token: z.string().max(5_000).optional(),
  epoch: z.string().max(100).optional(),
  last: z.number().int().min(0).optional(),
  /**
   * Whose screen this is, so that their session can pause when they are gone (`pause_when_away_seconds`); null: one's own.
   * Another agent's counts only with the permission `dialer.any`. Left out: nobody's, as on a wallboard.
   */
  agent_id: Id.nullable().optional(),
});
/** How long the connection lasts unless a fresh token comes. By length, as the two ends' clocks differ. */
const TokenSeconds = z.number().nullable().describe('null: without an end, as with an API key.');

export const LiveHello = z.object({
  epoch: z.string(),
  last: z.number().int(),
  resumed: z.boolean(),
  /** In the first one of a connection. */
  token_seconds: TokenSeconds.optional(),
});
export type LiveHello = z.infer<typeof LiveHello>;

/** `data` of a `connect_error`. With `not_ready` the same token may be good later. */
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
