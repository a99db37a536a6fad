import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openServer, type RunningServer } from '../harness/running-server.js';

let server: RunningServer;
let published: RunningServer;
beforeAll(async () => {
  server = await openServer({ SIGN_INS_PER_MINUTE: '0' });
  published = await openServer({
    PUBLIC_URL: 'https://dialer.example.com',
    SIGN_INS_PER_MINUTE: '0',
  });
}, 60_000);
afterAll(async () => {
  await server.close();
  await published.close();
});

/** The status of GET /metrics from this machine, without a key. */
function scrape(headers = '', { version = '1.1', of = server } = {}): Promise<number> {
  const port = Number(new URL(of.url).port);
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(`GET /metrics HTTP/${version}\r\nHost: 127.0.0.1:${port}\r\n${headers}\r\n`),
    );
    socket.setEncoding('latin1');
    socket.setTimeout(10_000, () => socket.destroy(new Error('No answer.')));
    socket.on('data', (text: string) => {
      answer += text;
      socket.destroy();
    });
    socket.once('close', () => resolve(Number(answer.split(' ')[1])));
    socket.once('error', reject);
  });
}

describe('metrics without a key', () => {
  it('metrics without a key are read from the machine itself', async () => {
    expect(await scrape()).toBe(200);
  });

  it.each([
    'X-Forwarded-For: 203.0.113.9',
    'x-forwarded-host: dialer.example.com',
    'X-Forwarded-Proto: https',
    'Forwarded: for=203.0.113.9',
    'VIA: 1.1 proxy',
    'X-Real-IP: 203.0.113.9',
    'X-Client-IP: 203.0.113.9',
    'CF-Connecting-IP: 203.0.113.9',
  ])('are refused once a proxy is to be seen: %s', async (header) => {
    expect(await scrape(`${header}\r\n`)).toBe(401);
  });

  it('metrics without a key are refused over HTTP/1.0, which nginx speaks to what is behind it', async () => {
    expect(await scrape('', { version: '1.0' })).toBe(401);
  });

  it('metrics without a key are refused where the server is published, whatever the request looks like', async () => {
    expect(await scrape('', { of: published })).toBe(401);
  });
});
