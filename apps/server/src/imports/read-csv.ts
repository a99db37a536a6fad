import Papa from 'papaparse';

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
 * third column, when its heading is empty, is "Column 3". Takes time in proportion to their number.
 */
export function columnNames(heading: CsvRow): string[] {
  const names = new Set<string>();
  const copies = new Map<string, number>();
  heading.fields.forEach((field, index) => {
    const wanted = field.trim() || `Column ${index + 1}`;
    let copy = copies.get(wanted) ?? 1;
    let name = copy === 1 ? wanted : `${wanted} (${copy})`;
    for (; names.has(name); name = `${wanted} (${copy})`) copy += 1;
    copies.set(wanted, copy + 1);
    names.add(name);
  });
  return [...names];
}

/** So many that slicing and calling cost nothing, so few that others get their turn in between. */
const ROWS_AT_ONCE = 200;

/**
 * The rows of a file, heading included, read as they are asked for. Lines end with LF, CR LF or CR. Rows without any
 * content are passed over, also those that a spreadsheet writes as `,,,`; rows may have too few or too many fields (the
 * caller decides). Throws UnreadableCsv where a quote never closes, or a field goes on after its closing quote.
 *
 * Papa Parse, in pieces, so that the caller may stop after any row: csv-parse took ten times as long (1.9 s for 100,000
 * rows of 90 bytes against 0.2 s, on one of 2 cores) and gave nobody else a turn meanwhile, however small its chunks were.
 */
export function* readRows(text: string, delimiter: string): Generator<CsvRow, void, undefined> {
  const plain = inOneForm(text, delimiter);
  let at = 0;
  let line = 1;
  while (at < plain.length) {
    const begin = at;
    for (const { fields, endsAt, fault } of readSome(plain.slice(begin), delimiter)) {
      if (fault !== null) throw unreadable(fault, line);
      const startsOn = line;
      line += lineEndsIn(plain.slice(at, begin + endsAt));
      at = begin + endsAt;
      if (fields.some((field) => field !== '')) yield { line: startsOn, fields };
    }
    if (at === begin) return;
  }
}

interface ReadRow {
  readonly fields: readonly string[];
  /** Where the next row begins. */
  readonly endsAt: number;
  readonly fault: string | null;
}

function readSome(text: string, delimiter: string): readonly ReadRow[] {
  const rows: ReadRow[] = [];
  Papa.parse<string[]>(text, {
    delimiter,
    newline: '\n',
    preview: ROWS_AT_ONCE,
    step: ({ data, errors, meta }) => {
      const fault = errors.find(({ type }) => type === 'Quotes')?.code ?? null;
      rows.push({ fields: data.map((field) => field.trim()), endsAt: meta.cursor, fault });
    },
  });
  return rows;
}

/** One kind of line end; and no spaces before a quote that opens a field (`a, "b"`), as people type it. */
function inOneForm(text: string, delimiter: string): string {
  const lines = text.includes('\r') ? text.replaceAll(/\r\n?/g, '\n') : text;
  const before = delimiter === '|' ? '\\|' : delimiter;
  return lines.replaceAll(new RegExp(`(^|${before})[ \\t]+"(?!")`, 'gm'), '$1"');
}

const lineEndsIn = (text: string): number => text.split('\n').length - 1;

function unreadable(fault: string, line: number): UnreadableCsv {
  const why =
    fault === 'MissingQuotes'
      ? `a quote that opens on line ${line} never closes.`
      : `a quoted field of line ${line} goes on after its closing quote. Inside a quoted field a quote is written twice.`;
  return new UnreadableCsv(`The file cannot be read as CSV: ${why}`);
}
