import {
  LIVE_AUTHENTICATE,
  LIVE_PATH,
  LIVE_UP_TO,
  LiveAuthenticated,
  type LiveData,
  LiveEnvelope,
  type LiveEventName,
  LiveEvents,
  LiveHello,
  LiveRefusal,
  LiveUpTo,
} from '@outdial/protocol';
import { io } from 'socket.io-client';

/**
 * connecting  the first connection is being made
 * connected   events arrive
 * lost        the connection broke, or could not be made; the client retries automatically
 * refused     the server refuses the token, or there is none: the user must sign in. The client retries automatically, but rarely
 * closed      `close` was called
 */
export type LiveState = 'connecting' | 'connected' | 'lost' | 'refused' | 'closed';

/** One event with its name, so that a switch over `name` knows the shape of `data`. */
export type LiveMessage = {
  [N in LiveEventName]: {
    readonly name: N;
    readonly number: number;
    readonly at: string;
    readonly data: LiveData[N];
    /** It happened while this client was disconnected, so `at` does not show the server's current time. */
    readonly missed: boolean;
  };
}[LiveEventName];

/** The part of a Socket.IO socket that is used here. */
export interface LiveSocket {
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  emit(event: string, ...args: unknown[]): unknown;
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
   * Returns a valid token; called at each connection, and again before the token expires. A rejection counts as refused.
   */
  readonly token: () => Promise<string>;
  /** The agent of this page, who counts as present while it is connected. null: the caller's own agent. Left out: no agent. */
  readonly agentId?: string | null;
  readonly onEvent: (message: LiveMessage) => void;
  /** `resumed: false`: all data read before may be out of date. */
  readonly onHello: (hello: LiveHello) => void;
  readonly onState?: (state: LiveState) => void;
  /** Opens the socket; tests pass their own. */
  readonly connect?: Connect;
  /** The wait after the server closed the connection; doubles after each refusal, up to half a minute. */
  readonly reconnectAfterMs?: number;
  /** The timer; tests pass their own. */
  readonly after?: After;
}

/** Calls back once after `ms` milliseconds; the returned function cancels it. */
export type After = (ms: number, callback: () => void) => () => void;

export interface Live {
  readonly state: LiveState;
  close(): void;
}

const RECONNECT_AFTER_MS = 1_000;
const RECONNECT_AT_LEAST_EVERY_MS = 30_000;
/** The client sends a new token this long before the old one expires. */
const BEFORE_END_MS = 30_000;
/** The minimum between two renewals, even when tokens expire sooner. */
const BETWEEN_TOKENS_MS = 5_000;

const afterTimeout: After = (ms, callback) => {
  const timer = setTimeout(callback, ms);
  return () => clearTimeout(timer);
};

/**
 * Follows the live events. Stores the epoch and the number of the last event, and sends them at every reconnection, so
 * that the server sends the missed events. An event that arrives twice is passed on once. Missing numbers belong to events for
 * other clients.
 */
export function createLive(options: LiveOptions): Live {
  const connect: Connect = options.connect ?? ((url, socketOptions) => io(url, socketOptions));
  let epoch: string | undefined;
  let last: number | undefined;
  let upToDateFrom = 0;
  let state: LiveState = 'connecting';
  const { after = afterTimeout } = options;
  const reconnectAfterMs = options.reconnectAfterMs ?? RECONNECT_AFTER_MS;
  let refusals = 0;
  let greetings = 0;
  let cancelReconnect = () => {};
  let cancelToken = () => {};

  const become = (next: LiveState) => {
    if (state === next || state === 'closed') return;
    state = next;
    options.onState?.(next);
  };

  const reconnectAfter = (ms: number) => {
    if (state === 'closed') return;
    cancelReconnect();
    cancelReconnect = after(ms, () => socket.connect());
  };

  const refused = () => {
    become('refused');
    reconnectAfter(Math.min(reconnectAfterMs * 2 ** refusals, RECONNECT_AT_LEAST_EVERY_MS));
    refusals = Math.min(refusals + 1, 10);
  };

  async function greet(send: (auth: object) => void): Promise<void> {
    greetings += 1;
    const greeting = greetings;
    let token: string;
    try {
      token = await options.token();
    } catch {
      if (state === 'closed' || greeting !== greetings) return;
      // The connection is open and says nothing; the server would close it after a while.
      socket.disconnect();
      refused();
      return;
    }
    // The token is for a connection that has broken since.
    if (state === 'closed' || greeting !== greetings) return;
    send({
      token,
      ...(epoch === undefined ? {} : { epoch, last }),
      ...(options.agentId === undefined ? {} : { agent_id: options.agentId }),
    });
  }

  function renewBefore(seconds: number | null): void {
    cancelToken();
    if (seconds === null || state === 'closed') return;
    const wait = Math.max(seconds * 1000 - BEFORE_END_MS, BETWEEN_TOKENS_MS);
    cancelToken = after(wait, () => void renew());
  }

  async function renew(): Promise<void> {
    // A disconnected client sends its token when it reconnects.
    if (state !== 'connected') return;
    try {
      const token = await options.token();
      if (state !== 'connected') return;
      socket.emit(LIVE_AUTHENTICATE, { token }, (answer: unknown) => {
        const said = LiveAuthenticated.safeParse(answer);
        if (said.success && said.data.ok) renewBefore(said.data.token_seconds);
      });
    } catch {
      // The connection ends when its token expires; the next connection asks for a token again.
    }
  }

  const socket = connect(options.baseUrl, {
    path: LIVE_PATH,
    auth: (send) => void greet(send),
    // No long polling first, which is Socket.IO's default: behind a load balancer each request would reach another node.
    transports: ['websocket'],
    reconnectionDelayMax: 5_000,
  });

  socket.on('connect', () => {
    refusals = 0;
    become('connected');
  });
  socket.on('connect_error', (error) => {
    const refusal = LiveRefusal.safeParse((error as { data?: unknown } | undefined)?.data);
    if (refusal.success && refusal.data.code !== 'not_ready') refused();
    else {
      become('lost');
      // Socket.IO reconnects after a broken connection, but not after the server has refused one.
      if (refusal.success) reconnectAfter(reconnectAfterMs);
    }
  });
  socket.on('disconnect', (reason) => {
    become('lost');
    // Socket.IO does not reconnect when the server closed the connection, for example because the client was too slow.
    if (reason === 'io server disconnect') reconnectAfter(reconnectAfterMs);
  });

  socket.on('hello', (value) => {
    const hello = LiveHello.parse(value);
    if (!hello.resumed || last === undefined) last = hello.last;
    epoch = hello.epoch;
    upToDateFrom = hello.last;
    if (hello.token_seconds !== undefined) renewBefore(hello.token_seconds);
    options.onHello(hello);
  });

  // After quiet minutes the last event may be too old to resume from; this number is recent.
  socket.on(LIVE_UP_TO, (value) => {
    const upTo = LiveUpTo.parse(value);
    if (upTo.epoch === epoch && last !== undefined) last = Math.max(last, upTo.number);
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
      become('closed');
      cancelReconnect();
      cancelToken();
      socket.disconnect();
    },
  };
}
