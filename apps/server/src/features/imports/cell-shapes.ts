/** What the cells of a column look like, as shares of those that are filled in. */
export interface CellShapes {
  readonly filled: number;
  /** 7 to 15 digits and what people write between them. */
  readonly phone: number;
  /** Such that nothing else looks like it: a plus, brackets, groups. */
  readonly phoneForSure: number;
  readonly email: number;
  readonly salutation: number;
  /** Two or three words of letters, as in the name of a person. */
  readonly fullName: number;
  readonly number: number;
  readonly flag: number;
}

const PHONE = /^'?(?:tel:)?[+(]?[\d\s().\-/+·–‑]{6,24}$/;
const FOR_SURE = /^'?(?:\+|00)\d|\(\d{2,5}\)|^\d{2,5}[ .\-/]\d{2,4}[ .-]\d{2,5}|^0\d{1,4}[ \-/]\d/;
const DATE = /^(?:\d{4}[-./]\d{1,2}[-./]\d{1,2}|\d{1,2}[-./]\d{1,2}[-./]\d{2,4})(?:\s|T|$)/;
const EMAIL = /^[^\s@<>]{1,64}@[^\s@<>]+\.[^\s@<>]{2,}$|<[^\s@<>]+@[^\s@<>]+>$/;
const SALUTATION =
  /^(?:mr|mrs|ms|miss|mx|dr|prof|sir|madam|herr|frau|hr|fr|m|mme|mlle|monsieur|madame|sr|sra|srta|don|dona|sig|signor|signora|dott|dottssa|dhr|mevr|mw|ing|dipl ing)\.?(?: (?:dr|prof|med|ing)\.?)*$/i;
const FULL_NAME =
  /^\p{Lu}[\p{L}'’.-]*(?: (?:\p{Lu}[\p{L}'’.-]*|van|von|de|der|den|di|da|du|la|le|al|bin|y|e)){1,4}$/u;
const FLAG =
  /^(?:true|false|yes|no|y|n|0|1|x|t|f|ja|nein|oui|non|si|sí|sim|nao|não|nee|vrai|faux|wahr|falsch|verdadero|falso|on|off|checked|unchecked)$/i;

/** Several numbers in one cell, as Google and people write them: the first one says what the cell is. */
const firstOf = (cell: string): string => cell.split(/\s*(?::::|[;,|\n])\s*/)[0] ?? cell;

export const looksLikePhone = (cell: string): boolean => {
  const first = firstOf(cell.slice(0, 80)).replace(/\s*(?:x|ext\.?|extension|#)\s*\d{1,6}$/i, '');
  const digits = first.replaceAll(/\D/g, '').length;
  return PHONE.test(first) && digits >= 7 && digits <= 15 && !DATE.test(first);
};
export const isPhoneForSure = (cell: string): boolean =>
  looksLikePhone(cell) && FOR_SURE.test(cell);
export const looksLikeEmail = (cell: string): boolean => EMAIL.test(cell.slice(0, 320));

export function shapesOf(cells: readonly string[]): CellShapes {
  const filled = cells.filter((cell) => cell !== '').map((cell) => cell.slice(0, 320));
  const share = (fits: (cell: string) => boolean): number =>
    filled.length === 0 ? 0 : filled.filter(fits).length / filled.length;
  return {
    filled: filled.length,
    phone: share(looksLikePhone),
    phoneForSure: share(isPhoneForSure),
    email: share(looksLikeEmail),
    salutation: share((cell) => SALUTATION.test(cell)),
    fullName: share((cell) => FULL_NAME.test(cell)),
    number: share((cell) => /^[-+]?\d+(?:[.,]\d+)?%?$/.test(cell)),
    flag: share((cell) => FLAG.test(cell)),
  };
}
