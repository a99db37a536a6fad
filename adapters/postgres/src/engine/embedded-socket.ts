import { Duplex } from 'node:stream';
import type { PGlite } from '@electric-sql/pglite';

/** Frontend/backend protocol 3.0: what a client says when it goes. */
const TERMINATE = 'X'.charCodeAt(0);

/** For so long statements may follow each other before the event loop goes around. */
const YIELD_AFTER_MS = 5;

/**
 * A connection to the PostgreSQL inside this process, as `pg` wants one: what it writes is run at once, and what the database
 * answers can be read. So both kinds of database have the same driver, with the same types and errors, and prepared
 * statements (measured on a small statement with two writes: 3 to 4 times as many a second as by PGlite's own `query`, which
 * parses and plans each time and makes six calls of one).
 *
 * PGlite is one session: there may be one such connection at a time.
 */
export class EmbeddedSocket extends Duplex {
  readonly #pglite: PGlite;
  /** When the rest of the program last had its turn. */
  #lastTurn = 0;

  constructor(pglite: PGlite) {
    super();
    this.#pglite = pglite;
  }

  // What `pg` asks of a network socket.
  connect(): this {
    queueMicrotask(() => this.emit('connect'));
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }

  override _read(): void {
    // Answers are pushed when they are there.
  }

  override _write(chunk: Buffer, _encoding: string, done: (error?: Error | null) => void): void {
    this.#run(chunk).then(() => done(), done);
  }

  /** `pg` writes the messages of one statement together. */
  override _writev(
    chunks: { readonly chunk: Buffer }[],
    done: (error?: Error | null) => void,
  ): void {
    this.#run(Buffer.concat(chunks.map(({ chunk }) => chunk))).then(() => done(), done);
  }

  override _final(done: () => void): void {
    this.push(null);
    done();
  }

  /**
   * PGlite runs a statement within the call, and what follows from its answer follows at once: busy jobs would hand the turn
   * to each other, and timers and requests would never have theirs (measured: 1.5 s late at 60 calls a second).
   */
  async #letOthersGo(): Promise<void> {
    if (performance.now() - this.#lastTurn < YIELD_AFTER_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#lastTurn = performance.now();
  }

  async #run(messages: Buffer): Promise<void> {
    // The session outlives this connection.
    if (messages[0] === TERMINATE) return;
    const answer = await this.#pglite.execProtocolRaw(messages);
    await this.#letOthersGo();
    if (answer.length > 0) this.push(Buffer.from(answer));
  }
}
