import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { ApiFault, ApiFaults } from './api-faults.js';
import { badRequest, edge } from './api-problem.js';
import { type Credentials, judgeAuthorization } from './credentials.js';
import type { Pace } from './pace.js';
import type { RateLimit } from './rate-limit.js';
import type { LoggedRequest, RequestLog } from './request-log.js';
import type { Settings } from './settings.js';

interface GateState {
  readonly pace: Pace;
  readonly settings: Settings;
  readonly credentials: Credentials;
  readonly rateLimit: RateLimit;
  readonly faults: ApiFaults;
  readonly requests: RequestLog;
}

/**
 * What every API request passes before its route: the credential (401, 403), the company's rate limit (429), the faults
 * that were ordered, and the content type. The answer passes the faults again when the request was executed.
 */
export function addApiGate(api: FastifyInstance, state: GateState): void {
  const strikes = new WeakMap<FastifyRequest, ApiFault>();
  const logged = new WeakMap<FastifyRequest, LoggedRequest>();

  api.addHook('onRequest', async (request, reply) => {
    const path = request.url.split('?', 1)[0] ?? request.url;
    const entry = state.requests.note({
      atMs: state.pace.now(),
      method: request.method,
      path,
      status: null,
      faultId: null,
    });
    logged.set(request, entry);

    const authorization = judgeAuthorization(request.headers.authorization, state.credentials);
    if (authorization === 'missing') return reply.code(401).send(edge.unauthorized);
    if (authorization === 'wrong') return reply.code(403).send(edge.forbidden);

    const rate = state.rateLimit.take();
    reply.headers(rate.headers);
    if (!rate.isAllowed) return reply.code(429).send(tooManyRequests);

    const fault = state.faults.strike({
      method: request.method,
      path,
      route: request.routeOptions.url,
    });
    entry.faultId = fault?.id ?? null;
    if (fault?.executed) strikes.set(request, fault);
    else if (fault) return misbehave(fault, reply, state);
  });

  api.addHook('onRequest', async (request) => {
    const isJson =
      request.headers['content-type']?.toLowerCase().startsWith('application/json') ?? false;
    if (needsJson.has(request.method) && !isJson && state.settings.behaviour.strictContentType) {
      throw badRequest('Content-Type must be application/json');
    }
  });

  api.addHook('onSend', async (request, reply, payload) => {
    const fault = strikes.get(request);
    return fault ? loseAnswer(fault, reply, payload, state) : payload;
  });

  api.addHook('onResponse', async (request, reply) => {
    const entry = logged.get(request);
    if (entry) entry.status = reply.statusCode;
  });
}

/** Reference 1: a JSON content type is required on these, an empty DELETE included. */
const needsJson = new Set(['POST', 'PUT', 'DELETE']);

/** The body of a 429 is not documented (reference 1.3). */
const tooManyRequests = {
  error: 'Too Many Requests',
  troubleshoot: 'The rate limit of your company has been reached',
};
const garbage = '<html><body><h1>upstream connect error or disconnect/reset before headers</h1>';

/** The request is not executed. */
async function misbehave(
  fault: ApiFault,
  reply: FastifyReply,
  state: GateState,
): Promise<FastifyReply | undefined> {
  switch (fault.mode) {
    case 'status':
      setFaultStatus(fault, reply, state);
      return reply.send(faultBody(fault));
    case 'garbage':
      return reply.code(200).type('text/html').send(garbage);
    case 'never':
      reply.hijack();
      return reply;
    case 'cut':
      reply.hijack();
      reply.raw.destroy();
      return reply;
    case 'late':
      await new Promise<void>((resolve) => state.pace.after(fault.delaySeconds, resolve));
      return undefined;
    default:
      return fault.mode satisfies never;
  }
}

/** The request was executed; only the answer suffers. */
async function loseAnswer(
  fault: ApiFault,
  reply: FastifyReply,
  payload: unknown,
  state: GateState,
): Promise<unknown> {
  switch (fault.mode) {
    case 'status':
      setFaultStatus(fault, reply, state);
      reply.type('application/json; charset=utf-8').removeHeader('content-length');
      return JSON.stringify(faultBody(fault));
    case 'garbage':
      reply.code(200).type('text/html').removeHeader('content-length');
      return garbage;
    case 'never':
      return new Promise(() => {});
    case 'cut':
      reply.raw.destroy();
      return payload;
    case 'late':
      await new Promise<void>((resolve) => state.pace.after(fault.delaySeconds, resolve));
      return payload;
    default:
      return fault.mode satisfies never;
  }
}

function setFaultStatus(fault: ApiFault, reply: FastifyReply, state: GateState): void {
  reply.code(fault.status);
  if (fault.status === 429) reply.headers(state.rateLimit.exhaustedHeaders());
}

function faultBody(fault: ApiFault): Record<string, unknown> {
  if (fault.status === 429) return tooManyRequests;
  return {
    error: fault.status >= 500 ? 'Internal Server Error' : 'Error',
    troubleshoot: 'A fault of the mock',
  };
}
