import { isPhoneForSure, looksLikeEmail, looksLikePhone } from './cell-shapes.js';
import { EXACT, isDoNotCall, NO_PHONE, PHONE_WORD, plainHeading } from './field-words.js';
import { type CsvRow, readRows } from './read-rows.js';

/** How the text is to be read: what separates the fields, and where the heading is. */
export interface Layout {
  readonly delimiter: string;
  /** The line with the headings; 0: the file has none, and its first line is a lead. */
  readonly headingLine: number;
  /** Rows that begin on a later line are data. */
  readonly dataAfterLine: number;
  /** Each name only once. */
  readonly columns: string[];
  /** As the file has them. */
  readonly headings: readonly string[];
  /** The first rows as they are, so that a person may choose the heading. */
  readonly top: readonly CsvRow[];
}

const DELIMITERS = [',', ';', '\t', '|'] as const;
/** Where a heading is looked for; titles and notes above it are a few lines. */
const LOOKED_AT_ROWS = 40;
const LOOKED_AT_CHARACTERS = 256 * 1024;
/** A first line as Excel writes and reads it. */
const SEP_LINE = /^"?sep=(.)"?[,;\t|]*(?:\r\n?|\n|$)/i;

export function readLayout(text: string, chosenHeadingLine?: number): Layout {
  const beginning = text.slice(0, LOOKED_AT_CHARACTERS);
  const said = SEP_LINE.exec(beginning)?.[1];
  const delimiter = said ?? detectDelimiter(beginning);
  const afterSep = said === undefined ? 0 : 1;
  const top: CsvRow[] = [];
  for (const row of readRows(beginning, delimiter)) {
    if (row.line > afterSep) top.push(row);
    if (top.length >= LOOKED_AT_ROWS) break;
  }
  const heading =
    chosenHeadingLine === undefined ? findHeading(top) : rowAt(text, delimiter, chosenHeadingLine);
  if (heading === null) {
    const columns = columnsByContent(top);
    return { delimiter, headingLine: 0, dataAfterLine: afterSep, columns, headings: columns, top };
  }
  return {
    delimiter,
    headingLine: heading.line,
    dataAfterLine: heading.line,
    columns: columnNames(heading.fields),
    headings: heading.fields,
    top,
  };
}

/** The row that a person chose; 0, and a line that no row begins on: none. */
function rowAt(text: string, delimiter: string, line: number): CsvRow | null {
  if (line === 0) return null;
  for (const row of readRows(text, delimiter)) {
    if (row.line === line) return row;
    if (row.line > line) return null;
  }
  return null;
}

/**
 * What splits the first rows most evenly into most columns. Only a comma in every cell of decimals (`87,5`) does nearly as well as
 * a semicolon, and then the heading, which has no decimals, decides.
 */
export function detectDelimiter(text: string): string {
  let best: string = ',';
  let most = 0;
  for (const delimiter of DELIMITERS) {
    const widths: number[] = [];
    let known = 0;
    for (const row of readRows(text.slice(0, 64 * 1024), delimiter)) {
      widths.push(row.fields.length);
      if (row.fields.length > 1) known = Math.max(known, knownHeadings(row.fields));
      if (widths.length >= LOOKED_AT_ROWS) break;
    }
    const width = modal(widths);
    if (width < 2 && !(known > 0)) continue;
    const share = widths.filter((each) => each === width).length / widths.length;
    const score = share * (share * Math.log2(Math.max(width, 2)) + 0.3 * known);
    if (score > most) [best, most] = [delimiter, score];
  }
  return best;
}

/** The commonest width above 1; of two that are as common, the larger. */
function modal(widths: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const width of widths) if (width > 1) counts.set(width, (counts.get(width) ?? 0) + 1);
  let best = 0;
  let most = 0;
  for (const [width, count] of counts) {
    if (count > most || (count === most && width > best)) [best, most] = [width, count];
  }
  return best;
}

const KNOWN = new Set(Object.values(EXACT).flatMap((set) => [...set]));
const isKnownHeading = (cell: string): boolean => {
  if (cell === '' || cell.length > 60) return false;
  const heading = plainHeading(cell);
  return (
    KNOWN.has(heading) ||
    KNOWN.has(heading.replaceAll(' ', '')) ||
    isDoNotCall(heading) ||
    (PHONE_WORD.test(heading) && !NO_PHONE.test(heading) && !looksLikePhone(cell))
  );
};
const knownHeadings = (fields: readonly string[]): number =>
  fields.slice(0, 200).filter(isKnownHeading).length;
const filledIn = (row: CsvRow): number => row.fields.filter((field) => field !== '').length;
/** An address or a telephone number is never a heading. A plain number may be one ("2025"), so 7 digits at least. */
const isData = (row: CsvRow): boolean =>
  row.fields
    .slice(0, 200)
    .some(
      (field) =>
        looksLikeEmail(field) ||
        (looksLikePhone(field) && (isPhoneForSure(field) || !/[a-z]/i.test(field))),
    );

/** null: none of the first rows is a heading. */
function findHeading(top: readonly CsvRow[]): CsvRow | null {
  const [first] = top;
  if (first === undefined) return null;
  // Known words on a line without data are a heading, however many notes stand above it.
  let best: CsvRow | null = null;
  let most = 0;
  for (const row of top) {
    const known = knownHeadings(row.fields);
    if (known > most && !isData(row) && (known >= 2 || filledIn(row) === known || row === first)) {
      [best, most] = [row, known];
    }
    // Data have begun: a "heading" further down would be a repeated one.
    if (best !== null && isData(row)) break;
  }
  if (best !== null) return best;
  // No word is known. The first row that is as wide as the rows usually are, unless there are data in it.
  const width = modal(top.map((row) => row.fields.length));
  const filled = modal(top.map(filledIn));
  const wide =
    top.find((row) => row.fields.length >= width && filledIn(row) >= Math.min(2, filled)) ?? first;
  return isData(wide) ? null : wide;
}

/**
 * What people see as the names of the columns, each only once: of two columns "Phone" the second is "Phone (2)", and the
 * third column, when its heading is empty, is "Column 3". Takes time in proportion to their number.
 */
export function columnNames(headings: readonly string[]): string[] {
  const names = new Set<string>();
  const copies = new Map<string, number>();
  headings.forEach((field, index) => {
    const wanted = field.trim().replaceAll(/\s+/g, ' ').slice(0, 200) || `Column ${index + 1}`;
    let copy = copies.get(wanted) ?? 1;
    let name = copy === 1 ? wanted : `${wanted} (${copy})`;
    for (; names.has(name); name = `${wanted} (${copy})`) copy += 1;
    copies.set(wanted, copy + 1);
    names.add(name);
  });
  return [...names];
}

/** Names for the columns of a file without headings, by what is in them. */
function columnsByContent(top: readonly CsvRow[]): string[] {
  const width = Math.max(0, ...top.map((row) => row.fields.length));
  const names = Array.from({ length: width }, (_, at): string => {
    const cells = top.map((row) => row.fields[at] ?? '').filter((cell) => cell !== '');
    const most = (fits: (cell: string) => boolean): boolean =>
      cells.length > 0 && cells.filter(fits).length >= cells.length / 2;
    if (most(looksLikeEmail)) return 'Email';
    if (most((cell) => looksLikePhone(cell))) return 'Phone';
    return '';
  });
  const naming = names.findIndex(
    (name, at) =>
      name === '' &&
      top.filter((row) => /^\p{L}[\p{L}'’. -]+$/u.test(row.fields[at] ?? '')).length >=
        top.length / 2,
  );
  if (naming >= 0) names[naming] = 'Name';
  return columnNames(names);
}
