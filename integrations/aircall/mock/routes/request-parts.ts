import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { badRequest, notFound } from '../api-problem.js';
import type { ListRequest } from '../pagination.js';

/** An id in the path; what is no number is simply not found. */
export function idOf(request: FastifyRequest, what: string, name = 'id'): number {
  const text = textOf(request, name);
  if (!/^\d+$/.test(text)) throw notFound(what);
  return Number(text);
}

export function textOf(request: FastifyRequest, name: string): string {
  const value = (request.params as Readonly<Record<string, string | undefined>>)[name];
  return value ?? '';
}

export function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw notFound(what);
  return value;
}

export function bodyOf<Schema extends z.ZodType>(
  request: FastifyRequest,
  schema: Schema,
): z.output<Schema> {
  const parsed = schema.safeParse(request.body ?? {});
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw badRequest(
    issue ? `${issue.path.join('.') || 'body'}: ${issue.message}` : 'Invalid payload',
  );
}

export function listRequest(request: FastifyRequest): ListRequest {
  return { query: request.query, url: request.url, host: request.host };
}

/** Query values, always as lists: `?tags[]=1&tags[]=2` and `?order=asc` alike. */
export function queryValues(request: FastifyRequest, name: string): string[] {
  const value = (request.query as Readonly<Record<string, string | string[] | undefined>>)[name];
  return value === undefined ? [] : Array.isArray(value) ? value : [value];
}
