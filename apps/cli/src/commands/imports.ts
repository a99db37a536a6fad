import { openAsBlob } from 'node:fs';
import { basename } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Client } from '@outdial/client';
import type { ImportDetail } from '@outdial/protocol';
import { command } from '../command.js';
import { EXIT, UsageError } from '../exit-codes.js';
import { details, type Output, table } from '../output.js';
import { PAGE_OPTIONS, readPages, remainder } from '../pages.js';
import { oneOf } from '../read-number.js';
import type { Terminal } from '../terminal.js';

const LOOK_EVERY_MS = 500;

export const importFile = command({
  words: 'import',
  summary: 'Takes a CSV file of leads in, and waits until they are there',
  details:
    'Columns are recognised by their headings and cells; --preview shows how, and stores nothing. The exit code is 8 where lines were refused:\n' +
    '`outdial imports show ID` says which.',
  arguments: [{ name: 'FILE', what: 'The CSV file' }],
  options: {
    queue: {
      type: 'string',
      value: 'NAME',
      what: 'Put the leads into this queue, which is created when there is none',
    },
    duplicates: {
      type: 'string',
      value: 'WHAT',
      what: 'skip or update, where a number is a lead already. Default: skip',
    },
    country: {
      type: 'string',
      value: 'CODE',
      what: 'Two letters, such as US, for numbers in national form',
    },
    preview: { type: 'boolean', what: 'Only show what would be read' },
    'no-wait': { type: 'boolean', what: 'Do not wait for the end' },
  },
  async run({ client, given: [path = ''], options, output, terminal }) {
    const duplicates = oneOf('duplicates', options.duplicates, ['skip', 'update']);
    const file = { content: await fileOf(path), name: basename(path) };
    const { imports } = await client();
    if (options.preview) {
      output.result(await imports.preview(file, {}, terminal.interrupted), (preview) =>
        [
          table(
            ['COLUMN', 'READ AS'],
            preview.columns.map((column) => [column, preview.mapping[column] ?? 'not read']),
          ),
          '',
          `${preview.rows} rows, ${preview.encoding}.`,
          ...preview.warnings.map(({ message }) => message),
        ].join('\n'),
      );
      return EXIT.done;
    }
    const started = await imports.start(
      file,
      { queue_name: options.queue, duplicates, default_country: options.country },
      terminal.interrupted,
    );
    if (options['no-wait']) {
      output.result(started, ({ message, import: { id } }) => `${message} Its id is ${id}.`);
      return EXIT.done;
    }
    const done = await waitForEnd(imports, started.import.id, output, terminal);
    output.result(done, inDetail);
    if (done.state === 'FAILED') return EXIT.failed;
    return done.failed > 0 ? EXIT.findings : EXIT.done;
  },
});

async function fileOf(path: string): Promise<Blob> {
  try {
    return await openAsBlob(path);
  } catch (cause) {
    throw new UsageError(`The file ${path} cannot be read.`, { cause });
  }
}

async function waitForEnd(
  imports: Client['imports'],
  id: string,
  output: Output,
  { interrupted }: Pick<Terminal, 'interrupted'>,
): Promise<ImportDetail> {
  try {
    for (;;) {
      const seen = await imports.get(id, { limit: 1 }, interrupted);
      if (seen.state === 'DONE' || seen.state === 'FAILED') return seen;
      output.progress(progressOf(seen));
      await wait(LOOK_EVERY_MS, undefined, { signal: interrupted });
    }
  } catch (error) {
    if (interrupted.aborted) {
      output.note(`The server continues with the import: outdial imports show ${id}`);
    }
    throw error;
  }
}

const BAR_CHARACTERS = 30;

function progressOf({ rows_done: done, rows_total: total }: ImportDetail): string {
  const share = total === 0 ? 0 : done / total;
  const filled = Math.round(share * BAR_CHARACTERS);
  const bar = '#'.repeat(filled) + '.'.repeat(BAR_CHARACTERS - filled);
  return `[${bar}] ${Math.floor(share * 100)} %  ${done} of ${total} rows`;
}

export const importsList = command({
  words: 'imports list',
  summary: 'Lists imports, the newest first',
  options: PAGE_OPTIONS,
  async run({ client, options, output }) {
    const { imports } = await client();
    const page = await readPages('imports', options, (rows) => imports.list(rows));
    output.result(page, () => {
      const rows = page.imports.map((each) => [
        each.id,
        each.file_name,
        each.state,
        `${each.rows_done}/${each.rows_total}`,
        each.created,
        each.failed,
        each.created_at,
      ]);
      const headings = ['ID', 'FILE', 'STATE', 'ROWS', 'CREATED', 'REFUSED', 'STARTED'];
      return table(headings, rows) + remainder(rows.length, page);
    });
  },
});

export const importsShow = command({
  words: 'imports show',
  summary: 'Shows one import and what was said about its lines',
  arguments: [{ name: 'ID', what: 'The id of the import' }],
  async run({ client, given: [id = ''], output }) {
    output.result(await (await client()).imports.get(id, { limit: 1 }), inDetail);
  },
});

function inDetail(shown: ImportDetail): string {
  const summary = details({
    id: shown.id,
    file: shown.file_name,
    state: shown.state,
    error: shown.error,
    rows: `${shown.rows_done} of ${shown.rows_total}`,
    created: shown.created,
    updated: shown.updated,
    skipped: shown.skipped,
    suppressed: shown.suppressed,
    refused: shown.failed,
  });
  if (shown.groups.length === 0) return summary;
  const groups = table(
    ['LINES', 'FATE', 'FIELD', 'SUCH AS'],
    shown.groups.map(({ lines, fate, field, example }) => [
      lines,
      fate,
      field,
      `line ${example.line}: ${example.reason}`,
    ]),
  );
  return `${summary}\n\n${groups}`;
}
