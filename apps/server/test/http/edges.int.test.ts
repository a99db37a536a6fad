import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LightMyRequestResponse } from 'fastify';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { HttpOptions } from '../../src/http/create-http.js';
import { createRequestLimiters } from '../../src/http/request-limiters.js';
import { createStage, expectProblem, type Stage } from '../harness/stage.js';
import { AS_ADMIN, as } from '../harness/stage-access.js';

const stages: Stage[] = [];
async function open(http: Partial<HttpOptions> = {}): Promise<Stage> {
  const stage = await createStage({ http });
  stages.push(stage);
  return stage;
}
afterAll(async () => {
  for (const stage of stages) await stage.close();
});

describe('every answer', () => {
  let stage: Stage;
  let web: string;
  beforeAll(async () => {
    web = mkdtempSync(join(tmpdir(), 'outdial-web-'));
    writeFileSync(
      join(web, 'index.html'),
      '<!doctype html><html><head><title>Outdial</title></head><body></body></html>',
    );
    stage = await open({ webRoot: web, publicUrl: 'https://dialer.example.com' });
  });
  afterAll(() => rmSync(web, { recursive: true }));

  const browse = (path: string) => stage.request('GET', path, undefined, { accept: 'text/html' });

  it('every answer tells browsers to guess nothing, to show it in no frame, and to tell no other site', async () => {
    for (const path of [
      '/',
      '/api/leads',
      '/api/nowhere',
      '/nowhere',
      '/api/docs',
      '/healthz',
      '/%zz',
    ]) {
      const { headers } = await stage.request('GET', path);
      expect({ path, ...headers }).toMatchObject({
        path,
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
        'cross-origin-resource-policy': 'same-origin',
        'content-security-policy': expect.stringContaining("default-src 'none'"),
      });
      expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
      expect(headers['x-powered-by'], path).toBeUndefined();
      expect(headers.server, path).toBeUndefined();
      if (path === '/%zz') continue;
      expect(headers['cross-origin-opener-policy'], path).toBe('same-origin');
      expect(headers['permissions-policy'], path).toMatch(/microphone=\(\)/);
    }
  });

  it('every answer has browsers come by https only, once the outside world does', async () => {
    expect((await stage.request('GET', '/healthz')).headers['strict-transport-security']).toBe(
      'max-age=31536000; includeSubDomains',
    );
    for (const publicUrl of ['http://dialer.example.com', null]) {
      const plain = await open({ publicUrl });
      const { headers } = await plain.request('GET', '/healthz');
      expect(headers['strict-transport-security']).toBeUndefined();
    }
  });

  it('an answer about people is not cached on the way, also an error', async () => {
    for (const path of [
      '/api/leads',
      '/api/history/export.csv',
      '/api/leads/x',
      '/api/nowhere',
      '/metrics',
    ]) {
      expect([path, (await stage.request('GET', path)).headers['cache-control']]).toEqual([
        path,
        'no-store',
      ]);
    }
  });

  it('every answer that is the web app lets in its own scripts alone, and styles with a nonce that is good once', async () => {
    const nonces = new Set<string>();
    for (const path of ['/', '/leads', '/index.html']) {
      const page = await browse(path);
      expect({ path, status: page.status }).toEqual({ path, status: 200 });
      const [, nonce = ''] = /<meta property="csp-nonce" nonce="([^"]+)">/.exec(page.text) ?? [];
      nonces.add(nonce);
      expect(Buffer.from(nonce, 'base64')).toHaveLength(16);
      const policy = String(page.headers['content-security-policy']);
      expect(policy).toContain("script-src 'self';");
      expect(policy).toContain(`style-src 'self' 'nonce-${nonce}';`);
      expect(policy).toContain("base-uri 'none'");
      expect(policy).not.toMatch(/unsafe|\*|https?:/);
      expect(page.headers['cache-control']).toBe('no-store');
    }
    expect(nonces.size).toBe(3);
    // Not the file as it lies there, without a nonce.
    expectProblem(await stage.request('GET', '/index.html'), 404, 'not_found');
  });

  it('every answer that is the documentation has a policy of its own, which lets in no scripts from elsewhere', async () => {
    const docs = await browse('/api/docs');
    expect(docs.status).toBe(200);
    const policy = String(docs.headers['content-security-policy']);
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("connect-src 'self'");
    expect(policy).not.toMatch(/https?:|unsafe-eval/);
  });

  it('every answer to an error tells nothing of the inside', async () => {
    const { get } = stage.ports.leads;
    stage.ports.leads.get = async () => {
      throw new Error('password=hunter2 at /srv/outdial/dist/main.js');
    };
    const path = '/api/leads/0191f000-0000-7000-8000-00000000dead';
    const answer = await stage.request('GET', path);
    stage.ports.leads.get = get;
    expectProblem(answer, 500, 'internal');
    expect(answer.text).not.toMatch(/hunter2|main\.js|\bat \w|Error:/);
    expect(stage.logged.at(-1)).toMatchObject({ msg: 'request failed' });
  });
});

describe('a page of another site', () => {
  const LISTED = 'https://crm.example.com';
  const OURS = 'https://dialer.example.com';
  let stage: Stage;
  beforeAll(async () => {
    stage = await open({ publicUrl: OURS, corsOrigins: [LISTED] });
  });
  const from = (origin: string, more: Record<string, string> = {}) =>
    stage.request('GET', '/api/agents', undefined, { origin, host: 'dialer.example.com', ...more });
  const preflight = (origin: string) =>
    stage.request('OPTIONS', '/api/leads', undefined, {
      origin,
      host: 'dialer.example.com',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type',
    });

  it('a page of another site is let in when it is listed, by its exact name', async () => {
    const answer = await from(LISTED);
    expect(answer.status).toBe(200);
    expect(answer.headers['access-control-allow-origin']).toBe(LISTED);
    expect(answer.headers.vary).toMatch(/origin/i);
    const asked = await preflight(LISTED);
    expect(asked.status).toBe(204);
    expect(asked.headers).toMatchObject({
      'access-control-allow-origin': LISTED,
      'access-control-allow-methods': expect.stringContaining('DELETE'),
      'access-control-allow-headers': expect.stringContaining('authorization'),
    });
  });

  it.each([
    'https://crm.example.com.evil.example',
    'https://evil-crm.example.com',
    'http://crm.example.com',
    'https://crm.example.com:8443',
    'https://CRM.example.com',
    'https://other.example.com',
    'http://dialer.example.com',
    'http://localhost:8080',
    'null',
    'https://crm.example.com/',
    '*',
  ])('is not let in when it is another: %s', async (origin) => {
    expectProblem(await from(origin), 403, 'cross_origin');
    const asked = await preflight(origin);
    expectProblem(asked, 403, 'cross_origin');
    expect(asked.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('a page of another site never comes with our cookies: who is signed in here is not signed in there', async () => {
    for (const answer of [await from(LISTED), await preflight(LISTED)]) {
      expect(answer.headers['access-control-allow-credentials']).toBeUndefined();
    }
    const seen: (string | undefined)[] = [];
    const watched = await open({
      publicUrl: OURS,
      corsOrigins: [LISTED],
      watch: (app) =>
        app.addHook('preHandler', async (request) => void seen.push(request.headers.cookie)),
    });
    const cookie = 'outdial_refresh=a-token';
    for (const origin of [LISTED, OURS]) {
      await watched.request('GET', '/api/agents', undefined, { origin, cookie });
    }
    expect(seen).toEqual([undefined, cookie]);
  });

  it('a page of another site that is ours needs no list, and a program that is no page is held by its token alone', async () => {
    const ours = await from(OURS);
    expect(ours.status).toBe(200);
    expect(ours.headers['access-control-allow-origin']).toBeUndefined();
    expect((await stage.request('GET', '/api/agents')).status).toBe(200);
  });

  it('a page of another site of another port of this machine is another program’s; the proxy of npm run dev keeps the page’s own host', async () => {
    const local = await open();
    const page = (host: string) =>
      local.request('GET', '/api/agents', undefined, { origin: 'http://localhost:5173', host });
    for (const host of ['127.0.0.1:3000', 'localhost:3000', '[::1]:3000', 'dialer.example.com']) {
      expectProblem(await page(host), 403, 'cross_origin');
    }
    expect((await page('localhost:5173')).status).toBe(200);
  });

  it('a page of another site is refused before anything else is looked at, so that it learns nothing', async () => {
    const answer = await from('https://evil.example', { authorization: 'Bearer nonsense' });
    expectProblem(answer, 403, 'cross_origin');
  });
});

describe('requests beyond a limit', () => {
  const limits = { requestsPerMinute: 100, accountRequestsPerMinute: 4, signInsPerMinute: 2 };
  async function limited(more: Partial<typeof limits> = {}): Promise<Stage> {
    return open({ limiters: await createRequestLimiters(null, { ...limits, ...more }) });
  }
  async function asked(
    stage: Stage,
    times: number,
    { method = 'GET', url = '/api/agents', who = AS_ADMIN, remoteAddress = '203.0.113.5' } = {},
  ) {
    const answers: LightMyRequestResponse[] = [];
    for (let n = 0; n < times; n++) {
      answers.push(
        await stage.app.inject({
          method: method as 'GET',
          url,
          remoteAddress,
          headers: { authorization: who },
          ...(method === 'POST' && { payload: {} }),
        }),
      );
    }
    return answers;
  }
  const statusesOf = (answers: Awaited<ReturnType<typeof asked>>) =>
    answers.map(({ statusCode }) => statusCode);

  it('requests beyond a limit of one account are refused from wherever they come, and another account goes on', async () => {
    const stage = await limited();
    const answers = [
      ...(await asked(stage, 2, { remoteAddress: '203.0.113.5' })),
      ...(await asked(stage, 3, { remoteAddress: '198.51.100.7' })),
    ];
    expect(statusesOf(answers)).toEqual([200, 200, 200, 200, 429]);
    const refused = answers.at(-1);
    expect(refused?.json()).toMatchObject({
      code: 'rate_limited',
      detail: expect.stringContaining('ACCOUNT_REQUESTS_PER_MINUTE'),
    });
    expect(Number(refused?.headers['retry-after'])).toBeGreaterThan(0);
    expect(answers[0]?.headers['ratelimit-remaining']).toBe('3');
  });

  it('sign-ins are limited by address, also with the right password; staying signed in costs less', async () => {
    const stage = await limited();
    const login = { method: 'POST', url: '/api/auth/login' };
    const answers = statusesOf(await asked(stage, 3, login));
    expect(answers.slice(0, 2)).not.toContain(429);
    expect(answers[2]).toBe(429);
    const elsewhere = await asked(stage, 1, { ...login, remoteAddress: '203.0.113.6' });
    expect(statusesOf(elsewhere)).not.toContain(429);
    const refreshing = await limited();
    const refreshes = await asked(refreshing, 11, { method: 'POST', url: '/api/auth/refresh' });
    expect(statusesOf(refreshes).indexOf(429)).toBe(10);
  });

  it('requests beyond a limit to sign in are counted for a whole IPv6 network, as one machine has billions of addresses', async () => {
    const stage = await limited({ signInsPerMinute: 1 });
    const login = { method: 'POST', url: '/api/auth/login' };
    await asked(stage, 1, { ...login, remoteAddress: '2001:db8:1:2::1' });
    const same = await asked(stage, 1, { ...login, remoteAddress: '2001:db8:1:2:ffff::9' });
    const other = await asked(stage, 1, { ...login, remoteAddress: '2001:db8:1:3::1' });
    expect(statusesOf(same)).toEqual([429]);
    expect(statusesOf(other)).not.toContain(429);
  });

  it('requests beyond a limit that read or write much at once are refused sooner than others', async () => {
    const stage = await limited({ accountRequestsPerMinute: 100 });
    const exports = await asked(stage, 31, { url: '/api/history/export.csv' });
    expect(statusesOf(exports).indexOf(429)).toBe(30);
    expect(exports.at(-1)?.json().detail).toContain('imports, exports');
    expect(statusesOf(await asked(stage, 1))).toEqual([200]);
  });

  it('requests beyond a limit are any number where the configuration says 0', async () => {
    const stage = await limited({
      requestsPerMinute: 0,
      accountRequestsPerMinute: 0,
      signInsPerMinute: 0,
    });
    const exports = await asked(stage, 40, { url: '/api/history/export.csv' });
    expect(new Set(statusesOf(exports))).toEqual(new Set([200]));
  });

  it('requests beyond a limit are refused before it is looked up who asks, so that a flood costs no database', async () => {
    let lookedUp = 0;
    const stage = await limited({ requestsPerMinute: 1 });
    const { principalOf } = stage.ports.access;
    Object.assign(stage.ports.access, {
      principalOf: (authorization: string) => {
        lookedUp += 1;
        return principalOf(authorization);
      },
    });
    await asked(stage, 10, { who: as('agent') });
    expect(lookedUp).toBe(1);
  });
});

describe('bytes that are no decent request', () => {
  let stage: Stage;
  let port: number;
  beforeAll(async () => {
    stage = await open();
    await stage.app.listen({ port: 0, host: '127.0.0.1' });
    const address = stage.app.server.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
  });
  afterEach(async () => {
    expect((await stage.request('GET', '/healthz')).status).toBe(200);
  });

  /** Says it, and answers what came until the server hung up. */
  const say = (text: string): Promise<string> =>
    new Promise((resolve) => {
      let heard = '';
      const socket = connect(port, '127.0.0.1', () => socket.write(text));
      socket.setEncoding('latin1');
      socket.on('data', (chunk) => {
        heard += String(chunk);
      });
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(heard));
    });
  const problemIn = (heard: string) => {
    const [head = '', body = ''] = heard.split('\r\n\r\n');
    expect(head).toMatch(/content-type: application\/problem\+json/i);
    expect(head).toMatch(/x-content-type-options: nosniff/i);
    expect(Number(/content-length: (\d+)/i.exec(head)?.[1])).toBe(Buffer.byteLength(body));
    return JSON.parse(body) as { status: number; code: string; detail: string };
  };
  const request = (line: string, ...headers: string[]) =>
    [`${line} HTTP/1.1`, 'host: 127.0.0.1', 'connection: close', ...headers, '', ''].join('\r\n');

  it('bytes that are no decent request are answered as every error is, and the connection ends', async () => {
    expect(problemIn(await say('GEH WEG\r\n\r\n'))).toMatchObject({
      status: 400,
      code: 'invalid_request',
    });
    expect(problemIn(await say('\u0016\u0003\u0001 a greeting in TLS\r\n\r\n'))).toMatchObject({
      status: 400,
    });
  });

  it.each([
    ['one header of 20 KiB', request('GET /healthz', `x-long: ${'x'.repeat(20_000)}`)],
    [
      'a thousand headers',
      request(
        'GET /healthz',
        ...Array.from({ length: 1_000 }, (_, n) => `x-${n}: ${'y'.repeat(20)}`),
      ),
    ],
    ['an address of 20 KiB', request(`GET /api/leads?q=${'x'.repeat(20_000)}`)],
  ])('are too many when they are %s', async (_name, text) => {
    expect(problemIn(await say(text))).toMatchObject({ status: 431, code: 'headers_too_large' });
  });

  it('bytes that are no decent request do not smuggle a second request past the first', async () => {
    for (const text of [
      request('POST /api/leads', 'content-length: 5', 'transfer-encoding: chunked'),
      request('POST /api/leads', 'content-length: 5', 'content-length: 6'),
      request('GET /healthz', 'x-name: a\nx-injected: b\r'),
      request('POST /api/leads', 'transfer-encoding: chunked, identity'),
    ]) {
      expect(await say(text)).toMatch(/^HTTP\/1\.1 400 /);
    }
  });

  it('bytes that are no decent request are waited for, and not for ever: headers 15 s, a whole request two minutes, silence a little longer', () => {
    const { server } = stage.app;
    expect({
      headers: server.headersTimeout,
      request: server.requestTimeout,
      silence: server.timeout,
    }).toEqual({ headers: 15_000, request: 120_000, silence: 150_000 });
    expect(server.keepAliveTimeout).toBeGreaterThan(60_000);
  });
});

describe('a body', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await open();
  });
  const post = (payload: string, url = '/api/leads') =>
    stage.request('POST', url, payload, { 'content-type': 'application/json' });

  it.each([
    '{"name":"Ada","phone_number":"+12025550143","__proto__":{"role":"admin"}}',
    '{"name":"Ada","phone_number":"+12025550143","constructor":{"prototype":{"role":"admin"}}}',
    '{"name":"Ada","enrichment":{"a":[{"__proto__":{"role":"admin"}}]}}',
    '{"\\u005f_proto__":{"role":"admin"}}',
  ])('that would change what all objects have is refused: %s', async (payload) => {
    const { detail } = expectProblem(await post(payload), 400, 'invalid_request');
    expect(detail).toContain('__proto__');
    expect(({} as Record<string, unknown>).role).toBeUndefined();
  });

  it('a body of a form cannot do so either, by its fields or by what they hold', async () => {
    const form = (name: string, value: string) =>
      stage.request(
        'POST',
        '/api/imports',
        `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n--b--\r\n`,
        { 'content-type': 'multipart/form-data; boundary=b' },
      );
    for (const answer of [
      await form('__proto__', 'x'),
      await form('constructor', 'x'),
      await form('mapping', '{"__proto__":"name"}'),
      await form('mapping', '{"constructor":{"prototype":"name"}}'),
    ]) {
      expectProblem(answer, 400, 'invalid_request');
    }
  });

  it('a body that is nested a hundred thousand times is refused', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expectProblem(await post(deep), 400, 'invalid_request');
    expectProblem(await post(`{"name":"Ada","enrichment":${deep}}`), 400, 'invalid_request');
  });

  it('the body of an anonymous request is read up to a few lines only', async () => {
    const large = JSON.stringify({ email: 'ada@example.com', password: 'x'.repeat(20_000) });
    const answer = await post(large, '/api/auth/login');
    // 404 until there is such a path.
    expectProblem(answer, 413, 'body_too_large');
  });

  it('a body that is cut off or no JSON is refused in words', async () => {
    for (const payload of ['{"name":', '{name: 1}', 'undefined', "{'a':1}", '\u0000']) {
      const answer = await post(payload);
      expectProblem(answer, 400, 'invalid_request');
      expect(answer.text).not.toMatch(/SyntaxError|position|node_modules/);
    }
  });
});
