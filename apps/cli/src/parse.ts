import { parseArgs } from 'node:util';
import type { Command, OptionSpecs, OptionValues } from './command.js';
import { UsageError } from './exit-codes.js';
import { GLOBAL_OPTIONS } from './global-options.js';

export interface Parsed {
  readonly command: Command | null;
  readonly given: readonly string[];
  readonly options: OptionValues<OptionSpecs>;
  readonly global: OptionValues<typeof GLOBAL_OPTIONS>;
}

/**
 * Reads a command line. The command is found by its first words; global options may stand anywhere. Unknown options, missing and
 * superfluous arguments are `UsageError`s, except where help is asked for.
 */
export function parse(commands: readonly Command[], argv: readonly string[]): Parsed {
  const known = Object.assign({}, ...commands.map(({ options }) => options)) as OptionSpecs;
  const words = positionalsOf(argv, known);
  const command = findCommand(commands, words);
  const specs: OptionSpecs = { ...command?.options, ...GLOBAL_OPTIONS };
  const { values, positionals } = strictly(argv, specs);
  const global = valuesOf(GLOBAL_OPTIONS, values);
  if (command === null) {
    if (!global.help && words.length > 0 && words[0] !== 'help')
      throw unknownCommand(commands, words);
    return { command: null, given: words.slice(words[0] === 'help' ? 1 : 0), options: {}, global };
  }
  const given = positionals.slice(command.words.split(' ').length);
  if (!global.help) checkArguments(command, given);
  return { command, given, options: valuesOf(command.options, values), global };
}

/** The words of the line, whichever command's options stand between them. */
function positionalsOf(argv: readonly string[], known: OptionSpecs): readonly string[] {
  return parseArgs({
    args: [...argv],
    options: typesOf({ ...known, ...GLOBAL_OPTIONS }),
    allowPositionals: true,
    strict: false,
  }).positionals;
}

function strictly(argv: readonly string[], specs: OptionSpecs) {
  try {
    return parseArgs({ args: [...argv], options: typesOf(specs), allowPositionals: true });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(message.split('. To specify')[0] ?? message, { cause: error });
  }
}

const typesOf = (specs: OptionSpecs) =>
  Object.fromEntries(Object.entries(specs).map(([name, { type }]) => [name, { type }]));

function valuesOf<S extends OptionSpecs>(
  specs: S,
  values: Readonly<Record<string, unknown>>,
): OptionValues<S> {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { type }]) => [
      name,
      type === 'boolean' ? values[name] === true : values[name],
    ]),
  ) as OptionValues<S>;
}

/** The command with the most words that the line begins with. */
function findCommand(commands: readonly Command[], words: readonly string[]): Command | null {
  const fitting = commands.filter((command) =>
    command.words.split(' ').every((word, at) => words[at] === word),
  );
  return fitting.sort((a, b) => b.words.length - a.words.length)[0] ?? null;
}

function unknownCommand(commands: readonly Command[], words: readonly string[]): UsageError {
  const [first = ''] = words;
  const near = commands.filter(({ words: known }) => known.split(' ')[0] === first);
  const hint =
    near.length > 0
      ? `There is: ${near.map(({ words: known }) => known).join(', ')}.`
      : '`outdial help` lists the commands.';
  return new UsageError(`There is no command "${words.join(' ')}". ${hint}`);
}

function checkArguments(command: Command, given: readonly string[]): void {
  const missing = command.arguments[given.length];
  if (missing !== undefined) {
    throw new UsageError(`${missing.name} is missing: ${missing.what}`);
  }
  const superfluous = given[command.arguments.length];
  if (superfluous !== undefined) {
    throw new UsageError(
      `"${superfluous}" is too much: \`outdial ${command.words}\` takes no more.`,
    );
  }
}
