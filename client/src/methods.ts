import {
  type AnswerOf,
  isTextAnswer,
  type Operation,
  type ParamsOf,
  type Sent,
  type TextAnswer,
} from '@outdial/protocol';
import type { Download, DownloadRequest, Request, RequestOptions } from './request.js';

/** A file as the browser gives it, or any blob with a name. */
export interface CsvFile {
  readonly content: Blob;
  readonly name: string;
}

/** A signal alone, or with what else the request is to be. */
export type CallOptions = AbortSignal | Pick<RequestOptions, 'signal' | 'keepalive'>;

/** One argument for each `:name` of a path, in its order. */
type PathArguments<Path extends string, Params> = Path extends `${string}/:${infer Rest}`
  ? Rest extends `${infer Name}/${infer More}`
    ? [PathArgument<Params, Name>, ...PathArguments<`/${More}`, Params>]
    : [PathArgument<Params, Rest>]
  : [];
type PathArgument<Params, Name> = Name extends keyof Params ? Params[Name] : string;

/** Optional where everything in it is. */
type OneArgument<T> = Record<never, never> extends T ? [value?: T] : [value: T];

type FileArguments<O extends Operation> = O['form'] extends infer Form extends z
  ? [file: CsvFile, ...OneArgument<Omit<Sent<Form>, 'file' | 'file_name'>>]
  : [];
type BodyArguments<O extends Operation> = O['body'] extends infer Body extends z
  ? OneArgument<NonNullable<Sent<Body>>>
  : [];
type QueryArguments<O extends Operation> = O['query'] extends infer Query extends z
  ? OneArgument<Sent<Query>>
  : [];
type z = NonNullable<Operation['body']>;

/** What is in the path, then the body (of an upload: the file and its options), then the query, then how to send it. */
export type ArgumentsOf<O extends Operation> = [
  ...PathArguments<O['path'], ParamsOf<O>>,
  ...(O['form'] extends z ? FileArguments<O> : BodyArguments<O>),
  ...QueryArguments<O>,
  options?: CallOptions,
];

export type ResultOf<O extends Operation> = O['answers'][keyof O['answers']] extends TextAnswer
  ? Download
  : AnswerOf<O>;

/** A method for each operation of a resource. */
export type MethodsOf<R> = {
  readonly [K in keyof R]: R[K] extends Operation
    ? (...given: ArgumentsOf<R[K]>) => Promise<ResultOf<R[K]>>
    : never;
};

/** Makes the methods of every resource from its operations. */
export function methodsOf<
  const R extends Readonly<Record<string, Readonly<Record<string, Operation>>>>,
>(
  resources: R,
  request: Request,
  download: DownloadRequest,
): { readonly [K in keyof R]: MethodsOf<R[K]> } {
  const method = (operation: Operation) => {
    const file = Object.values(operation.answers).some(isTextAnswer);
    return (...given: unknown[]): Promise<unknown> => {
      const { path, options } = readArguments(operation, given);
      if (file) return download(path, options);
      return request(operation.method, path, answerOf(operation), options);
    };
  };
  const entries = Object.entries(resources).map(([name, operations]) => [
    name,
    Object.fromEntries(
      Object.entries(operations).map(([key, operation]) => [key, method(operation)]),
    ),
  ]);
  return Object.fromEntries(entries) as { readonly [K in keyof R]: MethodsOf<R[K]> };
}

function readArguments(
  operation: Operation,
  given: readonly unknown[],
): { readonly path: string; readonly options: RequestOptions } {
  const rest = [...given];
  const path = operation.path.replace(/:\w+/g, () => encodeURIComponent(String(rest.shift())));
  const body = operation.form
    ? formOf(rest.shift() as CsvFile, rest.shift() as Readonly<Record<string, unknown>>)
    : operation.body && (rest.shift() ?? {});
  const query = operation.query && ((rest.shift() as object | undefined) ?? {});
  const how = rest.shift() as CallOptions | undefined;
  const options = how instanceof AbortSignal ? { signal: how } : how;
  return {
    path,
    options: { ...options, body, query, anonymous: operation.permission === 'public' },
  };
}

export function formOf(file: CsvFile, options: Readonly<Record<string, unknown>> = {}): FormData {
  const form = new FormData();
  // Fields go before the file, so that a server that streams knows them when the rows arrive.
  for (const [key, value] of Object.entries(options)) {
    if (value === undefined || value === null) continue;
    form.append(key, typeof value === 'string' ? value : JSON.stringify(value));
  }
  form.append('file', file.content, file.name);
  return form;
}

/** The shape of the usual answer. */
function answerOf({ answers }: Operation) {
  const [answer] = Object.values(answers);
  if (answer === undefined || isTextAnswer(answer)) throw new TypeError('It answers no JSON.');
  return answer;
}
