import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';

/** One row of a file: its fields, and the line that it begins on (the heading is line 1). */
export interface CsvRow {
  readonly line: number;
  readonly fields: readonly string[];
}

/** The file is not CSV, or not one that holds leads. The message says where and what to do. */
export class UnreadableCsv extends Error {
  constructor(message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.name = 'UnreadableCsv';
  }
}

const DELIMITERS = [',', ';', '\t', '|'] as const;

/**
 * Bytes to text. Files come as UTF-8 (with or without BOM) or, from some spreadsheets, as UTF-16 with BOM. Anything
 * else is refused rather than guessed: a wrong guess spoils names silently.
 */
export function decodeCsv(file: Buffer): string {
  const encoding =
    file[0] === 0xff && file[1] === 0xfe
      ? 'utf-16le'
      : file[0] === 0xfe && file[1] === 0xff
        ? 'utf-16be'
        : 'utf-8';
  try {
    return checkText(new TextDecoder(encoding, { fatal: true }).decode(file));
  } catch (cause) {
    if (cause instanceof UnreadableCsv) throw cause;
    throw new UnreadableCsv(
      'The file is not UTF-8 text. In the spreadsheet choose "CSV UTF-8" when saving, then import it again.',
      { cause },
    );
  }
}

/** PostgreSQL cannot keep a NUL, and no CSV has one: it is a binary file. */
export function checkText(text: string): string {
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text;
  if (plain.includes('\u0000')) {
    throw new UnreadableCsv(
      'The file is not text (an .xlsx, perhaps?). Save it as CSV, then import it again.',
    );
  }
  return plain;
}

/** The delimiter that splits the first line into most columns, quoted parts aside; a comma when none does. */
export function detectDelimiter(text: string): string {
  const end = text.search(/\r|\n/);
  const heading = (end === -1 ? text : text.slice(0, end)).replaceAll(/"(?:[^"]|"")*"/g, '');
  let best: string = ',';
  let most = 0;
  for (const delimiter of DELIMITERS) {
    const count = heading.split(delimiter).length - 1;
    if (count > most) [best, most] = [delimiter, count];
  }
  return best;
}

interface ParsedRecord {
  readonly record: string[];
  readonly info: { readonly lines: number };
}

/**
 * The rows of a file, heading included, as they are read. Blank lines are passed over; rows may have too few or too
 * many fields (the caller decides). Throws UnreadableCsv where the text cannot be CSV, such as a quote that never ends.
 */
export async function* readRows(text: string, delimiter: string): AsyncGenerator<CsvRow> {
  const parser = Readable.from(chunksOf(text)).pipe(
    parse({
      delimiter,
      info: true,
      relax_column_count: true,
      skip_empty_lines: true,
      skip_records_with_empty_values: false,
      trim: true,
    }),
  );
  try {
    for await (const { record, info } of parser as AsyncIterable<ParsedRecord>) {
      const inside = record.reduce((count, field) => count + newlinesIn(field), 0);
      yield { line: info.lines - inside, fields: record };
    }
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    throw new UnreadableCsv(`The file cannot be read as CSV: ${sentence(cause)}`, { cause });
  }
}

/** In pieces, so that the parser gives other work a turn in between. */
function* chunksOf(text: string): Generator<string> {
  const size = 64 * 1024;
  for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size);
}

const newlinesIn = (field: string): number => field.split(/\r\n|\r|\n/).length - 1;

function sentence(error: CsvError): string {
  const line = typeof error.lines === 'number' ? ` near line ${error.lines}` : '';
  switch (error.code) {
    case 'CSV_QUOTE_NOT_CLOSED':
      return `a quote that opens${line} never closes.`;
    case 'INVALID_OPENING_QUOTE':
    case 'CSV_INVALID_OPENING_QUOTE' as string:
    case 'CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE' as string:
    case 'CSV_INVALID_CLOSING_QUOTE' as string:
      return `there is a quote in the wrong place${line}; a quote inside a quoted field is written twice.`;
    default:
      return `${error.message}.`;
  }
}
