import { LIVE_PATH, type LiveEventName, LiveEvents, LiveHello } from '@outdial/protocol';
import { io, type Socket } from 'socket.io-client';
import { expect } from 'vitest';

export interface Received {
  readonly name: LiveEventName;
  readonly number: number;
  // biome-ignore lint/suspicious/noExplicitAny: asserted field by field; the shape is checked on arrival.
  readonly data: any;
}

/** Follows the events as the client package does, and lets a test wait for what it expects. */
export class LiveReader {
  readonly events: Received[] = [];
  /** The latest; a second one says that everything must be read anew. */
  hello: LiveHello | undefined;
  hellos = 0;
  readonly socket: Socket;
  #changed = () => undefined as unknown;

  constructor(url: string, auth: object = {}, more: object = {}) {
    // Web sockets at once: a long poll that ends between two requests keeps a timer of engine.io's for 30 s.
    const transports = ['websocket'];
    const manner = { path: LIVE_PATH, forceNew: true, reconnection: false, transports };
    this.socket = io(url, { ...manner, auth, ...more });
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
    for (const event of ['disconnect', 'connect_error']) {
      this.socket.on(event, () => this.#changed());
    }
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

  numbers(): number[] {
    return this.events.map(({ number }) => number);
  }
}
