import type { Readable } from 'node:stream';
import type {
  AnswerOf,
  BodyOf,
  HeadersOf,
  Operation,
  ParamsOf,
  QueryOf,
  TextAnswer,
} from '@outdial/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';

/** A request of which everything was held against the operation's shapes. */
export type RequestFor<O extends Operation> = FastifyRequest<{
  Params: ParamsOf<O>;
  Querystring: QueryOf<O>;
  Headers: HeadersOf<O> extends undefined ? unknown : HeadersOf<O>;
  Body: BodyOf<O>;
}>;

type MaybePromise<T> = T | Promise<T>;

/** What a handler answers: the JSON of one of the operation's answers, or the text of a file. */
type AnswerFrom<O extends Operation> =
  | Exclude<AnswerOf<O>, string>
  | (O['answers'][keyof O['answers']] extends TextAnswer ? Readable | Buffer : never);

/** One operation and what carries it out. */
export interface Handled {
  readonly operation: Operation;
  readonly handler: (request: FastifyRequest, reply: FastifyReply) => unknown;
}

/**
 * Joins an operation with its handler. By then the caller may do it, and the request has the documented shape. The answer goes out
 * with the first status of the operation; another one is set with `reply.status`. Refusals are thrown as `Refusal`.
 */
export const handle = <O extends Operation>(
  operation: O,
  handler: (request: RequestFor<O>, reply: FastifyReply) => MaybePromise<AnswerFrom<O>>,
): Handled => ({ operation, handler: handler as unknown as Handled['handler'] });
