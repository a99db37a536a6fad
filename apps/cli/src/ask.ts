import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { UsageError } from './exit-codes.js';
import type { Terminal } from './terminal.js';

/** Asks a question at the terminal. With `hidden`, what is typed is not shown. Fails where no person can answer. */
export async function ask(
  { in: input, err, interrupted }: Pick<Terminal, 'in' | 'err' | 'interrupted'>,
  question: string,
  { hidden = false }: { readonly hidden?: boolean } = {},
): Promise<string> {
  if (input.isTTY !== true) {
    throw new UsageError(`${question}? This is no terminal; give it on the command line.`);
  }
  err.write(`${question}: `);
  // `readline` echoes to its output what is typed.
  const output = new Writable({
    write(chunk, _encoding, done) {
      if (!hidden) err.write(chunk);
      done();
    },
  });
  const lines = createInterface({ input, output, terminal: true });
  try {
    return (await lines.question('', { signal: interrupted })).trim();
  } finally {
    lines.close();
    if (hidden) err.write('\n');
  }
}

/** The first line of what is piped in. */
export async function firstLineOf(input: Terminal['in']): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of input) chunks.push(Buffer.from(chunk as Uint8Array));
  return Buffer.concat(chunks).toString('utf8').split(/\r?\n/)[0] ?? '';
}
