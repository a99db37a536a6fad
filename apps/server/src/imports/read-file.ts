import type { ColumnMapping } from '@outdial/protocol';
import type { CsvFile } from '../http/http-ports.js';
import { guessMapping } from './guess-mapping.js';
import {
  checkText,
  columnNames,
  decodeCsv,
  detectDelimiter,
  readRows,
  UnreadableCsv,
} from './read-csv.js';

/** A file that can be read from its first line to its last. */
export interface ReadFile {
  readonly text: string;
  readonly delimiter: string;
  readonly columns: string[];
  /** As wanted, or guessed from the headings. */
  readonly mapping: ColumnMapping;
  readonly sample: string[][];
  /** Without the heading. */
  readonly rows: number;
}

const SAMPLE_ROWS = 5;
/** No export has so many; and what is done for each of them must not keep others waiting, were it a megabyte of commas. */
const MOST_COLUMNS = 1_000;
/** About 1 ms. */
const ROWS_A_BREATH = 100;

/** Goes through the whole file once; throws UnreadableCsv for what is no CSV, or has nothing to import. */
export async function readFile(
  file: CsvFile,
  wanted: ColumnMapping | undefined,
  breathe: () => Promise<void>,
): Promise<ReadFile> {
  const text = typeof file.content === 'string' ? checkText(file.content) : decodeCsv(file.content);
  const delimiter = detectDelimiter(text);
  const rows = readRows(text, delimiter);
  const heading = rows.next();
  if (heading.done) {
    throw new UnreadableCsv('The file is empty. The first line must name the columns.');
  }
  const { length } = heading.value.fields;
  if (length > MOST_COLUMNS) {
    throw new UnreadableCsv(
      `The heading has ${length} columns, and ${MOST_COLUMNS} are the most. Remove those that are not needed, then import it again.`,
    );
  }
  const columns = columnNames(heading.value);
  const sample: string[][] = [];
  let count = 0;
  for (const row of rows) {
    count += 1;
    if (sample.length < SAMPLE_ROWS) sample.push([...row.fields]);
    if (count % ROWS_A_BREATH === 0) await breathe();
  }
  if (count === 0) {
    throw new UnreadableCsv(
      'The file has a heading and no rows below it, so there is nothing to import.',
    );
  }
  const mapping = wanted === undefined ? guessMapping(columns) : known(wanted, columns);
  return { text, delimiter, columns, mapping, sample, rows: count };
}

function known(wanted: ColumnMapping, columns: readonly string[]): ColumnMapping {
  const mapping: ColumnMapping = {};
  for (const [heading, field] of Object.entries(wanted)) {
    const column = heading.trim();
    if (!columns.includes(column)) {
      throw new UnreadableCsv(
        `The mapping names the column "${column}", which the file does not have. Its columns are: ${columns.join(', ')}.`,
      );
    }
    mapping[column] = field;
  }
  return mapping;
}

/** A lead is somebody with a name and a number. */
export function requireFields(mapping: ColumnMapping): void {
  const fields = new Set(Object.values(mapping));
  if (!fields.has('phone_number')) {
    throw new UnreadableCsv(
      'No column is mapped to phone_number. Say which one holds the number to call.',
    );
  }
  if (!fields.has('name') && !fields.has('first_name') && !fields.has('last_name')) {
    throw new UnreadableCsv(
      'No column is mapped to name (or first_name and last_name). Say which one holds it.',
    );
  }
}
