import {
  LIVE_PATH,
  type LiveData,
  LiveEnvelope,
  type LiveEventName,
  LiveEvents,
  LiveHello,
} from '@outdial/protocol';
import { io } from 'socket.io-client';

/**
 * connecting  the first connection is being made
 * connected   events arrive
 * lost        the connection broke, or could not be made; it is tried again by itself
 * closed      `close` was called
 */
export type LiveState = 'connecting' | 'connected' | 'lost' | 'closed';

/** One event with its name, so that a switch over `name` knows the shape of `data`. */
export type LiveMessage = {
  [N in LiveEventName]: {
    readonly name: N;
    readonly number: number;
    readonly at: string;
    readonly data: LiveData[N];
    /** It happened while this client was away: `at` says nothing about the server's clock now. */
    readonly missed: boolean;
  };
}[LiveEventName];

/** As much of a Socket.IO socket as is needed here. */
export interface LiveSocket {
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  connect(): unknown;
  disconnect(): unknown;
}

export type Connect = (
  url: string,
  options: {
    path: string;
    auth: (send: (auth: object) => void) => void;
    transports: ['websocket'];
    reconnectionDelayMax: number;
  },
) => LiveSocket;

export interface LiveOptions {
  readonly baseUrl: string;
  /**
   * Whose screen this is: while it is connected they count as there. null: of the agent that the server acts as when nobody is
   * named. Left out: nobody's.
   */
  readonly agentId?: string | null;
  readonly onEvent: (message: LiveMessage) => void;
  /** `resumed: false`: whatever was read before may be out of date. */
  readonly onHello: (hello: LiveHello) => void;
  readonly onState?: (state: LiveState) => void;
  /** How to open the socket; tests bring their own. */
  readonly connect?: Connect;
  /** How long to wait after the server itself closed the connection. */
  readonly reconnectAfterMs?: number;
}

export interface Live {
  readonly state: LiveState;
  close(): void;
}

const RECONNECT_AFTER_MS = 1_000;

/**
 * Follows the live events. Remembers the epoch and the number of the last event, and says them at every reconnection, so
 * that the server sends what was missed; an event that arrives twice is passed on once.
 */
export function createLive(options: LiveOptions): Live {
  const connect: Connect = options.connect ?? ((url, socketOptions) => io(url, socketOptions));
  let epoch: string | undefined;
  let last: number | undefined;
  let upToDateFrom = 0;
  let state: LiveState = 'connecting';
  let timer: ReturnType<typeof setTimeout> | undefined;

  const become = (next: LiveState) => {
    if (state === next || state === 'closed') return;
    state = next;
    options.onState?.(next);
  };

  const socket = connect(options.baseUrl, {
    path: LIVE_PATH,
    auth: (send) =>
      send({
        ...(epoch === undefined ? {} : { epoch, last }),
        ...(options.agentId === undefined ? {} : { agent_id: options.agentId }),
      }),
    // Not long polls first, as is Socket.IO's habit: behind a proxy that spreads requests each would reach another node.
    transports: ['websocket'],
    reconnectionDelayMax: 5_000,
  });

  socket.on('connect', () => become('connected'));
  socket.on('connect_error', () => become('lost'));
  socket.on('disconnect', (reason) => {
    become('lost');
    // Socket.IO leaves it to us when the server closed the connection, as it does to a reader that cannot keep up.
    if (reason === 'io server disconnect' && state !== 'closed') {
      timer = setTimeout(() => socket.connect(), options.reconnectAfterMs ?? RECONNECT_AFTER_MS);
    }
  });

  socket.on('hello', (value) => {
    const hello = LiveHello.parse(value);
    if (!hello.resumed || last === undefined) last = hello.last;
    epoch = hello.epoch;
    upToDateFrom = hello.last;
    options.onHello(hello);
  });

  for (const name of Object.keys(LiveEvents) as LiveEventName[]) {
    socket.on(name, (value) => {
      const envelope = LiveEnvelope.parse(value);
      if (last !== undefined && envelope.number <= last) return;
      last = envelope.number;
      options.onEvent({
        name,
        number: envelope.number,
        at: envelope.at,
        data: envelope.data,
        missed: envelope.number <= upToDateFrom,
      } as LiveMessage);
    });
  }

  return {
    get state() {
      return state;
    },
    close() {
      if (timer) clearTimeout(timer);
      become('closed');
      socket.disconnect();
    },
  };
}
