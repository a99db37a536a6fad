import type { IncomingMessage } from 'node:http';
import { ProblemError } from './problems.js';

/** Browsers send some twenty. Their whole size is held to 16 KiB by Node.js, the address included. */
const MAX_HEADERS = 100;

/** What is wrong with the head of a request that Node.js itself lets through; null: nothing. */
export function refusedHead(request: IncomingMessage): ProblemError | null {
  if (request.rawHeaders.length > 2 * MAX_HEADERS) {
    return new ProblemError(
      'headers_too_large',
      `The request has more than ${MAX_HEADERS} headers. Send what is long in a body.`,
    );
  }
  // RFC 9112, section 3.2.
  if (request.httpVersion === '1.1' && request.headers.host === undefined) {
    return new ProblemError(
      'invalid_request',
      'The request has no Host header, which HTTP/1.1 demands. Check what sends it.',
    );
  }
  return null;
}
