import { createHash } from 'node:crypto';
import type { ColumnMapping, FileEncoding, UnreadColumn } from '@outdial/protocol';
import { checkedText, decodeFile } from './decode-file.js';
import { plainHeading } from './field-words.js';
import { guessColumns, unreadColumns } from './guess-columns.js';
import { type Layout, readLayout } from './read-layout.js';
import { type CsvRow, MOST_FIELDS, readRows } from './read-rows.js';
import { UnreadableFile } from './unreadable-file.js';

/** How a person wants the file to be read; what is left out is found out. */
export interface ReadingWishes {
  readonly encoding?: FileEncoding | undefined;
  readonly headingLine?: number | undefined;
  readonly mapping?: ColumnMapping | undefined;
  readonly phoneColumns?: readonly string[] | undefined;
}

export interface Warning {
  readonly code: string;
  readonly message: string;
}

/** What a file looks like that was read from its first line to its last. */
export interface LookedAtFile {
  readonly columns: string[];
  /** As wished, or guessed. */
  readonly mapping: ColumnMapping;
  readonly phoneColumns: string[];
  readonly unread: UnreadColumn[];
  readonly delimiter: string;
  readonly encoding: FileEncoding;
  readonly encodingSure: boolean;
  readonly encodingSample: string | null;
  /** 0: there is none. */
  readonly headingLine: number;
  readonly top: { readonly line: number; readonly cells: string[] }[];
  readonly sample: string[][];
  /** Without the heading and what stands above it. */
  readonly rows: number;
  readonly warnings: Warning[];
  /** The same for each file with these columns. */
  readonly columnsKey: string;
}

/** A file as it is read: its text stays where it was read. */
export interface OpenFile {
  readonly looked: LookedAtFile;
  readonly text: string;
  readonly layout: Layout;
}

/** More than an admin can look through, and as many as 48 MB of the usual width hold. */
export const MOST_ROWS = 1_000_000;
const SAMPLE_ROWS = 8;
/** By which columns are guessed. */
const GUESSED_FROM_ROWS = 200;
const TOP_ROWS = 12;
const SHOWN_CHARACTERS = 300;

/** Goes through the whole file once; throws UnreadableFile for what is no list, or has nothing to import. */
export function lookAtFile(content: string | Uint8Array, wishes: ReadingWishes): OpenFile {
  const decoded =
    typeof content === 'string'
      ? checkedText(withoutMark(content))
      : decodeFile(content, wishes.encoding);
  const { text, encoding, sureness, replaced } = decoded;
  if (text.trim() === '') {
    throw new UnreadableFile('The file is empty. The first line must name the columns.');
  }
  const layout = readLayout(text, wishes.headingLine);
  if (layout.columns.length >= MOST_FIELDS) {
    throw new UnreadableFile(
      `The heading has ${MOST_FIELDS} columns or more. Remove those that are not needed, then import it again.`,
    );
  }
  const sample: (readonly string[])[] = [];
  let rows = 0;
  const stray: number[] = [];
  for (const row of readRows(text, layout.delimiter)) {
    if (row.line <= layout.dataAfterLine) continue;
    rows += 1;
    if (rows > MOST_ROWS) {
      throw new UnreadableFile(
        `The file has more than ${MOST_ROWS.toLocaleString('en')} rows. Split it into several files, then import one after the other.`,
      );
    }
    if (sample.length < GUESSED_FROM_ROWS) sample.push(row.fields);
    if (row.strayQuote && stray.length < 1000) stray.push(row.line);
  }
  if (rows === 0) {
    throw new UnreadableFile(
      layout.columns.length === 0
        ? 'The file is empty. The first line must name the columns.'
        : 'The file has a heading and no rows below it, so there is nothing to import.',
    );
  }
  const guessed = guessColumns(layout.columns, sample, layout.headings);
  const mapping =
    wishes.mapping === undefined ? guessed.mapping : known(wishes.mapping, layout.columns);
  const unread = unreadColumns(layout.columns, sample, mapping);
  const columns = layout.columns;
  return {
    text,
    layout,
    looked: {
      columns,
      mapping,
      phoneColumns: phoneOrder(wishes.phoneColumns ?? guessed.phoneColumns, columns, mapping),
      unread,
      delimiter: layout.delimiter,
      encoding,
      encodingSure: sureness !== 'guess',
      encodingSample:
        beyondAscii(sample.map((fields) => fields.join(layout.delimiter)).join('\n')) ??
        beyondAscii(text),
      headingLine: layout.headingLine,
      top: layout.top.slice(0, TOP_ROWS).map(shown),
      sample: sample
        .slice(0, SAMPLE_ROWS)
        .map((fields) => fields.map((cell) => cell.slice(0, SHOWN_CHARACTERS))),
      rows,
      warnings: warningsOf({ layout, unread, stray, replaced, sureness, encoding }),
      columnsKey: keyOf(columns),
    },
  };
}

const withoutMark = (text: string): string => (text.startsWith('\uFEFF') ? text.slice(1) : text);

const shown = (row: CsvRow) => ({
  line: row.line,
  cells: row.fields.slice(0, 30).map((cell) => cell.slice(0, 80)),
});

/** Those that were named, then the others that are mapped to the number. */
function phoneOrder(
  named: readonly string[],
  columns: readonly string[],
  mapping: ColumnMapping,
): string[] {
  const phones = columns.filter(
    (column) => Object.hasOwn(mapping, column) && mapping[column] === 'phone_number',
  );
  const first = [...new Set(named)]
    .map((column) => column.trim())
    .filter((column) => phones.includes(column));
  return [...first, ...phones.filter((column) => !first.includes(column))];
}

function known(wanted: ColumnMapping, columns: readonly string[]): ColumnMapping {
  const mapping: ColumnMapping = {};
  const names = new Set(columns);
  for (const [heading, field] of Object.entries(wanted)) {
    const column = heading.trim().replaceAll(/\s+/g, ' ');
    if (!names.has(column)) {
      throw new UnreadableFile(
        `The mapping names the column "${column.slice(0, 100)}", which the file does not have. Its columns are: ${columns.join(', ').slice(0, 2000)}.`,
      );
    }
    mapping[column] = field;
  }
  return mapping;
}

/** A lead is a person with a name and a number. */
export function requireFields(mapping: ColumnMapping): void {
  const fields = new Set(Object.values(mapping));
  if (!fields.has('phone_number')) {
    throw new UnreadableFile(
      'No column is mapped to phone_number. Say which one holds the number to call.',
    );
  }
  if (!fields.has('name') && !fields.has('first_name') && !fields.has('last_name')) {
    throw new UnreadableFile(
      'No column is mapped to name (or first_name and last_name). Say which one holds it.',
    );
  }
}

/** The first letters about which encodings differ, with what stands around them on their line. */
function beyondAscii(text: string): string | null {
  const at = text.search(/[^\0-\x7F]/);
  if (at < 0) return null;
  const before = text.slice(Math.max(0, at - 100), at);
  const after = text.slice(at, at + 100);
  return (before.slice(before.search(/[^\r\n]*$/)) + (/^[^\r\n]*/.exec(after)?.[0] ?? '')).trim();
}

const keyOf = (columns: readonly string[]): string =>
  createHash('sha256')
    .update(JSON.stringify(columns.map(plainHeading)))
    .digest('base64url')
    .slice(0, 22);

function warningsOf(found: {
  readonly layout: Layout;
  readonly unread: readonly UnreadColumn[];
  readonly stray: readonly number[];
  readonly replaced: number;
  readonly sureness: string;
  readonly encoding: string;
}): Warning[] {
  const { layout, unread, stray, replaced } = found;
  const warnings: Warning[] = [];
  for (const { column, carries } of unread) {
    if (carries === null) continue;
    warnings.push({
      code: `unread_${carries}`,
      message: `The column "${column}" is not read. ${WHAT_IT_CARRIES[carries]}`,
    });
  }
  if (layout.headingLine === 0) {
    warnings.push({
      code: 'no_heading',
      message: 'The file has no heading: its first line is a lead. Check what each column is.',
    });
  } else if ((layout.top[0]?.line ?? 1) < layout.headingLine) {
    warnings.push({
      code: 'heading_found',
      message: `The names of the columns are on line ${layout.headingLine}; what stands above is not imported.`,
    });
  }
  if (replaced > 0) {
    warnings.push({
      code: 'broken_letters',
      message: `${replaced} ${replaced === 1 ? 'letter' : 'letters'} cannot be read in this encoding (${found.encoding}) and would show as \uFFFD. Choose another encoding, or save the file as "CSV UTF-8".`,
    });
  }
  if (stray.length > 0) {
    warnings.push({
      code: 'stray_quote',
      message: `${stray.length === 1 ? `On line ${stray[0]} a quote opens and never closes` : `On ${stray.length === 1000 ? 'at least 1000' : stray.length} lines (the first is ${stray[0]}) a quote opens and never closes`}; it is read as an ordinary character.`,
    });
  }
  return warnings;
}

const WHAT_IT_CARRIES = {
  do_not_call: 'It seems to say who must not be called: map it to "Do not call".',
  consent:
    'It seems to say whether a person agreed to be called, or refused: remove the rows that must not be called before you import.',
  country: 'Numbers without a country code are read with the default country: map it to "Country".',
  time_zone: 'Calling hours are judged by the number alone: map it to "Time zone".',
} as const;
