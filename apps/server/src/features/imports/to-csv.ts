import type { ExportedLine } from '@outdial/postgres';
import { CSV_BEGINNING, csvLine } from '@outdial/protocol';
import { OWN_COLUMNS } from './field-words.js';

/** The file's own columns, then ours, which an import passes over: the file can be corrected and imported again as it is. */
export const importLinesHeading = (columns: readonly string[]): string =>
  CSV_BEGINNING + csvLine([...columns, ...OWN_COLUMNS]);

export function toImportLinesRow(columns: readonly string[], line: ExportedLine): string {
  const cells = columns.map((_, at) => line.cells?.[at] ?? '');
  const reasons = line.reasons.map(({ field, reason }) =>
    field === null ? reason : `${field.replaceAll('_', ' ')} ${reason}`,
  );
  // What is beyond the last heading is why such a row is refused; without it the row could not be corrected.
  const beyond = line.cells?.slice(columns.length).filter((cell) => cell !== '') ?? [];
  const extra = beyond.length === 0 ? [] : [`beyond the last column: ${beyond.join(' | ')}`];
  return csvLine([...cells, line.line, line.fate, [...reasons, ...extra].join('; ')]);
}
