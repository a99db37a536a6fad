import { ApiError } from '@outdial/client';
import type { Command } from './command.js';
import { COMMANDS } from './commands.js';
import { connect } from './connect.js';
import { EXIT, exitCodeOf, UsageError } from './exit-codes.js';
import { helpOf, overview } from './help.js';
import { createOutput } from './output.js';
import { type Parsed, parse } from './parse.js';
import { serverUrl } from './server-url.js';
import type { Terminal } from './terminal.js';

/** Runs one command line and answers the exit code. Problems are written to `terminal.err`; never rejects. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  const asJson = argv.includes('--json');
  try {
    const parsed = parse(COMMANDS, argv);
    if (parsed.command === null) {
      terminal.out.write(helpFor(parsed.given));
      return EXIT.done;
    }
    if (parsed.global.help) {
      terminal.out.write(helpOf(parsed.command));
      return EXIT.done;
    }
    return await runCommand(parsed.command, parsed, terminal);
  } catch (error) {
    if (terminal.interrupted.aborted) return EXIT.interrupted;
    terminal.err.write(asJson ? `${JSON.stringify(problemOf(error))}\n` : inWords(error));
    return exitCodeOf(error);
  }
}

async function runCommand(
  command: Command,
  { given, options, global }: Parsed,
  terminal: Terminal,
): Promise<number> {
  const url = await serverUrl(global.url, terminal.env);
  const { env } = terminal;
  const connection = connect({ url, apiKey: global['api-key'], agent: global.agent, env });
  const output = createOutput(terminal, global.json);
  const code = await command.run({ given, options, terminal, output, url, ...connection });
  return code ?? EXIT.done;
}

function helpFor(words: readonly string[]): string {
  const text = words.join(' ');
  const exact = COMMANDS.find((command) => command.words === text);
  if (exact !== undefined) return helpOf(exact);
  const [first] = words;
  return overview(
    COMMANDS,
    COMMANDS.some((command) => command.words.split(' ')[0] === first) ? first : undefined,
  );
}

function inWords(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const help = error instanceof UsageError ? '\n`outdial help` shows how it is used.' : '';
  return `outdial: ${message}${help}\n`;
}

const problemOf = (error: unknown): object =>
  error instanceof ApiError
    ? error.problem
    : {
        code: error instanceof UsageError ? 'usage' : 'failed',
        detail: error instanceof Error ? error.message : String(error),
      };
