import { type Person, patternOf } from '@outdial/postgres';
import { normalEmail } from '../../secrets/person-hashes.js';
import { rowMapper } from '../imports/map-row.js';
import { type RowOfPiece, readRow, writeRow } from '../imports/pieces.js';
import { readNumber } from '../imports/read-number.js';
import type { StoredImportOptions } from '../imports/stored-import-options.js';

/**
 * Rows on their way to leads, with every letter and digit of the person's made an x; null: they are not among them. The rows stay, so
 * that an import under way continues where it was; what is left of the person is refused as a row whose number cannot be dialed.
 */
export function withoutPerson(
  { content, options }: { readonly content: string; readonly options: unknown },
  person: Pick<Person, 'phones' | 'emails'>,
): string | null {
  const isTheirs = recognize(person, options as StoredImportOptions);
  let found = false;
  const lines = content.split('\n').map((text) => {
    const row = readRow(text);
    if (!isTheirs(row)) return text;
    found = true;
    return writeRow({
      ...row,
      cells: row.cells.map((cell) => cell.replaceAll(/[\p{L}\p{N}@]/gu, 'x')),
    });
  });
  return found ? lines.join('\n') : null;
}

function recognize(
  { phones, emails }: Pick<Person, 'phones' | 'emails'>,
  options: StoredImportOptions,
) {
  const numbers = new Set(phones);
  const addresses = new Set(emails.map(normalEmail));
  const pattern = patternOf({ phones, emails });
  const written = pattern === null ? null : new RegExp(pattern, 'i');
  const endings = new Set(phones.map((phone) => phone.slice(-4)));
  const country = options.default_country;
  const map = rowMapper({
    columns: options.columns,
    mapping: options.mapping,
    phoneColumns: options.phone_columns,
    defaultCountry: country,
  });
  return ({ cells }: RowOfPiece): boolean => {
    if (written?.test(cells.join('\n'))) return true;
    // In national form. Reading a number costs a hundred times as much as looking at its digits; a cell may hold several numbers.
    const mayBe = cells.some((cell) => {
      const digits = cell.replaceAll(/\D/g, '');
      return [...endings].some((ending) => digits.includes(ending));
    });
    if (!mayBe) return false;
    const mapped = map(cells);
    if (mapped.phones.some((phone) => numbers.has(phone))) return true;
    if (
      mapped.kind === 'lead' &&
      mapped.lead.email &&
      addresses.has(normalEmail(mapped.lead.email))
    )
      return true;
    return cells.some((cell) => {
      if (!/\d{4}/.test(cell.replaceAll(/\D/g, ''))) return false;
      const read = readNumber(cell, country, 'any');
      return read.ok && [read.phone, ...read.others].some((phone) => numbers.has(phone));
    });
  };
}
