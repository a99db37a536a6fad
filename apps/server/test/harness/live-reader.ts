import {
  LIVE_AUTHENTICATE,
  LIVE_PATH,
  LIVE_UP_TO,
  LiveAuthenticated,
  type LiveEventName,
  LiveEvents,
  LiveHello,
  LiveRefusal,
  LiveUpTo,
} from '@outdial/protocol';
import type { VirtualTime } from '@outdial/testing/virtual-time';
import { io, type Socket } from 'socket.io-client';
import { expect } from 'vitest';
import type { Access } from '../../src/access/authorize.js';

export interface Received {
  readonly name: LiveEventName;
  readonly number: number;
  // biome-ignore lint/suspicious/noExplicitAny: asserted field by field; the shape is checked on arrival.
  readonly data: any;
}

/** Takes the token for what a stage believes: a role, and whose calls they take. */
export const liveAccess = (access: Access): Access => ({
  principalOf: (authorization) => access.principalOf(authorization.replace(/^Bearer /, 'Stage ')),
});

export const ADMIN = 'admin';

/** Follows the events as the client package does, and lets a test wait for what it expects; an admin unless told. */
export class LiveReader {
  readonly events: Received[] = [];
  /** The latest; a second one says that everything must be read anew. */
  hello: LiveHello | undefined;
  hellos = 0;
  /** Why it was not let in. */
  refusal: LiveRefusal | undefined;
  /** It was let in, and is not any more. */
  ended = false;
  /** The latest number up to which it has everything. */
  upTo: number | undefined;
  readonly socket: Socket;
  #changed = () => undefined as unknown;

  constructor(url: string, auth: object = {}, more: object = {}) {
    // Web sockets at once: a long poll that ends between two requests keeps a timer of engine.io's for 30 s.
    const transports = ['websocket'];
    const manner = { path: LIVE_PATH, forceNew: true, reconnection: false, transports };
    this.socket = io(url, { ...manner, auth: { token: ADMIN, ...auth }, ...more });
    this.socket.on('hello', (hello) => {
      this.hello = LiveHello.parse(hello);
      this.hellos += 1;
      this.#changed();
    });
    for (const [name, schema] of Object.entries(LiveEvents)) {
      this.socket.on(name, ({ number, at, data }) => {
        expect(at).toEqual(expect.any(String));
        this.events.push({ name: name as LiveEventName, number, data: schema.parse(data) });
        this.#changed();
      });
    }
    this.socket.on(LIVE_UP_TO, (upTo) => {
      this.upTo = LiveUpTo.parse(upTo).number;
      this.#changed();
    });
    this.socket.on('disconnect', () => {
      this.ended = true;
      this.#changed();
    });
    this.socket.on('connect_error', (error: { readonly data?: unknown }) => {
      this.refusal = LiveRefusal.safeParse(error.data).data;
      this.#changed();
    });
  }

  async until(condition: () => boolean): Promise<this> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#changed = () => resolve();
      });
    }
    return this;
  }

  greeted(): Promise<this> {
    return this.until(() => this.hello !== undefined);
  }

  /** Moves time on until so many have arrived: how long a node rests between two events depends on how long one took. */
  async following(time: Pick<VirtualTime, 'advance'>, count: number): Promise<this> {
    while (this.events.length < count) {
      await time.advance(500);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return this;
  }

  refused(): Promise<this> {
    return this.until(() => this.refusal !== undefined);
  }

  async bring(token: unknown): Promise<LiveAuthenticated> {
    return LiveAuthenticated.parse(await this.socket.emitWithAck(LIVE_AUTHENTICATE, { token }));
  }

  numbers(): number[] {
    return this.events.map(({ number }) => number);
  }
}
