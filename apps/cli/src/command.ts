import type { Client } from '@outdial/client';
import type { Output } from './output.js';
import type { Terminal } from './terminal.js';

export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  readonly what: string;
  /** How the help writes the value, such as `NAME`. */
  readonly value?: string;
}

export interface ArgumentSpec {
  readonly name: string;
  readonly what: string;
}

export type OptionSpecs = Readonly<Record<string, OptionSpec>>;
export type OptionValues<S extends OptionSpecs> = {
  readonly [K in keyof S]: S[K]['type'] extends 'boolean' ? boolean : string | undefined;
};

/** What a command has at hand. */
export interface Context<S extends OptionSpecs = OptionSpecs> {
  /** In the order of the command's `arguments`; all are there. */
  readonly given: readonly string[];
  readonly options: OptionValues<S>;
  readonly terminal: Terminal;
  readonly output: Output;
  /** Where the server is. */
  readonly url: string;
  /** A client with the API key or the stored sign-in. Fails with `NotSignedInError` where there is neither. */
  client(): Promise<Client>;
  /** A token that is good now, for what is not the client. Fails alike. */
  token(): Promise<string>;
}

export interface Command {
  /** What is typed, such as `leads list`. */
  readonly words: string;
  readonly summary: string;
  readonly details?: string;
  readonly arguments: readonly ArgumentSpec[];
  readonly options: OptionSpecs;
  /** Answers the exit code; nothing: done. */
  run(context: Context): Promise<number | undefined>;
}

/** Gives `run` the types of the options. */
export function command<const S extends OptionSpecs = Record<never, never>>(
  described: Pick<Command, 'words' | 'summary' | 'details'> & {
    readonly arguments?: readonly ArgumentSpec[];
    readonly options?: S;
    run(context: Context<S>): Promise<number | undefined>;
  },
): Command {
  return {
    ...described,
    arguments: described.arguments ?? [],
    options: described.options ?? {},
    run: described.run as Command['run'],
  };
}
