import type { Server as HttpServer } from 'node:http';
import { LIVE_PATH, LiveAuth, type LiveHello } from '@outdial/protocol';
import { Server, type Socket } from 'socket.io';
import { askedFrom } from '../http/same-site.js';
import type { NumberedEvent } from './event-ring.js';
import type { LiveLog } from './live-log.js';
import type { Presence } from './presence.js';

export interface ReadersPorts {
  readonly events: LiveLog;
  /** Told whose screens are there; the answer is called when one is gone. */
  readonly presence?: Pick<Presence, 'connected'> | undefined;
  readonly log: {
    warn(fields: object, message: string): void;
    debug(fields: object, message: string): void;
  };
  /** Where the outside world reaches us: pages of that origin may listen. */
  readonly publicUrl?: string | null;
  /** Other sites whose pages may listen, with a token of their own. */
  readonly corsOrigins?: readonly string[];
  /**
   * Web sockets only. A long poll is many requests that must all reach the same node, and a proxy that spreads requests
   * sends them anywhere: better refused at once than now and then.
   */
  readonly webSocketsOnly?: boolean;
  /** A reader with more unsent packets than this is dropped; 1,000 unless told. */
  readonly mostUnsent?: number;
}

export interface Readers {
  count(): number;
  /** Lets go of all; the HTTP server stays. Safe twice. */
  close(): void;
}

/** All whom events go to; who may see what is a matter of rooms once there are accounts. */
const FOLLOWERS = 'followers';

/**
 * Gives the live events of the log to whoever connects with Socket.IO. A reader that comes back with the epoch and the last
 * number it saw gets what it missed. Joining, reading what was missed and sending it happen in one turn of the event loop,
 * in which no event can arrive: hence no gap and no double.
 */
export function createReaders(httpServer: HttpServer, ports: ReadersPorts): Readers {
  const { events, log, mostUnsent = 1_000 } = ports;

  const sites = { publicUrl: ports.publicUrl ?? null, corsOrigins: ports.corsOrigins ?? [] };
  const io = new Server(httpServer, {
    path: LIVE_PATH,
    serveClient: false,
    // Readers send nothing but their greeting.
    maxHttpBufferSize: 10_000,
    ...(ports.webSocketsOnly && { transports: ['websocket'] }),
    allowRequest: (request, allow) => allow(null, askedFrom(request.headers, sites) !== 'other'),
    ...(sites.corsOrigins.length > 0 && {
      cors: { origin: [...sites.corsOrigins], credentials: false },
    }),
  });

  io.on('connection', async (socket) => {
    const auth = LiveAuth.safeParse(socket.handshake.auth);
    const { epoch, last, agent_id: agentId } = auth.success ? auth.data : {};
    if (agentId !== undefined && ports.presence !== undefined) {
      socket.on('disconnect', ports.presence.connected(agentId));
    }
    if (!events.wanted) {
      await events.want().catch((error: unknown) => {
        log.warn({ err: error }, 'other nodes could not be told that live events are wanted');
      });
      if (!socket.connected) return;
    }
    const missed = epoch !== undefined && last !== undefined ? events.since(epoch, last) : null;
    follow(socket, missed?.length ?? 0);
    socket.emit('hello', hello(missed !== null));
    for (const event of missed ?? []) socket.emit(event.name, envelopeOf(event));
    void socket.join(FOLLOWERS);
  });

  const hello = (resumed: boolean): LiveHello => ({
    epoch: events.epoch,
    last: events.last,
    resumed,
  });

  events.follow({
    event(event) {
      io.to(FOLLOWERS).emit(event.name, envelopeOf(event));
      dropSlowReaders();
    },
    lost: () => void io.to(FOLLOWERS).emit('hello', hello(false)),
  });

  /** Unsent packets of each reader, and how many of them were replayed in one go, which is no sign of slowness. */
  const readers = new Map<Socket, { unsent: number; replayed: number }>();

  function follow(socket: Socket, replayed: number): void {
    const reader = { unsent: 0, replayed };
    readers.set(socket, reader);
    socket.conn.on('packetCreate', () => {
      reader.unsent += 1;
    });
    socket.conn.on('drain', () => {
      reader.unsent = 0;
      reader.replayed = 0;
    });
    socket.on('disconnect', () => readers.delete(socket));
  }

  function dropSlowReaders(): void {
    for (const [socket, { unsent, replayed }] of readers) {
      if (unsent <= mostUnsent + replayed) continue;
      log.debug({ unsent }, 'live reader dropped, it cannot keep up');
      // Not `disconnect`, whose packet would wait behind all the others.
      socket.conn.close(true);
    }
  }

  return {
    count: () => readers.size,
    close() {
      io.disconnectSockets(true);
      // Not `io.close()`, which would close the HTTP server too.
      io.engine.close();
    },
  };
}

const envelopeOf = ({ number, at, data }: NumberedEvent) => ({ number, at, data });
