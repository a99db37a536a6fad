import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStage, type Stage } from '../harness/stage.js';
import { AS_ADMIN } from '../harness/stage-access.js';

const precompressScript = new URL('../../../../scripts/precompress.mjs', import.meta.url).href;
const { precompress } = (await import(precompressScript)) as {
  precompress(folder: string): Promise<void>;
};
const SCRIPT = 'export const words = "again and again";\n'.repeat(200);
const MANY_MISTAKES = Array.from(
  { length: 40 },
  (_, at) => `quite_unheard_of_${at}_of_forty=1`,
).join('&');
const JS = '/assets/app-Bd3x.js';

describe('an answer on the wire', () => {
  let stage: Stage;
  let webRoot: string;
  beforeAll(async () => {
    webRoot = await mkdtemp(join(tmpdir(), 'outdial-web-'));
    await mkdir(join(webRoot, 'assets'));
    await writeFile(join(webRoot, 'index.html'), '<!doctype html><head></head><title>O</title>');
    await writeFile(join(webRoot, 'assets', 'app-Bd3x.js'), SCRIPT);
    await writeFile(join(webRoot, 'assets', 'tiny-Bd3x.js'), '1');
    await writeFile(join(webRoot, 'assets', 'font-Bd3x.woff2'), Buffer.alloc(5_000, 7));
    await precompress(webRoot);
    stage = await createStage({
      http: { webRoot, corsOrigins: ['https://crm.example.com'] },
    });
    for (let at = 0; at < 30; at += 1) await stage.addLead();
  });
  afterAll(async () => {
    await stage.close();
    await rm(webRoot, { recursive: true });
  });

  const ask = async (
    url: string,
    headers: Record<string, string> = {},
    method: 'GET' | 'HEAD' = 'GET',
  ) => {
    const answer = await stage.app.inject({
      method,
      url,
      headers: { authorization: AS_ADMIN, ...headers },
    });
    return { status: answer.statusCode, headers: answer.headers, bytes: answer.rawPayload };
  };
  const decoded = { br: brotliDecompressSync, gzip: gunzipSync };

  describe('with a file of the web app', () => {
    it.each(['br', 'gzip'] as const)(
      'comes as it was compressed by the build: %s',
      async (encoding) => {
        const { status, headers, bytes } = await ask(JS, { 'accept-encoding': encoding });
        expect(status).toBe(200);
        expect(headers).toMatchObject({
          'content-encoding': encoding,
          'content-length': String(bytes.length),
          'cache-control': 'public, max-age=31536000, immutable',
        });
        expect(headers['content-type']).toMatch(/javascript/);
        expect(headers.vary).toMatch(/accept-encoding/i);
        expect(decoded[encoding](bytes).toString()).toBe(SCRIPT);
        expect(bytes.length).toBeLessThan(SCRIPT.length / 10);
      },
    );

    it('an answer on the wire with a file of the web app prefers Brotli, and is plain for clients that take neither', async () => {
      const browser = await ask(JS, { 'accept-encoding': 'gzip, deflate, br, zstd' });
      expect(browser.headers['content-encoding']).toBe('br');
      for (const accepted of ['identity', 'br;q=0, gzip;q=0', '']) {
        const plain = await ask(JS, accepted === '' ? {} : { 'accept-encoding': accepted });
        expect(plain.headers['content-encoding'], accepted).toBeUndefined();
        expect(plain.headers.vary, accepted).toMatch(/accept-encoding/i);
        expect(plain.bytes.toString()).toBe(SCRIPT);
      }
    });

    it('an answer on the wire with a file of the web app has an ETag of its own in each encoding, which a browser may ask with again', async () => {
      const [br, gzip, plain] = await Promise.all(
        ['br', 'gzip', 'identity'].map((accepted) => ask(JS, { 'accept-encoding': accepted })),
      );
      const tags = [br, gzip, plain].map((answer) => answer?.headers.etag);
      expect(new Set(tags).size).toBe(3);
      const again = await ask(JS, { 'accept-encoding': 'br', 'if-none-match': String(tags[0]) });
      expect(again.status).toBe(304);
      expect(again.headers.vary).toMatch(/accept-encoding/i);
      const other = await ask(JS, { 'accept-encoding': 'br', 'if-none-match': String(tags[2]) });
      expect(other.status).toBe(200);
    });

    it('an answer on the wire with a file of the web app says to HEAD what it would say to GET', async () => {
      const head = await ask(JS, { 'accept-encoding': 'br' }, 'HEAD');
      const get = await ask(JS, { 'accept-encoding': 'br' });
      expect(head.bytes).toHaveLength(0);
      for (const name of ['content-length', 'content-encoding', 'etag', 'cache-control', 'vary']) {
        expect(head.headers[name], name).toBe(get.headers[name]);
      }
    });

    it('an answer on the wire with a file of the web app comes in part when a part is asked for', async () => {
      const whole = await ask(JS, { 'accept-encoding': 'br' });
      const part = await ask(JS, { 'accept-encoding': 'br', range: 'bytes=10-19' });
      expect(part.status).toBe(206);
      expect(part.headers['content-range']).toBe(`bytes 10-19/${whole.bytes.length}`);
      expect(part.bytes).toEqual(whole.bytes.subarray(10, 20));
    });

    it('an answer on the wire with a file of the web app is as it lies there where nothing is won, and has no address beside its own', async () => {
      for (const url of ['/assets/tiny-Bd3x.js', '/assets/font-Bd3x.woff2']) {
        const answer = await ask(url, { 'accept-encoding': 'br' });
        expect(answer.status, url).toBe(200);
        expect(answer.headers['content-encoding'], url).toBeUndefined();
      }
      expect((await ask(`${JS}.br`)).status).toBe(404);
      expect((await ask(`${JS}.gz`)).status).toBe(404);
      expect((await ask('/assets/gone-Bd3x.js', { 'accept-encoding': 'br' })).status).toBe(404);
    });
  });

  describe('of the API', () => {
    it.each(['br', 'gzip'] as const)('is compressed while it is sent: %s', async (encoding) => {
      const plain = await ask('/api/leads');
      const { headers, bytes } = await ask('/api/leads', { 'accept-encoding': encoding });
      expect(headers).toMatchObject({
        'content-encoding': encoding,
        'content-length': String(bytes.length),
        'cache-control': 'no-store',
        vary: 'Origin, Accept-Encoding',
      });
      expect(decoded[encoding](bytes)).toEqual(plain.bytes);
      expect(plain.headers['content-encoding']).toBeUndefined();
      expect(bytes.length).toBeLessThan(plain.bytes.length / 3);
      const head = await ask('/api/leads', { 'accept-encoding': encoding }, 'HEAD');
      expect(head.bytes).toHaveLength(0);
      expect(head.headers['content-encoding']).toBe(encoding);
    });

    it('an answer on the wire of the API is compressed as a stream, too: an export', async () => {
      const plain = await ask('/api/history/export.csv');
      const zipped = await ask('/api/history/export.csv', { 'accept-encoding': 'gzip' });
      expect(zipped.headers['content-encoding']).toBe('gzip');
      expect(gunzipSync(zipped.bytes)).toEqual(plain.bytes);
    });

    it('an answer on the wire of the API is as it is where it is short, or may be a secret', async () => {
      const short = await ask('/healthz', { 'accept-encoding': 'br' });
      expect(short.headers['content-encoding']).toBeUndefined();
      for (const path of ['/api/users', '/api/api-keys', '/api/auth/me', '/api/connections']) {
        const long = await ask(`${path}?${MANY_MISTAKES}`, { 'accept-encoding': 'br' });
        expect(long.bytes.length, path).toBeGreaterThan(1_400);
        expect(long.headers['content-encoding'], path).toBeUndefined();
      }
    });

    it('an answer on the wire of the API keeps apart what differs by origin, too', async () => {
      const { headers } = await ask('/api/leads', {
        'accept-encoding': 'br',
        origin: 'https://crm.example.com',
      });
      expect(headers.vary).toBe('Origin, Accept-Encoding');
    });

    it('an answer on the wire of the API is compressed when it is a problem that is long', async () => {
      const { status, headers, bytes } = await ask(`/api/leads?${MANY_MISTAKES}`, {
        'accept-encoding': 'br',
      });
      expect(status).toBe(400);
      expect(headers['content-type']).toMatch(/^application\/problem\+json/);
      expect(JSON.parse(brotliDecompressSync(bytes).toString())).toMatchObject({ status: 400 });
    });
  });
});
