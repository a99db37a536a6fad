import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorCode } from '@outdial/protocol';
import { ERROR_CODES, Id, Problem } from '@outdial/protocol';
import type { FastifyBaseLogger, FastifyInstance, FastifySchema, RawServerDefault } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { HTTP_STATUS } from './problems.js';

export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  ZodTypeProvider
>;

/** What the API document says of an operation beyond its shapes. */
interface About {
  /** `operationId`: what a generated client calls it. */
  readonly id: string;
  readonly tag: Tag;
  readonly summary: string;
  readonly description?: string;
  /** Beside those that every operation has. */
  readonly errors?: readonly ErrorCode[];
}

/** A body that may come in several ways. */
export interface ByContentType {
  readonly content: Readonly<Record<string, { readonly schema: z.ZodType }>>;
}

interface Shapes {
  readonly params?: z.ZodType;
  readonly querystring?: z.ZodType;
  readonly headers?: z.ZodType;
  readonly body?: z.ZodType | ByContentType;
  /** Answers that are no errors, by status. */
  readonly response: Readonly<Record<number, unknown>>;
}

export const TAGS = {
  leads: 'People to call.',
  contacts: 'Leads, under the name that CRMs use.',
  imports: 'Leads out of CSV files.',
  queues: 'Lists of leads to work through, and what is in them.',
  dialer: 'Sessions: agents working through queues.',
  calls: 'Single calls, live or over.',
  history: 'What was called.',
  statistics: 'Sums over calls.',
  agents: 'Who takes calls.',
  suppressions: 'Numbers that are never dialed.',
  crm: 'Bringing calls into the CRM.',
  'mock-crm': 'What the mock CRM holds, and its faults on demand.',
  settings: 'The system settings.',
  webhooks: 'What providers send.',
  auth: 'Signing in and out, and what is about oneself.',
  users: 'Who may sign in, and programs with keys.',
  security: 'Credentials, personal data, and the audit log.',
  operations: 'Looking after the server.',
} as const;
export type Tag = keyof typeof TAGS;

/** The schema of one route: its shapes, and everything the API document needs to know of it. */
export function operation<const S extends Shapes>(about: About, shapes: S): S & FastifySchema {
  const codes: ErrorCode[] = [
    ...(about.errors ?? []),
    'unauthorized',
    'forbidden',
    'password_change_required',
    'internal',
    'not_ready',
  ];
  const { params, querystring, headers, body } = shapes;
  if (params || querystring || headers || body) codes.push('invalid_request');
  if (body) codes.push('body_too_large', 'unsupported_media_type');
  return {
    ...shapes,
    operationId: about.id,
    tags: [about.tag],
    summary: about.summary,
    ...(about.description !== undefined && { description: about.description }),
    response: { ...shapes.response, ...failures(codes) },
  };
}

function failures(codes: readonly ErrorCode[]): Record<number, unknown> {
  const byStatus: Record<number, ErrorCode[]> = {};
  for (const code of new Set(codes)) {
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

export const ById = z.object({ id: Id });

/** Whom somebody acts for who may do so for others. */
export const AgentHeader = z.object({
  'x-agent-id': Id.optional().describe(
    'The agent who acts; left out: the caller’s own. Another one needs the permission dialer.any.',
  ),
});
