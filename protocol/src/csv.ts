/** What a CSV file of ours holds in one cell. */
export type CsvValue = string | number | null;

/** What makes a spreadsheet take a cell for a formula (OWASP, CSV injection), full-width signs included. */
const SIGNS = '=+\\-@\\uFF1D\\uFF0B\\uFF0D\\uFF20';
/** At the beginning, also behind blanks, quotes and what cannot be seen. */
const LEADING = new RegExp(`^["'\\s\\p{Cf}]*[${SIGNS}\\t\\r\\n]`, 'u');
/**
 * Within: a program that separates at semicolons or tabs, as spreadsheets in many countries do, knows nothing of our quotes, and begins
 * a cell behind each of those and behind line breaks.
 */
const WITHIN = new RegExp(`([;\\t\\r\\n]["'\\s\\p{Cf}]*)([${SIGNS}])`, 'gu');
/** A plus and digits only: a formula too, but one that can be nothing else than this number. */
const PLAIN_NUMBER = /^\+[1-9]\d{1,14}$/;

/**
 * One line of a CSV file: RFC 4180, and nothing that a spreadsheet would run. Text that might be a formula gets an apostrophe in
 * front of the sign, which spreadsheets do not show (ASVS 5.0, 1.2.10). Telephone numbers in E.164 stay as they are, so that programs and people
 * can go on using them.
 */
export const csvLine = (values: readonly CsvValue[]): string =>
  `${values.map(csvCell).join(',')}\r\n`;

function csvCell(value: CsvValue): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = withoutFormulas(value);
  return /[",;\r\n\t']/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function withoutFormulas(text: string): string {
  if (PLAIN_NUMBER.test(text)) return text;
  const within = text.replace(WITHIN, "$1'$2");
  return LEADING.test(within) ? `'${within}` : within;
}

/**
 * What a CSV file of ours begins with: the byte order mark of UTF-8. Without it Excel takes the file for the encoding of the
 * computer, and Jörg Müller for JÃ¶rg MÃ¼ller. Our own imports pass over it.
 */
export const CSV_BEGINNING = '\uFEFF';
