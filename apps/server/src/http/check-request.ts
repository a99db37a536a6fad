import type { FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';
import { doesNotFit, UNKNOWN_FIELD } from '../platform/does-not-fit.js';
import type { FieldError, Refusal } from '../platform/refusal.js';
import { findUnknownFields, shapeOf, takesMany } from './unknown-fields.js';

/**
 * Every request is held against the protocol's schema: what does not fit, and what the schema does not know, names its fields. It
 * happens here, where each route's schemas come through, so that no operation can forget it.
 */
export const checkRequest: FastifySchemaCompiler<z.ZodType> =
  ({ schema, httpPart }) =>
  (data: unknown) =>
    check(schema, data, httpPart ?? 'request');

function check<T>(
  schema: z.ZodType<T>,
  data: unknown,
  part: string,
): { readonly value: T } | { readonly error: Refusal } {
  const unstorable = fieldsWithUnstorableText(data, part);
  if (unstorable.length > 0) return { error: doesNotFit(unstorable) };
  // Clients and proxies send headers of their own.
  const unknown = part === 'headers' ? [] : unknownFields(schema, data);
  const repeated = part === 'querystring' ? repeatedValues(schema, data) : [];
  const result = schema.safeParse(data);
  const backwards = part === 'querystring' && result.success ? endsBeforeItBegins(result.data) : [];
  if (result.success && unknown.length + repeated.length + backwards.length === 0) {
    return { value: result.data };
  }
  const named = new Set([...unknown, ...repeated].map(({ field }) => field));
  const issues = result.success ? [] : result.error.issues;
  const others = issues
    .flatMap((issue) => toFieldErrors(issue, part))
    .filter(({ field }) => !named.has(field));
  return { error: doesNotFit([...unknown, ...repeated, ...backwards, ...others]) };
}

/** Keys are the caller's text: a long one is named by its beginning. */
const NAMED_MAX_CHARACTERS = 200;

const unknownFields = (schema: z.ZodType, data: unknown): FieldError[] =>
  findUnknownFields(schema, data).map(({ path, meant }) => ({
    field: path.join('.').slice(0, NAMED_MAX_CHARACTERS),
    message: meant === null ? UNKNOWN_FIELD : `${UNKNOWN_FIELD} Did you mean \`${meant}\`?`,
  }));

/** Of a value that is given twice only one could count, and which one was meant is not known. */
function repeatedValues(schema: z.ZodType, data: unknown): FieldError[] {
  const shape = shapeOf(schema) ?? {};
  return Object.entries(data ?? {}).flatMap(([field, value]) => {
    const known = Object.hasOwn(shape, field) ? shape[field] : undefined;
    if (!Array.isArray(value) || known === undefined || takesMany(known)) return [];
    return [{ field, message: 'is given more than once' }];
  });
}

/**
 * A range that ends before it begins is a mistake, and would be answered with nothing as if there were nothing. Here, so that it
 * holds for every route with `from` and `to`, whether they are days or moments.
 */
function endsBeforeItBegins(query: unknown): FieldError[] {
  const { from, to } = (query ?? {}) as { readonly from?: unknown; readonly to?: unknown };
  const [begins, ends] = [from, to].map((end) =>
    typeof end === 'string' || end instanceof Date ? new Date(end).getTime() : Number.NaN,
  );
  if (begins === undefined || ends === undefined || !(begins > ends)) return [];
  return [{ field: 'from', message: 'is after to' }];
}

function toFieldErrors(issue: z.core.$ZodIssue, part: string): FieldError[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ field: [...path, key].join('.'), message: UNKNOWN_FIELD }));
  }
  return [{ field: path.length === 0 ? part : path.join('.'), message: inWords(issue) }];
}

/** Zod's own messages stand alone ("Invalid input: expected string"); ours go on from the field's name. */
function inWords(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (/received undefined$/.test(issue.message)) return 'is missing';
      if (issue.message === 'Invalid input: expected number, received NaN')
        return 'is not a number';
      return issue.message.replace(
        /^Invalid input: expected (.*), received (.*)$/,
        'must be $1, not $2',
      );
    case 'invalid_format':
      if (issue.format === 'uuid') return 'is not an id (UUID)';
      if (issue.format === 'datetime') return 'is not a time such as 2026-11-20T15:30:00Z';
      if (issue.format === 'date') return 'is not a day such as 2026-11-20';
      return issue.message;
    case 'too_big':
      return ours(issue.message)
        ? issue.message
        : `must be at most ${issue.maximum}${unit(issue.origin)}`;
    case 'too_small':
      return ours(issue.message)
        ? issue.message
        : `must be at least ${issue.minimum}${unit(issue.origin)}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map(String).join(', ')}`;
    default:
      return issue.message;
  }
}

const ours = (message: string) => !message.startsWith('Too ');
const unit = (origin: string) =>
  origin === 'string' ? ' characters long' : origin === 'array' ? ' entries long' : '';

/**
 * PostgreSQL stores neither U+0000 in text nor halves of surrogate pairs in JSON; both are accidents or mischief, and
 * both would fail late and without a field's name.
 */
const UNSTORABLE = /[\0\p{Surrogate}]/u;
/** Bodies of this size are files, checked by the code that reads them. */
const LONGEST_FIELD = 1024 * 1024;
/** Nothing here goes beyond five; a million brackets would use the stack up, here or in the database. */
const DEEPEST = 32;

function fieldsWithUnstorableText(data: unknown, part: string): FieldError[] {
  const found: FieldError[] = [];
  const look = (value: unknown, path: readonly string[]): void => {
    if (path.length > DEEPEST) {
      if (found.length > 0) return;
      found.push({ field: path.slice(0, 3).join('.'), message: 'is nested too deeply' });
    } else if (typeof value === 'string') {
      if (value.length < LONGEST_FIELD && UNSTORABLE.test(value)) {
        found.push({
          field: path.length === 0 ? part : path.join('.'),
          message: 'holds a character that cannot be stored (NUL, or half of a surrogate pair)',
        });
      }
    } else if (Array.isArray(value)) {
      for (const [at, each] of value.entries()) look(each, [...path, String(at)]);
    } else if (typeof value === 'object' && value !== null && !ArrayBuffer.isView(value)) {
      for (const [key, each] of Object.entries(value)) {
        if (UNSTORABLE.test(key)) look(key, path);
        look(each, [...path, key]);
      }
    }
  };
  look(data, []);
  return found;
}
