import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../platform/app.js';
import { addVary } from './compress-answers.js';
import { handleError } from './error-handler.js';
import { pagePolicy } from './security-headers.js';

/** Paths of programs: a browser that asks for one of these by mistake gets the problem, not the web app. */
const FOR_PROGRAMS = /^\/(api|webhooks|live|healthz|readyz|metrics|assets)(\/|$)/;

/** Vite names these files after their content. */
const HASHED = /[/\\]assets[/\\]/;

export interface WebApp {
  /** Answers a browser's navigation with the web app, which has its own routes. False: it is not for it. */
  serve(request: FastifyRequest, reply: FastifyReply): boolean;
}

/** The built web app, out of `folder`; while that is empty a page that says how to build it. */
export async function registerWebApp(
  app: App,
  folder: string,
  { overHttps }: { readonly overHttps: boolean },
): Promise<WebApp> {
  const page = join(folder, 'index.html');
  const built = existsSync(page);
  if (built) {
    await app.register(async (files) => {
      // Also of a 304, and of files that are not compressed: what is asked for decides which one it is.
      files.addHook('onSend', async (_request, reply) => addVary(reply));
      await files.register(fastifyStatic, {
        root: folder,
        // `x.js.br` and `x.js.gz` lie beside `x.js` (scripts/precompress.mjs); each has its own ETag and length.
        preCompressed: true,
        cacheControl: false,
        // The page itself is answered below, with a nonce that is good once.
        index: false,
        allowedPath: (path) => !/^\/*(index\.html)?$|\.(br|gz)$/.test(path),
        setHeaders(reply, path) {
          const forEver = HASHED.test(path);
          reply.setHeader(
            'cache-control',
            forEver ? 'public, max-age=31536000, immutable' : 'no-cache',
          );
        },
        schemaHide: true,
      });
    });
  }

  async function send(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    try {
      const html = built ? await readFile(page, 'utf8') : NOT_BUILT;
      // 128 random bits, anew for every answer (CSP Level 3, 7.1).
      const nonce = randomBytes(16).toString('base64');
      await pagePolicy(reply, nonce, overHttps)
        .status(200)
        .header('cache-control', 'no-store')
        .type('text/html; charset=utf-8')
        .send(html.replace('<head>', `<head>\n    <meta property="csp-nonce" nonce="${nonce}">`));
    } catch (error) {
      handleError(error, request, reply);
    }
  }

  return {
    serve(request, reply) {
      const [path = '/'] = request.url.split('?');
      const navigation =
        (request.method === 'GET' || request.method === 'HEAD') &&
        (path === '/' || (request.headers.accept ?? '').includes('text/html')) &&
        !FOR_PROGRAMS.test(path);
      if (!navigation) return false;
      void send(request, reply);
      return true;
    },
  };
}

const NOT_BUILT = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Outdial</title>
</head>
<body>
<h1>Outdial is running</h1>
<p>The web app is not built yet. Build it with</p>
<pre>npm run build</pre>
<p>and start the server again, or work on it with <code>npm run dev</code>.
The API is described at <a href="/api/docs">/api/docs</a>.</p>
</body>
</html>
`;
