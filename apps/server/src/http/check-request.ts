import type { FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';
import { type FieldError, ProblemError } from './problems.js';

/** Every request is held against the protocol's schema; what does not fit names its fields. */
export const checkRequest: FastifySchemaCompiler<z.ZodType> =
  ({ schema, httpPart }) =>
  (data: unknown) =>
    check(schema, data, httpPart ?? 'request');

function check<T>(
  schema: z.ZodType<T>,
  data: unknown,
  part: string,
): { readonly value: T } | { readonly error: ProblemError } {
  const unstorable = fieldsWithUnstorableText(data, part);
  if (unstorable.length > 0) return { error: doesNotFit(unstorable) };
  const result = schema.safeParse(data);
  if (result.success) return { value: result.data };
  return { error: doesNotFit(result.error.issues.map((issue) => toFieldError(issue, part))) };
}

export function doesNotFit(
  errors: readonly FieldError[],
  { cause }: { readonly cause?: unknown } = {},
): ProblemError {
  const named = errors.slice(0, 3).map(({ field, message }) => `${field} ${message}`);
  const more = errors.length - named.length;
  return new ProblemError(
    'invalid_request',
    `The request does not fit: ${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}. Correct it and send it again.`,
    { errors, cause },
  );
}

function toFieldError(issue: z.core.$ZodIssue, part: string): FieldError {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') path.push(...issue.keys.slice(0, 1));
  return { field: path.length === 0 ? part : path.join('.'), message: inWords(issue) };
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
    case 'unrecognized_keys':
      return 'is not known here';
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
/** Bodies of this size are files, checked by whoever reads them. */
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
