/** What surrounds a number in a cell, a link or a copied contact, and says nothing. */
export function unwrapCell(input: string): string {
  if (/^[+\d ()-]+$/.test(input)) return input.trim();
  return (
    input
      // Full-width digits and signs become ordinary ones.
      .normalize('NFKC')
      .replace(/\p{Nd}/gu, asciiDigit)
      // Invisible: direction marks, zero-width characters, byte order mark, soft hyphen.
      .replace(/[\u00AD\u200B-\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]/g, '')
      .trim()
      // ="+12025550123": how a spreadsheet is made to leave a number alone; likewise the leading apostrophe.
      .replace(/^="?(.*?)"?$/, '$1')
      .replace(/^(?:['"’‘`]\s*)+|(?:\s*['"’‘`])+$/g, '')
      // A link, also with its parameters: tel:+1-202-555-0123;phone-context=…
      .replace(/^(?:tel|callto|phone|sip):\s*(?:\/\/)?/i, '')
      .replace(
        /^(?:https?:\/\/)?(?:wa\.me|api\.whatsapp\.com)\/(?:send\/?\?phone=)?(?:\+|%2B)?(\d+)\S*$/i,
        '+$1',
      )
      .replace(/^\+?(\d{8,15})@(?:s\.whatsapp\.net|c\.us)$/i, '+$1')
      // Brazil writes xx for the digits of a long-distance carrier: (0xx11) 3123-4567.
      .replace(/^\(?0?xx(?=\s*\)?\s*[1-9])/i, (found) => (found.startsWith('(') ? '(' : ''))
      .replace(/;\s*(?:phone-context|isub|npdi|rn)=?[^;]*/gi, '')
      // 12025550123.0: the column passed through floating point on its way.
      .replace(/^(\+?\d{6,15})[.,]0+$/, '$1')
      .trim()
  );
}

/** Unicode keeps the ten digits of a script together, from 0 to 9. */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value += 1;
  return String(value);
}

const ZIP_4 = 'is a postal code (ZIP+4)';

const NONE =
  /^(?:n\s*\/?\s*a|none|null|nil|nan|unknown|unbekannt|keine?|inconnu|ninguno|[-–—?.]+)\.?$/i;

const SCIENTIFIC = /^[+-]?\d+(?:[.,]\d+)?e[+-]?\d+$/i;

const YEAR = '(?:19|20)\\d{2}';
const MONTH = '(?:0?[1-9]|1[0-2])';
const DAY = '(?:0?[1-9]|[12]\\d|3[01])';
const AT = '(?:[T ,]+\\d{1,2}[:.]\\d{2}.*)?';
const DATES = [
  new RegExp(`^${YEAR}([-./])${MONTH}\\1${DAY}${AT}$`, 'i'),
  new RegExp(`^${DAY}([-./])${MONTH}\\1${YEAR}${AT}$`, 'i'),
  new RegExp(`^${MONTH}([-./])${DAY}\\1${YEAR}${AT}$`, 'i'),
  new RegExp(`^(?:${DAY}([./])${MONTH}|${MONTH}([./])${DAY})(?:\\1|\\2)\\d{2}$`),
];

const AMOUNTS = [
  /[$€£¥₹₽%]|\b(?:usd|eur|gbp|chf)\b/i,
  // 1,234,567 and 1.234,56 and 12.50: thousands and decimals.
  /^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/,
  /^[+-]?\d{1,3}(?:\.\d{3})+,\d+$/,
  /^[+-]?\d+[.,]\d{1,2}$/,
];

/** What else a cell may hold where a phone number was expected; null: nothing that can be recognized. */
export function otherThanPhone(cell: string): string | null {
  if (cell === '') return 'is empty';
  if (/^(?:\+|\(|\d{5})[\d ()-]*$/.test(cell) && /\d{3}[ )]|\d{7}$|\d{4}$/.test(cell)) {
    return /^\d{5}-\d{4}$/.test(cell) ? ZIP_4 : null;
  }
  if (NONE.test(cell)) return /\p{L}/u.test(cell) ? 'is given as missing' : 'contains no digits';
  if (SCIENTIFIC.test(cell)) {
    return 'was shortened by a spreadsheet to scientific notation and may have lost digits: format the column as text and export it again';
  }
  if (DATES.some((date) => date.test(cell))) return 'is a date';
  if (AMOUNTS.some((amount) => amount.test(cell)))
    return 'is an amount, with decimals or a currency';
  if (/^\d{5}-\d{4}$/.test(cell)) return ZIP_4;
  return null;
}
