import { csvLine, type ImportDetail } from '@outdial/protocol';

/** Reasons quote what stood in the file, which a spreadsheet must not run. */
export function errorsAsCsv(errors: ImportDetail['errors']): string {
  const rows = errors.map(({ line, field, reason }) => csvLine([line, field, reason]));
  return [csvLine(['line', 'field', 'reason']), ...rows].join('');
}
