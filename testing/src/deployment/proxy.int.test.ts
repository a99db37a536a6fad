import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';

const CADDYFILE = fileURLToPath(new URL('../../../ops/Caddyfile', import.meta.url));
const isThere = spawnSync('caddy', ['version']).status === 0;

const SCRIPT = Buffer.from('export const words = "again and again";\n'.repeat(100));
const COMPRESSED = brotliCompressSync(SCRIPT);

/** Something that answers as a node does, as far as a proxy can tell. */
interface FakeNode {
  readonly name: string;
  readonly port: number;
  readonly seen: string[];
  ready: boolean;
  stop(): Promise<void>;
}

async function fakeNode(name: string): Promise<FakeNode> {
  const sockets = new Set<Socket>();
  const seen: string[] = [];
  const server: Server = createServer((incoming, response) => {
    if (incoming.url === '/readyz') {
      response.writeHead(node.ready ? 200 : 503).end();
      return;
    }
    if (incoming.url === '/assets/app.js') {
      const br = incoming.headers['accept-encoding']?.includes('br') ?? false;
      response.writeHead(200, {
        'content-type': 'text/javascript',
        vary: 'Accept-Encoding',
        ...(br && { 'content-encoding': 'br' }),
      });
      response.end(br ? COMPRESSED : SCRIPT);
      return;
    }
    seen.push(`${incoming.method} ${incoming.url} for ${incoming.headers['x-forwarded-for']}`);
    response.end(name);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.on('upgrade', (incoming: IncomingMessage, socket: Socket) => {
    seen.push(`upgrade ${incoming.url}`);
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    );
    socket.on('data', (data) => socket.write(`${name} heard ${data.toString()}`));
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const node: FakeNode = {
    name,
    port: (server.address() as AddressInfo).port,
    seen,
    ready: true,
    async stop() {
      if (!server.listening) return;
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
  return node;
}

it.skipIf(!isThere).sequential('the proxy’s configuration is one that Caddy takes', () => {
  const checked = spawnSync(
    'caddy',
    ['validate', '--adapter', 'caddyfile', '--config', CADDYFILE],
    {
      encoding: 'utf8',
    },
  );
  expect(checked.stdout + checked.stderr).toContain('Valid configuration');
});

let first: FakeNode;
let second: FakeNode;
let caddy: ChildProcess | undefined;
let folder: string;
let port = 0;

beforeAll(async () => {
  if (!isThere) return;
  [first, second] = [await fakeNode('first'), await fakeNode('second')];
  const free = createServer().listen(0, '127.0.0.1');
  await once(free, 'listening');
  port = (free.address() as AddressInfo).port;
  free.close();
  await once(free, 'close');
  folder = await mkdtemp(join(tmpdir(), 'outdial-caddy-'));
  // The file as it is, at a port that is free here.
  const config = join(folder, 'Caddyfile');
  await writeFile(config, readFileSync(CADDYFILE, 'utf8').replace(':3000 {', `:${port} {`));
  caddy = spawn('caddy', ['run', '--adapter', 'caddyfile', '--config', config], {
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      OUTDIAL_NODES: `127.0.0.1:${first.port} 127.0.0.1:${second.port}`,
    },
    stdio: 'ignore',
  });
  await until(async () => (await get('/')).status === 200);
});

afterAll(async () => {
  if (caddy !== undefined) {
    const ended = once(caddy, 'exit');
    caddy.kill('SIGTERM');
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
  await first?.stop();
  await second?.stop();
});

it.skipIf(!isThere).sequential('spreads requests over both nodes, and says who asked', async () => {
  const answered = new Set<string>();
  await until(async () => {
    for (const { text } of await Promise.all(Array.from({ length: 20 }, () => get('/api/leads')))) {
      answered.add(text);
    }
    return answered.size === 2;
  });
  expect(first.seen).toContain('GET /api/leads for 127.0.0.1');
});

it.skipIf(!isThere).sequential(
  'passes on what a node compressed, and compresses nothing',
  async () => {
    const asked = async (encoding: string) => {
      const asking = request({
        port,
        path: '/assets/app.js',
        headers: { 'accept-encoding': encoding },
      });
      asking.end();
      const [response] = (await once(asking, 'response')) as [IncomingMessage];
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      return { headers: response.headers, bytes: Buffer.concat(chunks) };
    };
    const br = await asked('gzip, br');
    expect(br.headers).toMatchObject({ 'content-encoding': 'br', vary: 'Accept-Encoding' });
    expect(br.bytes).toEqual(COMPRESSED);
    const plain = await asked('gzip');
    expect(plain.headers['content-encoding']).toBeUndefined();
    expect(plain.bytes).toEqual(SCRIPT);
  },
);

it.skipIf(!isThere).sequential('carries the web sockets that live pages follow', async () => {
  const socket = await openWebSocket('/live/?EIO=4&transport=websocket');
  socket.write('a greeting');
  const [heard] = (await once(socket, 'data')) as [Buffer];
  expect(heard.toString()).toMatch(/^(first|second) heard a greeting$/);
  socket.destroy();
  expect([...first.seen, ...second.seen]).toContain('upgrade /live/?EIO=4&transport=websocket');
});

it.skipIf(!isThere).sequential(
  'keeps the figures of the nodes to those who ask the nodes themselves',
  async () => {
    expect((await get('/metrics')).status).toBe(404);
  },
);

it.skipIf(!isThere).sequential(
  'the proxy sends no request to a node that is about to stop',
  async () => {
    first.ready = false;
    await until(async () => {
      const answers = await Promise.all(Array.from({ length: 10 }, () => get('/')));
      return answers.every(({ text }) => text === 'second');
    });
    first.ready = true;
    await until(async () => (await get('/')).text === 'first');
  },
);

it.skipIf(!isThere).sequential(
  'loses no request, of whatever method, when a node dies',
  async () => {
    await second.stop();
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, at) => get(`/webhooks/aircall?${at}`, 'POST')),
    );
    expect(answers.map(({ status, text }) => `${status} ${text}`)).toEqual(
      Array.from({ length: 30 }, () => '200 first'),
    );
    // And none of them twice.
    const webhooks = first.seen.filter((line) => line.startsWith('POST /webhooks/aircall'));
    expect(new Set(webhooks).size).toBe(webhooks.length);
  },
);

async function get(path: string, method = 'GET'): Promise<{ status: number; text: string }> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: { connection: 'close' },
  });
  return { status: response.status, text: await response.text() };
}

function openWebSocket(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const asking = request({
      port,
      path,
      headers: {
        connection: 'Upgrade',
        upgrade: 'websocket',
        'sec-websocket-version': '13',
        'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      },
    });
    asking.on('upgrade', (_response, socket: Socket) => resolve(socket));
    asking.on('response', ({ statusCode }) => reject(new Error(`answered ${statusCode}`)));
    asking.on('error', reject);
    asking.end();
  });
}

async function until(look: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 120_000;
  while (!(await look().catch(() => false))) {
    if (performance.now() > deadline) throw new Error('Waited in vain.');
    await sleep(50);
  }
}
