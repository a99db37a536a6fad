import { existsSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from './operation.js';

/** Paths of programs: a browser that asks for one of these by mistake gets the problem, not the web app. */
const FOR_PROGRAMS = /^\/(api|webhooks|live|healthz|readyz|metrics|assets)(\/|$)/;

/** Vite names these files after their content. */
const HASHED = /[/\\]assets[/\\]/;

export interface WebApp {
  /** Answers a browser's navigation with the web app, which has its own routes. False: it is not for it. */
  serve(request: FastifyRequest, reply: FastifyReply): boolean;
}

/** The built web app, out of `folder`; while that is empty a page that says how to build it. */
export async function registerWebApp(app: App, folder: string): Promise<WebApp> {
  const built = existsSync(join(folder, 'index.html'));
  if (built) {
    await app.register(fastifyStatic, {
      root: folder,
      cacheControl: false,
      setHeaders(reply, path) {
        const forEver = HASHED.test(path);
        reply.setHeader(
          'cache-control',
          forEver ? 'public, max-age=31536000, immutable' : 'no-cache',
        );
      },
      schemaHide: true,
    });
  }
  return {
    serve(request, reply) {
      const [path = '/'] = request.url.split('?');
      const navigation =
        (request.method === 'GET' || request.method === 'HEAD') &&
        (path === '/' || (request.headers.accept ?? '').includes('text/html')) &&
        !FOR_PROGRAMS.test(path);
      if (!navigation) return false;
      if (built) void reply.status(200).sendFile('index.html');
      else void reply.status(200).type('text/html; charset=utf-8').send(NOT_BUILT);
      return true;
    },
  };
}

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Outdial</title>
<body style="font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem">
<h1>Outdial is running</h1>
<p>The web app is not built yet. Build it with</p>
<pre>npm run build</pre>
<p>and start the server again, or work on it with <code>npm run dev</code>.
The API is described at <a href="/api/docs">/api/docs</a>.</p>
</body>
</html>
`;
