import {
  ERROR_CODES,
  type ErrorCode,
  isTextAnswer,
  type Needs,
  type Operation,
  Problem,
} from '@outdial/protocol';
import type { FastifySchema } from 'fastify';
import { z } from 'zod';
import type { Handled } from '../operations/handle.js';
import type { App } from '../platform/app.js';
import { JSON_LIMIT_BYTES, readForm } from './csv-upload.js';
import { HTTP_STATUS } from './problems.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The operation that the route serves. */
    operation?: Operation;
    /** Who may use a route that is no operation. A route of the API that has neither is refused. */
    permission?: Needs;
  }
}

/** Adds a route for each operation. Authorization and limits find the operation in the route's `config`. */
export function serveOperations(app: App, handled: readonly Handled[]): void {
  for (const { operation, handler } of handled) {
    const status = Number(Object.keys(operation.answers)[0]);
    app.route({
      method: operation.method,
      url: operation.path,
      schema: schemaOf(operation),
      config: { operation, ...(operation.form && { takesFile: true }) },
      ...(operation.form && { bodyLimit: JSON_LIMIT_BYTES, preValidation: readForm }),
      handler: (request, reply) => {
        reply.status(status);
        return handler(request, reply);
      },
    });
  }
}

/** The query and the body of an operation that describes none: it takes none, and refuses one that comes. */
const NO_FIELDS = z.strictObject({});
export const NO_BODY = NO_FIELDS.nullish();

/** The shapes that a route checks, and what the API document says of it. */
export function schemaOf(operation: Operation): FastifySchema {
  const { method, params, headers, description, permission } = operation;
  const about = [description, inWords(permission)].filter((text) => text).join('\n\n');
  return {
    operationId: operation.id,
    tags: [operation.tag],
    summary: operation.summary,
    ...(about !== '' && { description: about }),
    ...(params && { params }),
    ...(headers && { headers }),
    querystring: operation.query ?? NO_FIELDS,
    ...(method !== 'GET' && { body: bodyOf(operation) }),
    response: { ...failuresOf(operation), ...answersOf(operation) },
  };
}

const inWords = (permission: Needs): string | null => {
  if (permission === 'public') return null;
  if (permission === 'signed_in') return 'For a person who signed in; not with an API key.';
  return `Needs the permission ${permission.map((name) => `\`${name}\``).join(' or ')}.`;
};

/** A body that may come in several ways. */
export interface ByContentType {
  readonly content: Readonly<Record<string, { readonly schema: z.ZodType }>>;
}

function bodyOf({ body, form }: Operation): z.ZodType | ByContentType {
  if (form === undefined || body === undefined) return body ?? NO_BODY;
  return {
    content: {
      'application/json': { schema: body },
      'multipart/form-data': { schema: form },
    },
  };
}

const answersOf = ({ answers }: Operation): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(answers).map(([status, answer]) => [
      status,
      isTextAnswer(answer)
        ? {
            description: answer.description,
            content: { [answer.contentType]: { schema: z.string() } },
          }
        : answer,
    ]),
  );

/** What can go wrong with every operation. */
const ALWAYS: readonly ErrorCode[] = [
  'unauthorized',
  'forbidden',
  'password_change_required',
  'internal',
  'not_ready',
  'invalid_request',
];

function failuresOf({ errors = [], body }: Operation): Record<string, unknown> {
  const codes = new Set<ErrorCode>([...errors, ...ALWAYS]);
  if (body) codes.add('body_too_large').add('unsupported_media_type');
  const byStatus: Record<number, ErrorCode[]> = {};
  for (const code of codes) {
    const status = HTTP_STATUS[code];
    byStatus[status] = [...(byStatus[status] ?? []), code];
  }
  return Object.fromEntries(
    Object.entries(byStatus).map(([status, ofStatus]) => [
      status,
      {
        description: ofStatus.map((code) => `\`${code}\`: ${ERROR_CODES[code]}`).join(' '),
        content: { 'application/problem+json': { schema: Problem } },
      },
    ]),
  );
}
