import { type RawBuilder, sql } from 'kysely';

/** What a person typed into a search box. */
export interface SearchText {
  /** Whether one of these texts contains it, in any case, with or without accents (`plain_text` in the schema). */
  isIn(...texts: readonly RawBuilder<unknown>[]): RawBuilder<boolean>;
  /**
   * Whether one of these plain texts contains it: `texts` is an array column that has an index over its `search_grams`. The index alone
   * would also find texts that have all the letters in other places.
   */
  isInPlain(texts: RawBuilder<unknown>): RawBuilder<boolean>;
  /** The digits of what looks like (part of) a phone number: for LIKE on an E.164 number; null when it does not. */
  readonly digits: string | null;
  /** As `isInPlain`, for the digits. */
  digitsAreInPlain(texts: RawBuilder<unknown>): RawBuilder<boolean>;
}

/** null when there is nothing to search for. */
export function searchText(typed: string | undefined): SearchText | null {
  const trimmed = typed?.replaceAll('\0', '').trim() ?? '';
  // Of accents alone `plain_text` leaves nothing.
  if (trimmed.normalize('NFD').replace(/[\u0300-\u036f]/g, '') === '') return null;
  const digits = phoneDigits(trimmed);
  const pattern = sql`plain_text(${`%${escapeLike(trimmed)}%`}::text)`;
  return {
    isIn: (...texts) =>
      sql<boolean>`(${sql.join(
        texts.map((text) => sql`plain_text(${text}) like ${pattern}`),
        sql` or `,
      )})`,
    isInPlain: (texts) => sql<boolean>`(
      search_grams(${texts}) @@ search_query(plain_text(${trimmed}::text))
      and array_to_string(${texts}, chr(10)) like ${pattern})`,
    digits: digits && `%${digits}%`,
    digitsAreInPlain: (texts) =>
      digits === null
        ? sql<boolean>`false`
        : sql<boolean>`(
      search_grams(${texts}) @@ search_query(${digits}::text)
      and array_to_string(${texts}, chr(10)) like ${`%${digits}%`}::text)`,
  };
}

/** The backslash is PostgreSQL's own escape character for LIKE. */
const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

function phoneDigits(typed: string): string | null {
  if (!/^[\d\s()+./-]+$/.test(typed)) return null;
  const all = typed.replace(/\D/g, '');
  if (all === '') return null;
  // Numbers are kept in international form: neither the 0 of "030 1234" nor the 00 of "0049 30" is part of it.
  return all.replace(/^0+/, '') || all;
}
