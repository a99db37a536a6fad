import { randomUUID } from 'node:crypto';
import multipart from '@fastify/multipart';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyPluginAsync,
  LogController,
} from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { RateLimiterAbstract } from 'rate-limiter-flexible';
import { authorize } from '../access/authorize.js';
import { checkedAnswer, plainAnswer } from './check-answer.js';
import { checkRequest } from './check-request.js';
import { handleError, sendProblem } from './error-handler.js';
import type { HttpPorts } from './http-ports.js';
import { createKnownPaths } from './known-paths.js';
import { limitRequests } from './limit-requests.js';
import { openApiOptions } from './openapi.js';
import type { App } from './operation.js';
import { ERRORS_PAGE, errorsPage, ProblemError } from './problems.js';
import { registerRoutes } from './register-routes.js';
import { operationRoutes } from './routes/operations.js';
import { fromSameSite } from './same-site.js';
import { registerWebApp } from './web-app.js';

export interface HttpOptions {
  readonly log: FastifyBaseLogger;
  readonly version: string;
  /** The built web app (apps/web/dist). */
  readonly webRoot: string;
  /** Where the outside world reaches us: pages of that origin are ours. */
  readonly publicUrl?: string | null;
  /** Addresses and networks of proxies whose `X-Forwarded-*` headers count. */
  readonly trustProxy?: readonly string[];
  /** A node that serves nobody: only health, readiness and metrics. */
  readonly operationsOnly?: boolean;
  /** Routes of other parts of the server, such as webhooks; their errors become problems as everybody's do. */
  readonly plugins?: readonly FastifyPluginAsync[];
  /** Told of every answer; `route` is the pattern, never an address. */
  readonly served?: (route: string, method: string, status: number, seconds: number) => void;
  /** How many API requests a client address may make; left out: any number. */
  readonly limiter?: RateLimiterAbstract | undefined;
  /** Called before any route is added, so that its hooks see all of them. */
  readonly watch?: (app: FastifyInstance) => void;
  /** Holds answers against their schemas; for tests. */
  readonly checkAnswers?: boolean;
}

const JSON_LIMIT = 1024 * 1024;

/** The server's HTTP side, ready to listen. `close` lets requests under way end and refuses new ones. */
export async function createHttp(ports: HttpPorts, options: HttpOptions): Promise<App> {
  let closing = false;
  const app: App = Fastify({
    loggerInstance: options.log,
    // Their lines hold whole addresses, and those hold names and numbers (`q`): ours are below.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: JSON_LIMIT,
    genReqId: () => randomUUID(),
    ...(options.trustProxy?.length ? { trustProxy: [...options.trustProxy] } : {}),
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 1000 },
    frameworkErrors: (error, request, reply) => handleError(error, request, reply),
  }).withTypeProvider<ZodTypeProvider>();

  app.setValidatorCompiler(checkRequest);
  app.setSerializerCompiler(options.checkAnswers ? checkedAnswer : plainAnswer);
  app.setErrorHandler(handleError);
  acceptEmptyJson(app);

  const known = createKnownPaths();
  app.addHook('onRoute', ({ url, method }) => known.add(url, method));
  app.addHook('preClose', async () => {
    closing = true;
  });
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({
      'x-request-id': request.id,
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
    });
    if (closing) {
      throw new ProblemError(
        'shutting_down',
        'The server is stopping and takes no new work. Try again in a minute.',
        { headers: { connection: 'close', 'retry-after': '60' } },
      );
    }
    if (!fromSameSite(request.headers, options.publicUrl ?? null)) {
      throw new ProblemError(
        'cross_origin',
        'A page of another site may not use this server. Open the web app at its own address.',
      );
    }
  });
  app.addHook('onResponse', async (request, reply) => {
    const { method } = request;
    const route = request.routeOptions.url ?? 'unknown';
    const { statusCode: status, elapsedTime } = reply;
    options.served?.(route, method, status, elapsedTime / 1000);
    request.log.debug({ method, route, status, ms: Math.round(elapsedTime) }, 'request answered');
  });

  if (options.limiter) limitRequests(app, options.limiter);
  authorize(app, ports.access);
  options.watch?.(app);

  await app.register(swagger, openApiOptions(options.version));
  await app.register(swaggerUi, { routePrefix: '/api/docs' });
  await app.register(multipart);
  app.get('/api/openapi.json', { schema: { hide: true } }, async () => app.swagger());
  app.get(ERRORS_PAGE, { schema: { hide: true } }, async (_request, reply) =>
    reply.type('text/markdown; charset=utf-8').send(errorsPage()),
  );

  if (options.operationsOnly) operationRoutes(app, ports);
  else registerRoutes(app, ports);
  for (const plugin of options.plugins ?? []) await app.register(plugin);
  const web = options.operationsOnly ? null : await registerWebApp(app, options.webRoot);

  app.setNotFoundHandler((request, reply) => {
    const [path = '/'] = request.url.split('?');
    const methods = known.methodsOf(path);
    if (methods.length > 0 && !methods.includes(request.method)) {
      const allow = methods.join(', ');
      const detail = `This path has no ${request.method}. It has ${allow}.`;
      sendProblem(
        new ProblemError('method_not_allowed', detail, { headers: { allow } }),
        request,
        reply,
      );
      return;
    }
    if (web?.serve(request, reply)) return;
    const detail = 'There is no such path. /api/docs describes all that there are.';
    sendProblem(new ProblemError('not_found', detail), request, reply);
  });

  await app.ready();
  return app;
}

/** Generated clients send the JSON content type even where they send no body. */
function acceptEmptyJson(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser<string>(
    'application/json',
    { parseAs: 'string' },
    (request, body, done) => {
      if (body === '') done(null, undefined);
      else void parse(request, body, done);
    },
  );
}
