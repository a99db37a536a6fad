/** What a person typed into a search box, as patterns for LIKE. */
export interface SearchText {
  /** Anywhere in a text, any case: for ILIKE. */
  readonly text: string;
  /** The digits of what looks like (part of) a phone number: for LIKE on an E.164 number; null when it does not. */
  readonly digits: string | null;
}

/** null when there is nothing to search for. */
export function searchText(typed: string | undefined): SearchText | null {
  const trimmed = typed?.replaceAll('\0', '').trim() ?? '';
  if (trimmed === '') return null;
  return { text: `%${escapeLike(trimmed)}%`, digits: phoneDigits(trimmed) };
}

/** The backslash is PostgreSQL's own escape character for LIKE. */
const escapeLike = (text: string): string => text.replace(/[\\%_]/g, '\\$&');

function phoneDigits(typed: string): string | null {
  if (!/^[\d\s()+./-]+$/.test(typed)) return null;
  const all = typed.replace(/\D/g, '');
  if (all === '') return null;
  // Numbers are kept in international form: neither the 0 of "030 1234" nor the 00 of "0049 30" is part of it.
  return `%${all.replace(/^0+/, '') || all}%`;
}
