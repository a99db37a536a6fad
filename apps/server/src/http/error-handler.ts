import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { ERROR_CODES, type ErrorCode } from '@outdial/protocol';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { Refusal } from '../platform/refusal.js';
import { ProblemError, problemBody, problemOf } from './problems.js';

/** Whatever was thrown becomes a problem here; an unexpected error is logged here, once. */
export function handleError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const problem = toProblem(error, request);
  if (problem.code === 'internal') {
    request.log.error({ err: error, route: request.routeOptions.url }, 'request failed');
  } else if (problem.statusCode >= 500) {
    request.log.warn(
      { err: problem.cause ?? problem, route: request.routeOptions.url },
      'request could not be served',
    );
  }
  sendProblem(problem, request, reply);
}

/** RFC 6750, section 3. */
const BEARER = 'Bearer realm="outdial"';

export function sendProblem(
  problem: ProblemError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  void reply
    .status(problem.statusCode)
    .headers({
      // RFC 9110, section 15.5.2: every 401 says how to come in.
      ...(problem.statusCode === 401 && { 'www-authenticate': BEARER }),
      ...problem.headers,
      'x-request-id': request.id,
    })
    .type('application/problem+json')
    // As bytes: no response schema of the route has a say in it.
    .send(JSON.stringify(problemBody(problem, request.id)));
}

/**
 * For what Node.js itself cannot take for a request, before there is one: headers that are too large or too slow, bytes that are no
 * HTTP. Answers what it can and ends the connection; nothing is logged, as anybody could fill the log with it.
 */
export const answerBrokenRequest =
  (always: Readonly<Record<string, string>>) =>
  (error: Error & { readonly code?: string }, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    if (socket.writable) {
      const problem = brokenRequest(error.code);
      const id = randomUUID();
      const body = JSON.stringify(problemBody(problem, id));
      const headers = {
        ...always,
        'x-request-id': id,
        'content-type': 'application/problem+json',
        'content-length': String(Buffer.byteLength(body)),
        connection: 'close',
      };
      socket.write(
        [
          `HTTP/1.1 ${problem.statusCode} ${STATUS_CODES[problem.statusCode] ?? ''}`,
          ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
          '',
          body,
        ].join('\r\n'),
      );
    }
    socket.destroy(error);
  };

function brokenRequest(code: string | undefined): ProblemError {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new ProblemError(
        'request_too_slow',
        'The request did not come in time. Send it again over a better connection, or send less at a time.',
      );
    case 'HPE_HEADER_OVERFLOW':
      return new ProblemError(
        'headers_too_large',
        'The address and the headers are over the limit of 16 KiB together. Send what is long in a body.',
      );
    default:
      return new ProblemError(
        'invalid_request',
        'This is not a request that HTTP knows. Check what sends it.',
      );
  }
}

function toProblem(error: unknown, request: FastifyRequest): ProblemError {
  if (error instanceof ProblemError) return error;
  if (error instanceof Refusal) return problemOf(error);
  const code = codeOf(error);
  if (code === 'BAD_CURSOR') {
    return new ProblemError('invalid_cursor', ERROR_CODES.invalid_cursor, {
      errors: [{ field: 'cursor', message: 'was not made by this list with these filters' }],
    });
  }
  return (
    fromFramework(code, error, request) ??
    fromDatabase(code, error) ??
    new ProblemError(
      'internal',
      `${ERROR_CODES.internal} Try again; if it stays, tell your administrator.`,
      {
        cause: error,
      },
    )
  );
}

/** Fastify's own refusals, by https://fastify.dev/docs/latest/Reference/Errors/. */
function fromFramework(
  code: string | undefined,
  error: unknown,
  request: FastifyRequest,
): ProblemError | null {
  const refused = (as: ErrorCode, detail: string) => new ProblemError(as, detail, { cause: error });
  switch (code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
    case 'FST_REQ_FILE_TOO_LARGE':
      return tooLarge(request.routeOptions.bodyLimit ?? 0);
    case 'FST_FIELDS_LIMIT':
    case 'FST_FILES_LIMIT':
    case 'FST_PARTS_LIMIT':
      return refused(
        'invalid_request',
        'The form has too many parts: send one file and its options.',
      );
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_INVALID_MULTIPART_CONTENT_TYPE':
      return refused(
        'unsupported_media_type',
        'This path does not read that content type; the API document says which it reads, mostly application/json.',
      );
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return new ProblemError(
        'invalid_request',
        'The body is not JSON, or has a field called __proto__. Check quotes, commas and brackets, and send it again.',
        { cause: error, errors: [{ field: 'body', message: 'is not JSON' }] },
      );
    case 'FST_PROTO_VIOLATION':
      return new ProblemError(
        'invalid_request',
        'The form has a field with a name that no field may have. Take it out and send it again.',
        {
          cause: error,
          errors: [{ field: 'body', message: 'has a field that no field may be called' }],
        },
      );
    case 'FST_ERR_BAD_URL':
      return refused('invalid_request', 'The address is not well-formed. Check its %-escapes.');
    default:
      break;
  }
  // Of plugins, such as a folder asked for as a file.
  const status = (error as Partial<FastifyError> | null)?.statusCode ?? 500;
  if (status === 413) return tooLarge(request.routeOptions.bodyLimit ?? 0);
  if (status === 403 || status === 404) return refused('not_found', 'There is no such path.');
  if (status >= 400 && status < 500) {
    return refused('invalid_request', 'The request cannot be read. Check it and send it again.');
  }
  return null;
}

const MEBIBYTE = 1024 * 1024;

export const tooLarge = (limit: number): ProblemError =>
  new ProblemError(
    'body_too_large',
    `The body is over the limit of ${limit >= MEBIBYTE ? `${limit / MEBIBYTE} MiB` : `${limit} bytes`}. Send less at a time.`,
  );

const CONNECTION_LOST = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EHOSTUNREACH',
  // SQLSTATE: the server goes down or is not up yet, has no connection left, or asks for another try.
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '40001',
  '40P01',
]);
/** Drivers say some of it without a code. */
const CONNECTION_WORDS =
  /connection (terminated|ended|closed)|timeout exceeded when trying to connect|not queryable|driver has already been destroyed|PGlite is (closed|closing)/i;

function fromDatabase(code: string | undefined, error: unknown): ProblemError | null {
  const message = error instanceof Error ? error.message : '';
  if (
    (code !== undefined && (CONNECTION_LOST.has(code) || /^08.{3}$/.test(code))) ||
    CONNECTION_WORDS.test(message)
  ) {
    return new ProblemError(
      'not_ready',
      'The database does not answer at the moment. Try again in a few seconds.',
      { cause: error, headers: { 'retry-after': '5' } },
    );
  }
  // "Data exception": a value that fits its schema, but not its column, such as a date in the year 0.
  if (code !== undefined && /^22.{3}$/.test(code)) {
    return new ProblemError(
      'invalid_request',
      'A value is outside the range that can be stored. Correct it and send it again.',
      { cause: error },
    );
  }
  return null;
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
