import type { ImportDetail } from '@outdial/protocol';

const cell = (value: string | number | null) => {
  const text = String(value ?? '');
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

export function errorsAsCsv(errors: ImportDetail['errors']): string {
  const rows = errors.map((error) => [error.line, error.field, error.reason].map(cell).join(','));
  return ['line,field,reason', ...rows].join('\r\n').concat('\r\n');
}
