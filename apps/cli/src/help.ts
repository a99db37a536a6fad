import type { Command, OptionSpecs } from './command.js';
import { GLOBAL_OPTIONS } from './global-options.js';

const columns = (rows: readonly (readonly [string, string])[]): string => {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
};

const usageOf = ({ words, arguments: takes }: Command): string =>
  [words, ...takes.map(({ name }) => name)].join(' ');

const optionRows = (specs: OptionSpecs): (readonly [string, string])[] =>
  Object.entries(specs).map(([name, { type, value, what }]) => [
    type === 'boolean' ? `--${name}` : `--${name} ${value ?? 'TEXT'}`,
    what,
  ]);

/** All commands; with `first`, those that begin with this word. */
export function overview(commands: readonly Command[], first?: string): string {
  const shown = commands.filter(
    ({ words }) => first === undefined || words.split(' ')[0] === first,
  );
  return [
    'Usage: outdial COMMAND [options]',
    '',
    columns(shown.map((command) => [usageOf(command), command.summary])),
    '',
    'Options of every command:',
    columns(optionRows(GLOBAL_OPTIONS)),
    '',
    '`outdial help COMMAND` shows the options of a command. Exit codes: 0 done, 2 wrong command line, 3 not allowed, 4 not found,',
    '5 not possible now, 6 server not reachable, 7 too many requests, 8 done with findings, 1 anything else.',
    '',
  ].join('\n');
}

export function helpOf(command: Command): string {
  const parts = [`Usage: outdial ${usageOf(command)} [options]`, '', command.summary];
  if (command.details !== undefined) parts.push('', command.details);
  if (command.arguments.length > 0) {
    parts.push('', columns(command.arguments.map(({ name, what }) => [name, what])));
  }
  const own = optionRows(command.options);
  if (own.length > 0) parts.push('', 'Options:', columns(own));
  parts.push('', 'Options of every command:', columns(optionRows(GLOBAL_OPTIONS)), '');
  return parts.join('\n');
}
