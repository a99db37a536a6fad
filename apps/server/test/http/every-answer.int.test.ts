import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openServer, type RunningServer } from '../harness/running-server.js';

let server: RunningServer;
let port: number;
beforeAll(async () => {
  server = await openServer({ PUBLIC_URL: 'https://dialer.example.com', SIGN_INS_PER_MINUTE: '0' });
  port = Number(new URL(server.url).port);
});
afterAll(() => server.close());

/** Sends these bytes, and answers the head of what comes back. */
function headOf(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('latin1');
    socket.setTimeout(10_000, () => socket.destroy(new Error('No answer.')));
    socket.on('data', (text: string) => {
      answer += text;
      if (answer.includes('\r\n\r\n')) socket.destroy();
    });
    socket.once('close', () => resolve(answer.split('\r\n\r\n')[0] ?? ''));
    socket.once('error', reject);
  });
}

const HOST = 'Host: dialer.example.com\r\n';
const request = (method: string, path: string, headers = '') =>
  `${method} ${path} HTTP/1.1\r\n${HOST}${headers}\r\n`;
const UPGRADE =
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
const many = (count: number) =>
  Array.from({ length: count }, (_, n) => `X-Field-${n}: x\r\n`).join('');

describe('every answer has the security headers:', () => {
  it.each<[string, number, string]>([
    ['health', 200, request('GET', '/healthz')],
    ['no such path', 404, request('GET', '/api/nowhere')],
    ['no such webhook', 404, request('POST', '/webhooks/aircall/x', 'Content-Length: 0\r\n')],
    ['an address that cannot be read', 400, request('GET', '/api/%ZZ')],
    ['a wrong method', 405, request('PUT', '/api/agents', 'Content-Length: 0\r\n')],
    ['no login session', 401, request('GET', '/api/agents')],
    ['bytes that are no HTTP', 400, 'hello\r\n\r\n'],
    ['a broken header', 400, `GET / HTTP/1.1\r\n${HOST}a b: c\r\n\r\n`],
    [
      'two lengths',
      400,
      request('POST', '/api/auth/login', 'Content-Length: 1\r\nContent-Length: 2\r\n'),
    ],
    ['no Host', 400, 'GET /healthz HTTP/1.1\r\n\r\n'],
    [
      'an expectation that cannot be met',
      417,
      request('POST', '/api/auth/login', 'Expect: the best\r\nContent-Length: 2\r\n'),
    ],
    [
      'headers that are too large',
      431,
      request('GET', '/healthz', `X-Large: ${'x'.repeat(20_000)}\r\n`),
    ],
    ['more than a hundred headers', 431, request('GET', '/healthz', many(150))],
    ['a page of another site', 403, request('GET', '/healthz', 'Origin: https://evil.example\r\n')],
    ['a long poll that begins', 200, request('GET', '/live/?EIO=4&transport=polling')],
    [
      'a long poll of an unknown session',
      400,
      request('GET', '/live/?EIO=4&transport=polling&sid=unknown'),
    ],
    ['a transport that there is not', 400, request('GET', '/live/?EIO=4&transport=pigeon')],
    [
      'live events for a page of another site',
      403,
      request('GET', '/live/?EIO=4&transport=polling', 'Origin: https://evil.example\r\n'),
    ],
    [
      'live events with a hundred and fifty headers',
      403,
      request('GET', '/live/?EIO=4&transport=polling', many(150)),
    ],
    ['a web socket', 101, request('GET', '/live/?EIO=4&transport=websocket', UPGRADE)],
    [
      'a web socket of an unknown session',
      400,
      request('GET', '/live/?EIO=4&transport=websocket&sid=unknown', UPGRADE),
    ],
    [
      'a web socket for a page of another site',
      400,
      request(
        'GET',
        '/live/?EIO=4&transport=websocket',
        `${UPGRADE}Origin: https://evil.example\r\n`,
      ),
    ],
  ])('%s (%i)', async (_what, status, bytes) => {
    const head = await headOf(bytes);
    expect(head).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    const headers = head.toLowerCase();
    expect(headers).toContain('x-content-type-options: nosniff');
    expect(headers).toContain("frame-ancestors 'none'");
    expect(headers).toContain('strict-transport-security: max-age=31536000; includesubdomains');
    expect(headers).toContain('referrer-policy: no-referrer');
    expect(headers).toContain('permissions-policy: ');
  });
});

describe('metrics', () => {
  it('metrics need a key once the outside world reaches the server, also from this machine', async () => {
    expect((await fetch(`${server.url}/metrics`)).status).toBe(401);
  });
});

it('a request with a hundred headers is served', async () => {
  expect(await headOf(request('GET', '/healthz', many(98)))).toMatch(/^HTTP\/1.1 200 /);
});
