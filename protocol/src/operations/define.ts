import type { z } from 'zod';
import type { ErrorCode } from '../error-codes.js';
import type { Permission } from '../permissions.js';
import type { Tag } from './tags.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/**
 * public     no authentication
 * signed_in  any signed-in user, for their own account; API keys are refused
 * otherwise  one of these permissions is enough. Where they are `….own` and `….any`, the handler limits a caller with `….own` to
 *            their own agent's data.
 */
export type Needs = 'public' | 'signed_in' | readonly [Permission, ...Permission[]];

/**
 * An extra limit of an operation, besides the requests per minute of each address and account.
 *
 * sign_in  guesses at a password or a code: few per minute and address
 * refresh  guesses at a token: a fifth of `sign_in`, because signed-in browsers refresh automatically
 * costly   reads or writes much: few per minute and account
 */
export type LimitClass = 'sign_in' | 'refresh' | 'costly';

/** A response that is a file or plain text instead of JSON. */
export interface TextAnswer {
  readonly contentType: 'text/csv' | 'text/plain';
  readonly description: string;
}

/**
 * One operation of the API, declared once. Routes, authorization, limits, the API document and the client are derived from it.
 */
export interface Operation {
  /** `operationId` in the API document. Unique, and never changed: generated clients call it so. */
  readonly id: string;
  readonly method: Method;
  /** Parameters as `:id`; each is a key of `params`. */
  readonly path: `/${string}`;
  readonly tag: Tag;
  readonly summary: string;
  readonly description?: string;
  readonly permission: Needs;
  readonly limit?: LimitClass;
  /** Also for a person who must choose a password of their own first. */
  readonly beforePasswordChange?: true;
  readonly params?: z.ZodObject;
  /** Left out: the operation takes no query, and refuses one. */
  readonly query?: z.ZodObject;
  readonly headers?: z.ZodObject;
  /** Left out: the operation takes no body, and refuses one. */
  readonly body?: z.ZodType;
  /** The same body as a form with a file, made by `formWithFile`. */
  readonly form?: z.ZodObject;
  /** By status. The first is the answer unless the handler sets another status. */
  readonly answers: Readonly<Record<number, z.ZodType | TextAnswer>>;
  /** Beside those that every operation has, such as `unauthorized` and `invalid_request`. */
  readonly errors?: readonly ErrorCode[];
}

/** Preserves the exact type, which handlers and the client derive their types from. */
export const operation = <const O extends Operation>(described: O): O => described;

export const isTextAnswer = (answer: z.ZodType | TextAnswer): answer is TextAnswer =>
  'contentType' in answer;

export const csv: TextAnswer = { contentType: 'text/csv', description: 'The file.' };
