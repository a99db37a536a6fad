import { parsePhone } from '@outdial/core';
import { type Person, patternOf } from '@outdial/postgres';
import type { StoredImportOptions } from '../imports/imports.js';
import { rowMapper } from '../imports/map-row.js';
import { type CsvRow, columnNames, readRows } from '../imports/read-csv.js';
import { normalEmail } from '../secrets/person-hashes.js';

/**
 * A file on its way to leads, with every letter and digit of the person's rows made an x; null: they are not in it. Rows,
 * separators and quotes stay, so that an import under way goes on where it was; what is left of the person is refused as a row
 * whose number cannot be dialed.
 */
export function withoutPerson(
  file: { readonly content: string; readonly options: unknown },
  person: Pick<Person, 'phones' | 'emails'>,
): string | null {
  const options = file.options as StoredImportOptions;
  const isTheirs = recognise(person, options);
  const lines = file.content.split(/(\r\n|\r|\n)/);
  let heading: readonly string[] | null = null;
  let before: { readonly line: number; readonly theirs: boolean } | null = null;
  let found = false;
  /** `line` counts from 1; every second part is a line end. */
  const blank = (from: number, to: number): void => {
    for (let line = from; line < to; line += 1) {
      const at = 2 * (line - 1);
      lines[at] = (lines[at] ?? '').replace(/[\p{L}\p{N}@]/gu, 'x');
    }
    found = true;
  };
  const lastLine = (lines.length + 1) / 2;
  for (const row of readRows(file.content, options.delimiter)) {
    if (before?.theirs) blank(before.line, row.line);
    if (heading === null) {
      heading = columnNames(row);
      before = { line: row.line, theirs: false };
      continue;
    }
    before = { line: row.line, theirs: isTheirs(row, heading) };
  }
  if (before?.theirs) blank(before.line, lastLine + 1);
  return found ? lines.join('') : null;
}

function recognise(
  { phones, emails }: Pick<Person, 'phones' | 'emails'>,
  options: StoredImportOptions,
) {
  const numbers = new Set(phones);
  const addresses = new Set(emails.map(normalEmail));
  const pattern = patternOf({ phones, emails });
  const written = pattern === null ? null : new RegExp(pattern, 'i');
  const endings = new Set(phones.map((phone) => phone.slice(-4)));
  const country = options.default_country ?? undefined;
  let map: ReturnType<typeof rowMapper> | null = null;
  return (row: CsvRow, heading: readonly string[]): boolean => {
    map ??= rowMapper(heading, options.mapping, country);
    const text = row.fields.join('\n');
    if (written?.test(text)) return true;
    // In national form. Reading a number costs a hundred times as much as looking at its last digits.
    const mayBe = row.fields.some((field) => endings.has(field.replace(/\D/g, '').slice(-4)));
    if (!mayBe) return false;
    const mapped = map(row);
    if (mapped.kind === 'lead') {
      const { phone, email } = mapped.lead;
      return numbers.has(phone) || (email ? addresses.has(normalEmail(email)) : false);
    }
    return row.fields.some((field) => {
      const read = /\d{4}/.test(field.replace(/\D/g, '')) ? parsePhone(field, country) : null;
      return read?.ok === true && numbers.has(read.e164);
    });
  };
}
