import { z } from 'zod';
import { SecurityAlert } from './audit.js';
import { Agent } from './agents.js';
import { Call } from './calls.js';
import { Id, Timestamp } from './common.js';
import { SessionHeader } from './dialer.js';
import { Import } from './imports.js';
import { Queue } from './queues.js';

/**
 * Live events over Socket.IO, path `/live`. Each carries a number, one higher than the one before. A client that comes
 * back says which epoch and number it saw last (`auth: {epoch, last}`); it is answered with `hello`, then gets what it
 * missed, then follows. With several nodes it may come back to any of them. `resumed: false` means that not everything
 * since then is there any more (the server was restarted, or it is too long ago): rebuild the screen from the API. Such a
 * `hello` may also come again later on the same connection, and means the same. With several nodes only web sockets are
 * served, no long polls: Socket.IO's client then needs `transports: ['websocket']`.
 */
export const LiveAuth = z.object({
  /** The access token, or an API key. The connection ends with it; come back with a fresh one. */
  token: z.string().max(5_000).optional(),
  epoch: z.string().max(100).optional(),
  last: z.number().int().min(0).optional(),
  /**
   * Whose screen this is, so that their session can pause when they are gone (`pause_when_away_seconds`); null: of whoever
   * is meant by requests without X-Agent-Id. Left out: nobody's, as on a wallboard.
   */
  agent_id: Id.nullable().optional(),
});
export const LiveHello = z.object({
  epoch: z.string(),
  last: z.number().int(),
  resumed: z.boolean(),
});
export type LiveHello = z.infer<typeof LiveHello>;

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
