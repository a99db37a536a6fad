/** Sentences that follow "The phone number". They never repeat the number, as they end up in logs and lists of errors. */

export const AMBIGUOUS =
  'can be read as two different numbers: write it with + and the country code';

export const SERVICE_NUMBER = 'is an emergency or service number, which is never dialed';

export const PLACEHOLDER = 'is one digit again and again, which stands for no number';

/** Two readings that are as good: a national number whose 0 is missing, an international one whose + is. */
export function couldBe(here: string, abroad: string | null): string {
  const place = abroad === null ? 'abroad' : `in ${nameOf(abroad)}`;
  return here === abroad
    ? `can be read with and without the country code of ${nameOf(here)}: write it with + and the country code`
    : `can be read as a number in ${nameOf(here)} or, with a + that was lost, ${place}: write it with + and the country code`;
}

/** `atHome`: written without a country code, so that a number abroad may have been meant. */
export function sentenceFor(
  problem: string,
  country?: string,
  callingCode?: string,
  atHome = false,
): string {
  const where =
    country !== undefined ? `in ${nameOf(country)}` : `with the country code +${callingCode}`;
  const known = country !== undefined || callingCode !== undefined;
  switch (problem) {
    case 'TOO_SHORT':
      return known ? `is too short for a number ${where}` : 'is too short to be one';
    case 'TOO_LONG':
      return known
        ? `is too long for a number ${where}${atHome ? '; write a number abroad with + and its country code' : ''}`
        : 'is too long to be one';
    case 'INVALID_LENGTH':
      return known ? `has the wrong length for a number ${where}` : 'has the wrong length';
    case 'INVALID_COUNTRY':
      return 'begins with a country code that does not exist';
    default:
      return 'is not one: write it with + and the country code';
  }
}

const WITH_ARTICLE = new Set(['US', 'GB', 'NL', 'PH', 'AE', 'DO', 'BS', 'GM', 'MV', 'SC']);
const countryNames = new Intl.DisplayNames(['en'], { type: 'region', style: 'short' });

export const nameOf = (country: string): string =>
  `${WITH_ARTICLE.has(country) ? 'the ' : ''}${countryNames.of(country) ?? country}`;
