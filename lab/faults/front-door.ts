import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';

/** A write that the server acknowledged: it must be found afterwards, whatever happened in between. */
export interface AcknowledgedWrite {
  readonly method: string;
  readonly path: string;
  readonly request: Buffer;
  /** As the server wrote it before it was compressed for the wire. */
  readonly answer: Buffer;
  readonly atMs: number;
}

export interface FrontDoor {
  readonly url: string;
  /** Every write that was answered with 2xx, in the order of the answers. */
  readonly acknowledged: readonly AcknowledgedWrite[];
  /**
   * Of the requests: the connection is cut, before the node has it, while it works, or when its answer is half sent. `draw`
   * answers from 0 up to 1, so that a seed tells the same story.
   */
  cutConnections(percent: number, draw: () => number): void;
  close(): Promise<void>;
}

/** A node that hangs is given up after this long; the client gets an error and may try again. */
const NODE_ANSWERS_WITHIN_MS = 60_000;

/**
 * What stands in front of several nodes: each request to the next one, past those that take no connection. A request that a
 * node may have begun is never sent to another one, because it may not be safe twice; the asker gets 502 and decides.
 */
export async function openFrontDoor(nodePorts: readonly number[]): Promise<FrontDoor> {
  const acknowledged: AcknowledgedWrite[] = [];
  const sockets = new Set<Socket>();
  let cutPercent = 0;
  let draw: () => number = () => 1;
  let turn = 0;

  /** The nodes, beginning with the one whose turn it is. */
  const rotatedPorts = (): number[] => {
    turn = (turn + 1) % nodePorts.length;
    return [...nodePorts.slice(turn), ...nodePorts.slice(0, turn)];
  };

  const server = createServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => incoming.socket.destroy());
  });
  server.keepAliveTimeout = 1_000;
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (incoming, socket, head) => {
    void passThrough(incoming, socket, head);
  });

  async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await read(incoming);
    const cut = cutPercent > 0 && draw() * 100 < cutPercent ? draw() : null;
    if (cut !== null && cut < 1 / 3) {
      incoming.socket.destroy();
      return;
    }
    const answer = await ask(incoming, body, rotatedPorts());
    if (cut !== null && cut < 2 / 3) {
      incoming.socket.destroy();
      return;
    }
    if (answer === null) {
      outgoing.writeHead(502, { 'content-type': 'text/plain' }).end('No node answered.');
      return;
    }
    outgoing.writeHead(answer.status, answer.headers);
    if (cut !== null) {
      outgoing.write(answer.body.subarray(0, Math.floor(answer.body.length / 2)), () =>
        incoming.socket.destroy(),
      );
      return;
    }
    outgoing.end(answer.body);
    const { method = 'GET', url: path = '/' } = incoming;
    if (method !== 'GET' && answer.status >= 200 && answer.status < 300) {
      acknowledged.push({
        method,
        path,
        request: body,
        answer: unpacked(answer),
        atMs: performance.now(),
      });
    }
  }

  async function passThrough(
    incoming: IncomingMessage,
    socket: Duplex,
    head: Buffer,
  ): Promise<void> {
    for (const port of rotatedPorts()) {
      const upstream = await connected(port);
      if (upstream === null) continue;
      sockets.add(upstream);
      upstream.once('close', () => sockets.delete(upstream));
      const lines = [`${incoming.method} ${incoming.url} HTTP/1.1`];
      for (let at = 0; at < incoming.rawHeaders.length; at += 2) {
        lines.push(`${incoming.rawHeaders[at]}: ${incoming.rawHeaders[at + 1]}`);
      }
      upstream.write(`${lines.join('\r\n')}\r\n\r\n`);
      upstream.write(head);
      for (const [from, to] of [
        [upstream, socket],
        [socket, upstream],
      ] as const) {
        from.on('error', () => to.destroy());
        from.on('close', () => to.destroy());
        from.pipe(to);
      }
      return;
    }
    socket.destroy();
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port is free.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    acknowledged,
    cutConnections(percent, drawn) {
      cutPercent = percent;
      draw = drawn;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Passed on as it came, an answer is kept for what it says. Throws on an encoding that the nodes are not known to use. */
function unpacked({ headers, body }: Answer): Buffer {
  const encoding = headers['content-encoding'] ?? 'identity';
  switch (encoding) {
    case 'identity':
      return body;
    case 'br':
      return brotliDecompressSync(body);
    case 'gzip':
      return gunzipSync(body);
    default:
      throw new Error(
        `An answer came in the encoding "${encoding}", which the front door cannot read.`,
      );
  }
}

/** The answer of the first node that takes the request; null when none does, or it fails on the way. */
async function ask(
  incoming: IncomingMessage,
  body: Buffer,
  ports: readonly number[],
): Promise<Answer | null> {
  for (const port of ports) {
    const answer = await askNode(incoming, body, port);
    if (answer !== 'not_taken') return answer;
  }
  return null;
}

function askNode(
  incoming: IncomingMessage,
  body: Buffer,
  port: number,
): Promise<Answer | 'not_taken' | null> {
  return new Promise((resolve) => {
    const outgoing = request({
      host: '127.0.0.1',
      port,
      method: incoming.method,
      path: incoming.url,
      headers: { ...incoming.headers, connection: 'close' },
      agent: false,
      timeout: NODE_ANSWERS_WITHIN_MS,
    });
    outgoing.once('timeout', () => outgoing.destroy());
    outgoing.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'ECONNREFUSED' ? 'not_taken' : null),
    );
    outgoing.once('response', (response) => {
      read(response).then(
        (answer) => {
          const { connection: _, 'keep-alive': __, ...headers } = response.headers;
          resolve({ status: response.statusCode ?? 502, headers, body: answer });
        },
        () => resolve(null),
      );
    });
    outgoing.end(body);
  });
}

async function read(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function connected(port: number): Promise<Socket | null> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(socket));
    socket.once('error', () => resolve(null));
  });
}
