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
const NOT_TEXT = 'The file is not text (an .xlsx, perhaps?). Save it as CSV, then import it again.';

/**
 * Bytes to text. Files come as UTF-8 (with or without BOM) or, from some spreadsheets, as UTF-16 with BOM. Anything
 * else is refused rather than guessed: a wrong guess spoils names silently.
 */
export function decodeCsv(file: Uint8Array): string {
  const encoding =
    file[0] === 0xff && file[1] === 0xfe
      ? 'utf-16le'
      : file[0] === 0xfe && file[1] === 0xff
        ? 'utf-16be'
        : 'utf-8';
  if (encoding === 'utf-8' && file.includes(0)) throw new UnreadableCsv(NOT_TEXT);
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true }).decode(file);
  } catch (cause) {
    throw new UnreadableCsv(
      'The file is not UTF-8 text. In the spreadsheet choose "CSV UTF-8" when saving, then import it again.',
      { cause },
    );
  }
  return checkText(text);
}

/** PostgreSQL cannot keep a NUL, and no CSV has one: it is a binary file. */
export function checkText(text: string): string {
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text;
  if (plain.includes('\u0000')) throw new UnreadableCsv(NOT_TEXT);
  return plain;
}

/** The delimiter that splits the heading into most columns, quoted parts aside; a comma when none does. */
export function detectDelimiter(text: string): string {
  const beginning = text.slice(0, 64 * 1024).replaceAll(/"(?:[^"]|"")*"/g, '');
  const heading = beginning.split(/[\r\n]+/).find((line) => line.trim() !== '') ?? '';
  let best: string = ',';
  let most = 0;
  for (const delimiter of DELIMITERS) {
    const count = heading.split(delimiter).length - 1;
    if (count > most) [best, most] = [delimiter, count];
  }
  return best;
}

/**
 * What people see as the names of the columns, each only once: of two columns "Phone" the second is "Phone (2)", and the
 * third column, when its heading is empty, is "Column 3".
 */
export function columnNames(heading: CsvRow): string[] {
  const names: string[] = [];
  heading.fields.forEach((field, index) => {
    const wanted = field.trim() || `Column ${index + 1}`;
    let name = wanted;
    for (let copy = 2; names.includes(name); copy += 1) name = `${wanted} (${copy})`;
    names.push(name);
  });
  return names;
}

const QUOTE = 0x22;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;

/**
 * The rows of a file, heading included, read as they are asked for. Lines end with LF, CR LF or CR. Rows without any
 * content are passed over, also those that a spreadsheet writes as `,,,`; rows may have too few or too many fields (the
 * caller decides). Throws UnreadableCsv where a quote never closes or stands where it cannot.
 *
 * Written by hand, as it may stop after any row: csv-parse took ten times as long (1.9 s for 100,000 rows of 90 bytes,
 * against 0.15 s, on one of 2 cores) and gave nobody else a turn meanwhile, however small its chunks were.
 */
export function* readRows(text: string, delimiter: string): Generator<CsvRow, void, undefined> {
  const end = text.length;
  const separator = delimiter.charCodeAt(0);
  let at = 0;
  let line = 1;

  while (at < end) {
    const startsOn = line;
    const fields = [readField()];
    while (at < end && text.charCodeAt(at) === separator) {
      at += 1;
      fields.push(readField());
    }
    endLine();
    if (fields.some((field) => field !== '')) yield { line: startsOn, fields };
  }

  function readField(): string {
    skipSpaces();
    if (text.charCodeAt(at) === QUOTE) return readQuoted();
    const from = at;
    while (at < end && !isFieldEnd(text.charCodeAt(at))) {
      if (text.charCodeAt(at) === QUOTE) throw strayQuote(line);
      at += 1;
    }
    return text.slice(from, at).trim();
  }

  function readQuoted(): string {
    const opensOn = line;
    let value = '';
    do {
      // Past the quote that opens, or the second of two that mean one.
      at += 1;
      const close = text.indexOf('"', at);
      if (close === -1) throw openQuote(opensOn);
      value += text.slice(at, close);
      at = close + 1;
      if (text.charCodeAt(at) === QUOTE) value += '"';
    } while (text.charCodeAt(at) === QUOTE);
    line += lineEndsIn(value);
    skipSpaces();
    if (at < end && !isFieldEnd(text.charCodeAt(at))) throw textAfterQuote(opensOn, line);
    return value;
  }

  function skipSpaces(): void {
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === separator || (code !== SPACE && code !== TAB)) return;
      at += 1;
    }
  }

  function endLine(): void {
    if (at >= end) return;
    at += text.charCodeAt(at) === CR && text.charCodeAt(at + 1) === LF ? 2 : 1;
    line += 1;
  }

  function isFieldEnd(code: number): boolean {
    return code === separator || code === LF || code === CR;
  }
}

const lineEndsIn = (value: string): number => value.match(/\r\n|\r|\n/g)?.length ?? 0;

const WRITTEN_TWICE = 'Inside a quoted field a quote is written twice.';

const openQuote = (line: number) =>
  new UnreadableCsv(
    `The file cannot be read as CSV: a quote that opens on line ${line} never closes.`,
  );

const strayQuote = (line: number) =>
  new UnreadableCsv(
    `The file cannot be read as CSV: on line ${line} there is a quote inside a field that does not begin with one. ` +
      `Put the whole field into quotes. ${WRITTEN_TWICE}`,
  );

const textAfterQuote = (opensOn: number, closesOn: number) =>
  new UnreadableCsv(
    `The file cannot be read as CSV: the quoted field that begins on line ${opensOn} goes on after its closing quote` +
      `${closesOn === opensOn ? '' : ` on line ${closesOn}`}. ${WRITTEN_TWICE}`,
  );
