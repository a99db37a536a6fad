import { pipeline, type Readable } from 'node:stream';
import { promisify } from 'node:util';
import { brotliCompress, constants, createBrotliCompress, createGzip, gzip } from 'node:zlib';
import negotiate from '@fastify/accept-negotiator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { App } from '../platform/app.js';
import { pathOf } from './limit-requests.js';

/** Below this an answer fits one packet either way. */
const WORTH_IT_BYTES = 1_400;
const COMPRESSIBLE = /^text\/(?!event-stream)|[/+](json|xml|javascript|yaml)\b/;

/** Quality 4 of 11: within 15 % of the smallest on our lists of calls, in a thirtieth of the time. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };
const WHOLE = {
  br: (bytes: Buffer) => promisify(brotliCompress)(bytes, BROTLI),
  gzip: (bytes: Buffer) => promisify(gzip)(bytes),
};
const STREAMED = { br: () => createBrotliCompress(BROTLI), gzip: () => createGzip() };
const ENCODINGS = ['br', 'gzip'] as const;

/**
 * What these answer may be a secret: tokens, one-time passwords, keys, recovery codes. BREACH (2013) reads a secret off the length
 * of compressed answers that also repeat something of the attacker's. It needs requests that a browser sends with the person's rights,
 * and another site cannot make one here (tokens are headers, the only cookie is SameSite=Strict and for /api/auth), but these answers are
 * short and few, so nothing is lost by leaving them as they are.
 */
const MAY_BE_SECRET = /^\/api\/(auth|users|api-keys|connections)(\/|$)/;

/**
 * Compresses what answers JSON or text, where the client takes it. Files of the web app come compressed from the build (`registerWebApp`);
 * their streams have a length already and pass. Socket.IO has its own sockets and never comes here.
 */
export function compressAnswers(app: App): void {
  app.addHook('onSend', async (request, reply, payload: unknown) => {
    if (!COMPRESSIBLE.test(String(reply.getHeader('content-type') ?? ''))) return payload;
    addVary(reply);
    const encoding = encodingFor(request, reply);
    if (encoding === null) return payload;
    if (isStream(payload)) {
      if (reply.hasHeader('content-length')) return payload;
      reply.header('content-encoding', encoding);
      // Ends both when either fails, or the client leaves; Fastify hears of it from the last one.
      return pipeline(payload, STREAMED[encoding](), () => undefined);
    }
    if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) return payload;
    const bytes = Buffer.from(payload as string);
    if (bytes.length < WORTH_IT_BYTES) return payload;
    const compressed = await WHOLE[encoding](bytes);
    reply.headers({ 'content-encoding': encoding, 'content-length': compressed.length });
    return compressed;
  });
}

function encodingFor(
  request: FastifyRequest,
  reply: FastifyReply,
): (typeof ENCODINGS)[number] | null {
  if (reply.statusCode === 206 || reply.statusCode === 304) return null;
  if (reply.hasHeader('content-encoding') || reply.hasHeader('set-cookie')) return null;
  if (MAY_BE_SECRET.test(pathOf(request))) return null;
  const accepted = request.headers['accept-encoding'];
  return accepted === undefined ? null : negotiate(String(accepted), [...ENCODINGS]);
}

/** A cache between us and the client must not hand the compressed answer to a client that does not take it. */
export function addVary(reply: FastifyReply): void {
  const before = [reply.getHeader('vary') ?? []].flat().join(', ');
  if (/(^|,\s*)(accept-encoding|\*)(\s*,|$)/i.test(before)) return;
  reply.header('vary', before === '' ? 'Accept-Encoding' : `${before}, Accept-Encoding`);
}

const isStream = (payload: unknown): payload is Readable =>
  typeof (payload as Readable | null)?.pipe === 'function';
