import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import cors from '@fastify/cors';
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
import { authorize } from '../access/authorize.js';
import { healthHandlers } from '../features/health/routes.js';
import type { HttpPorts } from '../features/http-ports.js';
import type { App } from '../platform/app.js';
import { checkedAnswer, plainAnswer } from './check-answer.js';
import { checkRequest } from './check-request.js';
import { compressAnswers } from './compress-answers.js';
import { limitUploads } from './csv-upload.js';
import { answerBrokenRequest, handleError, sendProblem } from './error-handler.js';
import { createKnownPaths } from './known-paths.js';
import { limitAccounts, limitAddresses, type RequestLimiters } from './limit-requests.js';
import { openApiOptions } from './openapi.js';
import { ERRORS_PAGE, errorsPage, ProblemError } from './problems.js';
import { registerRoutes } from './register-routes.js';
import { refusedHead } from './request-head.js';
import { askedFrom } from './same-site.js';
import { DOCS_POLICY, plainHeaders, setSecurityHeaders } from './security-headers.js';
import { serveOperations } from './serve-operations.js';
import { registerWebApp } from './web-app.js';

export interface HttpOptions {
  readonly log: FastifyBaseLogger;
  readonly version: string;
  /** The built web app (apps/web/dist). */
  readonly webRoot: string;
  /** Where the outside world reaches us: pages of that origin are ours. */
  readonly publicUrl?: string | null;
  /** Other sites whose pages may use the API, with tokens of their own. */
  readonly corsOrigins?: readonly string[];
  /** Addresses and networks of proxies whose `X-Forwarded-*` headers count. */
  readonly trustProxy?: readonly string[];
  /** A node without users: only health, readiness and metrics. */
  readonly operationsOnly?: boolean;
  /** Routes of other parts of the server, such as webhooks; their errors become problems as everybody's do. */
  readonly plugins?: readonly FastifyPluginAsync[];
  /** Told of every answer; `route` is the pattern, never an address. */
  readonly served?: (route: string, method: string, status: number, seconds: number) => void;
  /** How many API requests are served; left out: any number. */
  readonly limiters?: RequestLimiters;
  /** Called before any route is added, so that its hooks see all of them. */
  readonly watch?: (app: FastifyInstance) => void;
  /** Holds answers against their schemas; for tests. */
  readonly checkAnswers?: boolean;
}

const JSON_LIMIT_BYTES = 1024 * 1024;
/** A request before sign-in needs room for an e-mail address and a password. */
const SIGN_IN_LIMIT_BYTES = 16 * 1024;

/**
 * How long a client may take. Headers are sent by programs and come at once; without a limit a few machines that send a letter a
 * minute hold every connection. A whole request: an import of 50 MiB comes within two minutes over 4 Mbit/s. Silence in
 * the midst of anything, so also of an answer that the client does not read, ends the connection a little later; WebSockets are asked for
 * a sign of life by Socket.IO instead. A proxy may keep idle connections open: 72 s, longer than the usual 60 s of proxies, so
 * that it is they who close them.
 */
const HEADERS_WITHIN = 15_000;
const REQUEST_WITHIN = 120_000;
const SILENT_AT_MOST_MS = 150_000;
const IDLE_AT_MOST_MS = 72_000;
const LOOK_FOR_SLOW_EVERY_MS = 5_000;
/** What a page of another site may send and read. */
const CORS_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const CORS_MAY_SEND = ['authorization', 'content-type', 'x-agent-id'];
const CORS_MAY_READ = [
  'content-disposition',
  'ratelimit-limit',
  'ratelimit-remaining',
  'ratelimit-reset',
  'retry-after',
  'www-authenticate',
  'x-request-id',
];
const PREFLIGHT_COUNTS_FOR = 600;

/** The server's HTTP side, ready to listen. `close` lets requests under way end and refuses new ones. */
export async function createHttp(ports: HttpPorts, options: HttpOptions): Promise<App> {
  let closing = false;
  const sites = { publicUrl: options.publicUrl ?? null, corsOrigins: options.corsOrigins ?? [] };
  const overHttps = sites.publicUrl?.startsWith('https:') ?? false;
  const always = plainHeaders(overHttps);
  const app: App = Fastify({
    loggerInstance: options.log,
    // Their lines hold whole addresses, and those hold names and numbers (`q`): ours are below.
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: JSON_LIMIT_BYTES,
    requestTimeout: REQUEST_WITHIN,
    connectionTimeout: SILENT_AT_MOST_MS,
    keepAliveTimeout: IDLE_AT_MOST_MS,
    http: {
      headersTimeout: HEADERS_WITHIN,
      connectionsCheckingInterval: LOOK_FOR_SLOW_EVERY_MS,
      // Refused below, with a sentence and all headers; Node.js' own answer has neither.
      requireHostHeader: false,
    },
    clientErrorHandler: answerBrokenRequest(always),
    genReqId: () => randomUUID(),
    ...(options.trustProxy?.length ? { trustProxy: [...options.trustProxy] } : {}),
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 1000 },
    frameworkErrors: (error, request, reply) => {
      reply.headers(always);
      handleError(error, request, reply);
    },
  }).withTypeProvider<ZodTypeProvider>();
  // Beyond its own limit Node.js drops headers without a word, so it gets none, and the request is refused.
  app.server.maxHeadersCount = 0;
  app.server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(417, { ...always, connection: 'close' }).end();
  });

  app.setValidatorCompiler(checkRequest);
  app.setSerializerCompiler(options.checkAnswers ? checkedAnswer : plainAnswer);
  app.setErrorHandler(handleError);
  acceptEmptyJson(app);

  const known = createKnownPaths();
  app.addHook('onRoute', ({ url, method }) => known.add(url, method));
  app.addHook('onRoute', (route) => {
    if (route.url.startsWith('/api/auth/')) route.bodyLimit ??= SIGN_IN_LIMIT_BYTES;
  });
  compressAnswers(app);
  app.addHook('preClose', async () => {
    closing = true;
  });
  await setSecurityHeaders(app, { overHttps });
  app.addHook('onRequest', async ({ raw }) => {
    const wrong = refusedHead(raw);
    if (wrong !== null) throw wrong;
  });
  app.addHook('onRequest', async (request) => {
    if (closing) {
      throw new ProblemError(
        'shutting_down',
        'The server is stopping and takes no new work. Try again in a minute.',
        { headers: { connection: 'close', 'retry-after': '60' } },
      );
    }
    const from = askedFrom(request.headers, sites);
    if (from === 'other') {
      throw new ProblemError(
        'cross_origin',
        'A page of another site may not use this server. Open the web app at its own address, or have the site named in CORS_ORIGINS.',
      );
    }
    // Ours are for our own pages: a user who is signed in here is not signed in there.
    if (from === 'listed') delete request.headers.cookie;
  });
  if (sites.corsOrigins.length > 0) {
    await app.register(cors, {
      origin: [...sites.corsOrigins],
      credentials: false,
      methods: CORS_METHODS,
      allowedHeaders: CORS_MAY_SEND,
      exposedHeaders: CORS_MAY_READ,
      maxAge: PREFLIGHT_COUNTS_FOR,
    });
  }
  app.addHook('onResponse', async (request, reply) => {
    const { method } = request;
    const route = request.routeOptions.url ?? 'unknown';
    const { statusCode: status, elapsedTime } = reply;
    options.served?.(route, method, status, elapsedTime / 1000);
    request.log.debug({ method, route, status, ms: Math.round(elapsedTime) }, 'request answered');
  });

  limitAddresses(app, options.limiters ?? {});
  authorize(app, ports.access, {
    behindProxy: sites.publicUrl !== null || (options.trustProxy?.length ?? 0) > 0,
  });
  limitAccounts(app, options.limiters ?? {});
  limitUploads(app);
  options.watch?.(app);

  await app.register(swagger, openApiOptions(options.version));
  await app.register(swaggerUi, { routePrefix: '/api/docs', staticCSP: DOCS_POLICY });
  await app.register(multipart);
  app.get(
    '/api/openapi.json',
    { schema: { hide: true }, config: { permission: 'public' } },
    async () => app.swagger(),
  );
  app.get(
    ERRORS_PAGE,
    { schema: { hide: true }, config: { permission: 'public' } },
    async (_request, reply) => reply.type('text/markdown; charset=utf-8').send(errorsPage()),
  );

  if (options.operationsOnly) serveOperations(app, healthHandlers(ports));
  else registerRoutes(app, ports);
  for (const plugin of options.plugins ?? []) await app.register(plugin);
  const web = options.operationsOnly
    ? null
    : await registerWebApp(app, options.webRoot, { overHttps });

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
