import { readdirSync, readFileSync } from 'node:fs';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  guardedAgent,
  guardedFetch,
  NotAConfiguredHost,
} from '../../src/platform/guarded-fetch.js';

interface Peer {
  readonly url: string;
  readonly heard: string[];
  readonly server: Server;
}

let configured: Peer;
let stranger: Peer;

async function listen(answer: (path: string) => { status: number; location?: string }) {
  const heard: string[] = [];
  const server = createServer((asked, response) => {
    heard.push(`${asked.method} ${asked.url} ${asked.headers.authorization ?? ''}`);
    const { status, location } = answer(asked.url ?? '');
    response.writeHead(status, location === undefined ? {} : { location }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard, server };
}

beforeEach(async () => {
  stranger = await listen(() => ({ status: 200 }));
  configured = await listen((path) =>
    path === '/moved' ? { status: 307, location: `${stranger.url}/loot` } : { status: 200 },
  );
});
afterEach(async () => {
  for (const { server } of [configured, stranger]) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

describe('what the server sends out', () => {
  it('a request goes to the configured host', async () => {
    const send = guardedFetch([`${configured.url}/any/path`]);
    expect((await send(`${configured.url}/v1/ping`)).status).toBe(200);
    expect((await send(new Request(`${configured.url}/v1/ping`))).status).toBe(200);
    expect((await send(new URL(`${configured.url}/v1/ping`))).status).toBe(200);
  });

  it('a request to another host is refused, however its name is written', async () => {
    const send = guardedFetch([configured.url]);
    const { port } = new URL(configured.url);
    for (const url of [
      stranger.url,
      `http://127.0.0.1:${port}@${new URL(stranger.url).host}/`,
      `https://127.0.0.1:${port}/`,
      'http://169.254.169.254/latest/meta-data/',
      'file:///etc/passwd',
      'data:text/plain,hello',
    ]) {
      await expect(send(url), url).rejects.toThrow(NotAConfiguredHost);
    }
    expect(stranger.heard).toEqual([]);
  });

  it('a redirect is not followed, and credentials are never sent to its target', async () => {
    const send = guardedFetch([configured.url]);
    const answer = await send(`${configured.url}/moved`, {
      method: 'POST',
      headers: { authorization: 'Basic c2VjcmV0' },
      redirect: 'follow',
    });
    expect(answer.status).toBe(307);
    expect(stranger.heard).toEqual([]);
  });

  it('what the server sends out keeps to it where it is not sent by fetch', async () => {
    const agent = guardedAgent(configured.url);
    const ask = (url: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        request(url, { agent }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        })
          .on('error', reject)
          .end();
      });
    expect(await ask(configured.url)).toBe(200);
    expect(await ask(`${configured.url}/moved`)).toBe(307);
    await expect(ask(stranger.url)).rejects.toThrow(NotAConfiguredHost);
    expect(stranger.heard).toEqual([]);
    agent.destroy();
  });

  it('what the server sends out is sent by these two alone: nothing else of the server or its adapters opens connections by HTTP', () => {
    const root = fileURLToPath(new URL('../../../../', import.meta.url));
    const sources = [
      'apps/server/src',
      ...['adapters', 'integrations'].flatMap((folder) =>
        readdirSync(join(root, folder)).map((name) => `${folder}/${name}/src`),
      ),
    ].flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
        .filter((path) => path.endsWith('.ts') && !path.endsWith('.test.ts'))
        .map((path) => `${folder}/${path}`),
    );
    const senders = sources.filter((path) =>
      /[^.\w]fetch\(|from '(axios|undici)|\bhttps?\.(request|get)\(|\brequest\b.* from 'node:https?'/.test(
        readFileSync(join(root, path), 'utf8'),
      ),
    );
    // The doctor is run by hand: it asks the configured addresses, and follows no redirect either.
    const doctors = senders.filter((path) => path.startsWith('apps/server/src/doctor/'));
    for (const path of doctors) {
      const text = readFileSync(join(root, path), 'utf8');
      const times = (what: RegExp) => text.match(what)?.length ?? 0;
      expect({ path, manual: times(/redirect: 'manual'/g) }).toEqual({
        path,
        manual: times(/[^.\w]fetch\(/g),
      });
    }
    expect(senders.filter((path) => !doctors.includes(path))).toEqual([]);
    // The others take the one that they are given.
    const wired = readFileSync(join(root, 'apps/server/src/program/open-connections.ts'), 'utf8');
    expect(wired).toContain('fetchTo: (urls) => guardedFetch(urls)');
  });
});
