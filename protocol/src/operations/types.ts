import type { z } from 'zod';
import type { Operation, TextAnswer } from './define.js';

/** The parsed value of a schema, with defaults filled in. */
type Read<S> = S extends z.ZodType ? z.output<S> : undefined;

export type ParamsOf<O extends Operation> = Read<O['params']>;
export type QueryOf<O extends Operation> = Read<O['query']>;
export type HeadersOf<O extends Operation> = Read<O['headers']>;
/** The JSON body, or the fields of the form with the file as bytes. */
export type BodyOf<O extends Operation> =
  | Read<O['body']>
  | (O['form'] extends z.ZodType ? z.output<O['form']> : never);

/** The JSON responses. */
export type AnswerOf<O extends Operation> = {
  [S in keyof O['answers']]: O['answers'][S] extends z.ZodType
    ? z.output<O['answers'][S]>
    : O['answers'][S] extends TextAnswer
      ? string
      : never;
}[keyof O['answers']];

type IsOptional<T, K extends keyof T> = Record<never, never> extends Pick<T, K> ? true : false;

/** What a caller may send: fields with a default are optional. */
export type Sent<S extends z.ZodType> = SentFields<NonNullable<z.input<S>>, z.output<S>>;
type SentFields<I, O> = O extends readonly unknown[] | string | number | boolean | null | undefined
  ? O
  : {
      [K in keyof O as K extends keyof I ? (IsOptional<I, K> extends true ? never : K) : K]: O[K];
    } & {
      [K in keyof O as K extends keyof I ? (IsOptional<I, K> extends true ? K : never) : never]?:
        | O[K]
        | undefined;
    };
