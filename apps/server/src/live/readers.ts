import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Timers } from '@outdial/core';
import {
  LIVE_AUTHENTICATE,
  LIVE_PATH,
  LIVE_UP_TO,
  LiveAuth,
  LiveAuthenticate,
  type LiveAuthenticated,
  type LiveHello,
  type LiveRefusal,
  type LiveUpTo,
} from '@outdial/protocol';
import { Server, type Socket } from 'socket.io';
import type { Access } from '../access/authorize.js';
import type { Principal } from '../access/principal.js';
import { ACCESS_TOKEN_SECONDS } from '../features/accounts/access-tokens.js';
import { refusedHead } from '../http/request-head.js';
import { askedFrom } from '../http/same-site.js';
import { plainHeaders } from '../http/security-headers.js';
import { systemTimers } from '../platform/system-timers.js';
import { roomsFor, roomsOf } from './audience.js';
import type { NumberedEvent } from './event-ring.js';
import type { RefuseHandshake } from './limit-handshakes.js';
import type { LiveLog } from './live-log.js';
import type { Presence } from './presence.js';

export interface ReadersPorts {
  readonly events: LiveLog;
  /** The user or API key that a token belongs to. */
  readonly access: Access;
  /** Which of those who are connected have other rights by now, or none; left out: rights are not checked again. */
  readonly whoChanged?: (principals: Iterable<Principal>) => Promise<ReadonlySet<Principal>>;
  /** Told whose screens are there; the answer is called when one is gone. */
  readonly presence?: Pick<Presence, 'connected'> | undefined;
  readonly log: {
    warn(fields: object, message: string): void;
    debug(fields: object, message: string): void;
  };
  readonly timers?: Timers;
  /** Where the outside world reaches us: pages of that origin may listen. */
  readonly publicUrl?: string | null;
  /** Other sites whose pages may listen, with a token of their own. */
  readonly corsOrigins?: readonly string[];
  /** Whether an address connects too often; left out: no limit. */
  readonly refuseHandshake?: RefuseHandshake;
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

/** All who follow, whatever they may see: for what is about the numbering. */
const FOLLOWERS = 'followers';

/** So soon a subscriber who was signed out or disabled, or whose token expired, gets no more events. One statement for all. */
const LOOK_EVERY_MS = 2_000;
/** Numbers of events that were not for a reader must reach it too, or it would ask for them all when it comes back. */
const TELL_NUMBER_EVERY_MS = 10_000;
const BETWEEN_TOKENS = 1_000;
/** Who opened a connection says by then who they are. */
const GREETED_WITHIN = 10_000;

/**
 * Sends the live events of the log to subscribers that connect with Socket.IO and may see them. A reader that comes back with the
 * epoch and the last number it saw gets what it missed of what it may see. Joining, reading what was missed and sending it
 * happen in one turn of the event loop, in which no event can arrive: hence no gap and no double.
 *
 * A connection is admitted by its token, and stands as long as the token does: it ends with it unless a fresh one came, and
 * soon after the person was signed out or disabled or got other rights; coming back, they get the rooms that they have then.
 */
export function createReaders(httpServer: HttpServer, ports: ReadersPorts): Readers {
  const { events, access, log, mostUnsent = 1_000, timers = systemTimers } = ports;

  const sites = { publicUrl: ports.publicUrl ?? null, corsOrigins: ports.corsOrigins ?? [] };
  const io = new Server(httpServer, {
    path: LIVE_PATH,
    serveClient: false,
    // Readers send nothing but their greeting and their tokens.
    maxHttpBufferSize: 10_000,
    connectTimeout: GREETED_WITHIN,
    ...(ports.webSocketsOnly && { transports: ['websocket'] }),
    allowRequest: (request, allow) => {
      whyRefused(request).then(
        (reason) => allow(reason, reason === null),
        (error: unknown) => {
          log.warn({ err: error }, 'a handshake of a live reader could not be looked at');
          allow('The handshake could not be looked at. Try again.', false);
        },
      );
    },
    ...(sites.corsOrigins.length > 0 && {
      cors: { origin: [...sites.corsOrigins], credentials: false },
    }),
  });

  // Behind Socket.IO, which takes these requests before Fastify's hooks see them; so the headers of every answer are set here.
  const always = plainHeaders(sites.publicUrl?.startsWith('https:') ?? false);
  const isLive = ({ url = '' }: IncomingMessage): boolean =>
    url === LIVE_PATH || url.startsWith(`${LIVE_PATH}/`) || url.startsWith(`${LIVE_PATH}?`);
  httpServer.prependListener('request', (request, response) => {
    if (!isLive(request)) return;
    for (const [name, value] of Object.entries(always)) response.setHeader(name, value);
  });
  httpServer.prependListener('upgrade', (_request, socket) => {
    addToFirstAnswer(socket, always);
  });

  async function whyRefused(request: IncomingMessage): Promise<string | null> {
    const wrong = refusedHead(request);
    if (wrong !== null) return wrong.message;
    if (askedFrom(request.headers, sites) === 'other') {
      return 'A page of another site may not follow live events.';
    }
    if (ports.refuseHandshake === undefined) return null;
    // Without this listener a connection that breaks meanwhile would end the process.
    const ignore = (): void => undefined;
    request.socket.on('error', ignore);
    const reason = await ports.refuseHandshake(request);
    request.socket.off('error', ignore);
    if (reason !== null) log.debug({ reason }, 'live reader refused');
    return reason;
  }

  const admitted = new WeakMap<Socket, Admitted>();
  const greetedOn = new WeakSet<Socket['conn']>();
  io.use((socket, next) => {
    if (greetedOn.has(socket.conn)) {
      // Or one handshake would be good for any number of tokens. Clients of Socket.IO open another connection.
      socket.conn.close(true);
      return;
    }
    greetedOn.add(socket.conn);
    admit(access, LiveAuth.shape.token.safeParse(socket.handshake.auth.token).data, timers).then(
      (reader) => {
        admitted.set(socket, reader);
        next();
      },
      (error: unknown) => next(refusalOf(error)),
    );
  });

  io.on('connection', async (socket) => {
    const reader = admitted.get(socket);
    if (reader === undefined) {
      socket.disconnect(true);
      return;
    }
    const auth = LiveAuth.safeParse(socket.handshake.auth);
    const { epoch, last, agent_id: agentId } = auth.success ? auth.data : {};
    const screenOf = whoseScreen(agentId, reader.principal);
    if (screenOf !== null && ports.presence !== undefined) {
      socket.on('disconnect', ports.presence.connected(screenOf));
    }
    socket.on(LIVE_AUTHENTICATE, (message: unknown, answer: unknown) => {
      void authenticate(socket, reader, message).then((said) => {
        if (typeof answer === 'function') answer(said);
        if (!said.ok) socket.disconnect(true);
      });
    });
    if (!events.wanted) {
      await events.want().catch((error: unknown) => {
        log.warn({ err: error }, 'other nodes could not be told that live events are wanted');
      });
      if (!socket.connected) return;
    }
    const rooms = roomsOf(reader.principal);
    const all = epoch !== undefined && last !== undefined ? events.since(epoch, last) : null;
    const missed = all?.filter((event) => roomsFor(event).some((room) => rooms.has(room))) ?? [];
    follow(socket, { admitted: reader, replayed: missed.length });
    socket.emit('hello', { ...hello(all !== null), token_seconds: secondsLeft(reader) });
    for (const event of missed) socket.emit(event.name, envelopeOf(event));
    void socket.join([FOLLOWERS, ...rooms]);
  });

  const hello = (resumed: boolean): LiveHello => ({
    epoch: events.epoch,
    last: events.last,
    resumed,
  });

  events.follow({
    event(event) {
      io.to(roomsFor(event)).emit(event.name, envelopeOf(event));
      dropSlowReaders();
    },
    lost: () => void io.to(FOLLOWERS).emit('hello', hello(false)),
  });

  const secondsLeft = ({ endsAt }: Admitted): number | null =>
    endsAt === null ? null : Math.max(0, (endsAt - timers.now().getTime()) / 1000);

  async function authenticate(
    socket: Socket,
    reader: Admitted,
    message: unknown,
  ): Promise<LiveAuthenticated> {
    const brought = LiveAuthenticate.safeParse(message);
    const now = timers.now().getTime();
    try {
      if (now < reader.nextAt) {
        throw new NotAdmitted('rate_limited', 'One token a second is enough. Connect again.');
      }
      reader.nextAt = now + BETWEEN_TOKENS;
      const fresh = await admit(access, brought.data?.token, timers);
      if (fresh.principal.id !== reader.principal.id || !hasSameRooms(fresh, reader)) {
        throw new NotAdmitted(
          'unauthorized',
          'The token gives other rights. Connect again with it.',
        );
      }
      reader.principal = fresh.principal;
      reader.endsAt = fresh.endsAt;
      return { ok: true, token_seconds: secondsLeft(reader) };
    } catch (error) {
      const { data, message: reason } = refusalOf(error);
      log.debug(
        { code: data.code, socket: socket.id },
        'live reader brought a token that is no good',
      );
      return { ok: false, code: data.code, message: reason };
    }
  }

  /** Unsent packets of each reader, and how many of them were replayed in one go, which is no sign of slowness. */
  const readers = new Map<Socket, { admitted: Admitted; unsent: number; replayed: number }>();

  function follow(
    socket: Socket,
    { admitted: who, replayed }: { readonly admitted: Admitted; readonly replayed: number },
  ): void {
    const reader = { admitted: who, unsent: 0, replayed };
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

  async function dropWhoHasNoRight(): Promise<void> {
    const now = timers.now().getTime();
    for (const [socket, { admitted: who }] of readers) {
      if (who.endsAt !== null && who.endsAt <= now) socket.disconnect(true);
    }
    if (ports.whoChanged === undefined || readers.size === 0) return;
    const asked = [...readers].map(
      ([socket, reader]) => [socket, reader.admitted.principal] as const,
    );
    const changed = await ports.whoChanged(asked.map(([, principal]) => principal));
    for (const [socket, principal] of asked) {
      if (changed.has(principal)) socket.disconnect(true);
    }
  }

  let lookAgain: () => void = () => undefined;
  let couldLook = true;
  let closed = false;
  function lookLater(): void {
    lookAgain = timers.after(LOOK_EVERY_MS, () => {
      dropWhoHasNoRight()
        .then(
          () => {
            couldLook = true;
          },
          (error: unknown) => {
            // Tokens go on coming to their end.
            if (couldLook)
              log.warn(
                { err: error },
                'whether live readers are still signed in could not be read',
              );
            couldLook = false;
          },
        )
        .finally(() => {
          if (!closed) lookLater();
        });
    });
  }
  lookLater();

  let told = -1;
  let tellAgain: () => void = () => undefined;
  function tellNumberLater(): void {
    tellAgain = timers.after(TELL_NUMBER_EVERY_MS, () => {
      const upTo: LiveUpTo = { epoch: events.epoch, number: events.last };
      if (upTo.number !== told) io.to(FOLLOWERS).emit(LIVE_UP_TO, upTo);
      told = upTo.number;
      tellNumberLater();
    });
  }
  tellNumberLater();

  return {
    count: () => readers.size,
    close() {
      closed = true;
      lookAgain();
      tellAgain();
      io.disconnectSockets(true);
      // Not `io.close()`, which would close the HTTP server too.
      io.engine.close();
    },
  };
}

/** An answer to an upgrade is written to the bare socket, by `ws` or by Engine.IO; both write its head first, as a text. */
function addToFirstAnswer(socket: Duplex, headers: Readonly<Record<string, string>>): void {
  const write = socket.write;
  const writeOn = write as (...all: unknown[]) => boolean;
  socket.write = ((chunk: unknown, ...more: unknown[]) => {
    socket.write = write;
    const head =
      typeof chunk === 'string' ? /^HTTP\/1\.1 [^\r\n]*\r\n/.exec(chunk)?.[0] : undefined;
    if (head === undefined) return writeOn.call(socket, chunk, ...more);
    const added = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return writeOn.call(socket, head + added.join('') + String(chunk).slice(head.length), ...more);
  }) as typeof socket.write;
}

const envelopeOf = ({ number, at, data }: NumberedEvent) => ({ number, at, data });

/** Who is at the other end, and when their token is over (ms); null: it has no end, as an API key. */
interface Admitted {
  principal: Principal;
  endsAt: number | null;
  /** Before then no other token is looked at: each costs a look into the database. */
  nextAt: number;
}

class NotAdmitted extends Error {
  override readonly name = 'NotAdmitted';
  constructor(
    readonly code: LiveRefusal['code'],
    reason: string,
  ) {
    super(reason);
  }
}

async function admit(
  access: Access,
  token: string | undefined,
  timers: Pick<Timers, 'now'>,
): Promise<Admitted> {
  if (token === undefined) {
    throw new NotAdmitted(
      'unauthorized',
      'Sign in first, and connect with the access token or an API key.',
    );
  }
  const known = await access.principalOf(`Bearer ${token}`);
  if (known.kind === 'refused') throw new NotAdmitted('unauthorized', known.reason);
  if (known.mustChangePassword) {
    throw new NotAdmitted('password_change_required', 'Choose a password of your own first.');
  }
  const endsAt = endOf(token);
  // Not longer than we make them, whatever the token says: its key may be replaced meanwhile.
  const latest = timers.now().getTime() + ACCESS_TOKEN_SECONDS * 1000;
  return { principal: known, endsAt: endsAt === null ? null : Math.min(endsAt, latest), nextAt: 0 };
}

/** Socket.IO hands `data` on to the client's `connect_error`. */
function refusalOf(error: unknown): Error & { data: LiveRefusal } {
  const refused =
    error instanceof NotAdmitted
      ? error
      : new NotAdmitted(
          'not_ready',
          'Who you are could not be looked up. Try again in a few seconds.',
        );
  return Object.assign(new Error(refused.message), { data: { code: refused.code } });
}

/** When an access token is over, in ms. Only of one that was found good: here nothing is verified. */
function endOf(token: string): number | null {
  const [, payload, signature] = token.split('.');
  if (payload === undefined || signature === undefined) return null;
  try {
    const { exp } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { exp?: unknown };
    return typeof exp === 'number' ? exp * 1000 : null;
  } catch {
    return null;
  }
}

/** Whose absence a screen prevents: one's own; with `dialer.any` anybody's. */
function whoseScreen(asked: string | null | undefined, principal: Principal): string | null {
  if (asked === undefined) return null;
  const whose = asked ?? principal.agentId;
  return whose === principal.agentId || principal.permissions.has('dialer.any') ? whose : null;
}

function hasSameRooms(one: Admitted, other: Admitted): boolean {
  const [rooms, others] = [roomsOf(one.principal), roomsOf(other.principal)];
  return rooms.size === others.size && [...rooms].every((room) => others.has(room));
}
