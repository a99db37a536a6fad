import { randomUUID } from 'node:crypto';
import type { Server as HttpServer } from 'node:http';
import type { Announcement, Announcements, Timers } from '@outdial/core';
import { LIVE_PATH, LiveAuth, type LiveHello } from '@outdial/protocol';
import { Server, type Socket } from 'socket.io';
import { fromSameSite } from '../http/same-site.js';
import { systemTimers } from '../system-timers.js';
import { createCoalescer } from './coalesce.js';
import { createEventRing, type NumberedEvent } from './event-ring.js';
import { readState, type StatePorts } from './read-state.js';

export interface LivePorts extends StatePorts {
  readonly log: {
    warn(fields: object, message: string): void;
    debug(fields: object, message: string): void;
  };
  readonly timers?: Timers;
  /** Where the outside world reaches us: pages of that origin may listen. */
  readonly publicUrl?: string | null;
  /** How many events are kept for readers who were away; 10,000 unless told. */
  readonly ringSize?: number;
  /** A reader with more unsent packets than this is dropped; 1,000 unless told. */
  readonly mostUnsent?: number;
}

export interface Live extends Announcements {
  /** How many follow, at this node. */
  readers(): number;
  /** Lets go of all readers; the HTTP server stays. Safe twice. */
  close(): Promise<void>;
}

/** All whom events go to; who may see what is a matter of rooms once there are accounts. */
const FOLLOWERS = 'followers';

/**
 * Live events over Socket.IO. Changes are announced by name only; what is sent is read afresh, once for all readers.
 *
 * Events are numbered from 1, per process: `epoch` says which process numbered them. A reader that comes back with our
 * epoch and the last number it saw gets what it missed. Joining, reading the ring and sending happen in one turn of the
 * event loop, in which no event can be numbered: hence no gap and no double.
 */
export function createLive(httpServer: HttpServer, ports: LivePorts): Live {
  const { log, clock, timers = systemTimers, mostUnsent = 1_000 } = ports;
  const epoch = randomUUID();
  const ring = createEventRing(ports.ringSize ?? 10_000);
  let everFollowed = false;
  let closing: Promise<void> | undefined;

  const io = new Server(httpServer, {
    path: LIVE_PATH,
    serveClient: false,
    // Readers send nothing but their greeting.
    maxHttpBufferSize: 10_000,
    allowRequest: (request, allow) =>
      allow(null, fromSameSite(request.headers, ports.publicUrl ?? null)),
  });

  io.on('connection', (socket) => {
    everFollowed = true;
    const auth = LiveAuth.safeParse(socket.handshake.auth);
    const { epoch: theirs, last } = auth.success ? auth.data : {};
    const missed = theirs === epoch && last !== undefined ? ring.since(last) : null;
    follow(socket, missed?.length ?? 0);
    const hello: LiveHello = { epoch, last: ring.last, resumed: missed !== null };
    socket.emit('hello', hello);
    for (const event of missed ?? []) socket.emit(event.name, envelopeOf(event));
    void socket.join(FOLLOWERS);
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

  async function publish(change: Announcement): Promise<void> {
    const state = await readState(ports, change);
    if (state === null || closing !== undefined) return;
    const event = ring.add({ ...state, at: clock.now().toISOString() });
    io.to(FOLLOWERS).emit(event.name, envelopeOf(event));
    dropSlowReaders();
  }

  const coalescer = createCoalescer(timers, publish, (error) =>
    log.warn({ err: error }, 'a live event could not be read'),
  );

  return {
    announce(change) {
      // Nobody can come back for events that were numbered before the first reader came.
      if (everFollowed) coalescer.add(change);
    },
    readers: () => readers.size,
    close() {
      closing ??= (async () => {
        coalescer.close();
        io.disconnectSockets(true);
        // Not `io.close()`, which would close the HTTP server too.
        io.engine.close();
      })();
      return closing;
    },
  };
}

const envelopeOf = ({ number, at, data }: NumberedEvent) => ({ number, at, data });
