import { isAssigned } from './number-plan.js';

/** What became of a national number (digits behind the country code) that is no longer in use as it was written. */
interface Renumbering {
  readonly was: RegExp;
  /** Replacement for `was`. */
  readonly is: string;
  /** Only where the last eight digits are written in two groups of four: otherwise a digit may be missing as well. */
  readonly inFours?: true;
}

/**
 * Old forms by country code, each from the plan that the country gave to the ITU (National Numbering Plans,
 * https://www.itu.int/oth/T0202.aspx?parent=T0202). Only those from which the number of today follows with certainty.
 */
const RENUMBERED: Readonly<Record<string, readonly Renumbering[]>> = {
  // Italy: zeros of fixed lines, part of the number since 1998, which spreadsheets take away.
  '39': [{ was: /^([124-9]\d{5,8})$/, is: '0$1' }],
  // Poland, Czechia, Chile: a 0 was dialed before national numbers until 2009, 2002 and 2016.
  '48': [{ was: /^0(\d{9})$/, is: '$1' }],
  '420': [{ was: /^0(\d{9})$/, is: '$1' }],
  '56': [{ was: /^0([2-79]\d{8})$/, is: '$1' }],
  // Ukraine dialed 8 before area codes with their 0, until 2009.
  '380': [{ was: /^80(\d{9})$/, is: '$1' }],
  // Brazil: mobiles got a 9 in front, 2012 to 2016. Those of today begin with 9, so that one with eight digits may lack any of them.
  '55': [
    { was: /^(?<area>[1-9]\d)(?<line>[68]\d{7})$/, is: '$<area>9$<line>' },
    { was: /^(?<area>[1-9]\d)(?<line>9\d{7})$/, is: '$<area>9$<line>', inFours: true },
  ],
  // Colombia: fixed lines, 2021. One digit of the area became three.
  '57': [{ was: /^([124-8]\d{7})$/, is: '60$1' }],
  // Vietnam: mobiles of eleven digits, 2018.
  '84': [
    { was: /^120(\d{7})$/, is: '70$1' },
    { was: /^121(\d{7})$/, is: '79$1' },
    { was: /^122(\d{7})$/, is: '77$1' },
    { was: /^126(\d{7})$/, is: '76$1' },
    { was: /^128(\d{7})$/, is: '78$1' },
    { was: /^12([345])(\d{7})$/, is: '8$1$2' },
    { was: /^127(\d{7})$/, is: '81$1' },
    { was: /^129(\d{7})$/, is: '82$1' },
    { was: /^16([2-9]\d{7})$/, is: '3$1' },
    { was: /^18([68]\d{7})$/, is: '5$1' },
    { was: /^199(\d{7})$/, is: '59$1' },
  ],
  // Côte d’Ivoire: mobiles by their operator, 2021; and the zero that spreadsheets take away.
  '225': [
    { was: /^([04-9][0-3]\d{6})$/, is: '01$1' },
    { was: /^([04-9][4-6]\d{6})$/, is: '05$1' },
    { was: /^([04-9][7-9]\d{6})$/, is: '07$1' },
    { was: /^([157]\d{8})$/, is: '0$1' },
  ],
  // Benin: all numbers, 2024.
  '229': [
    { was: /^(\d{8})$/, is: '01$1' },
    { was: /^(1\d{8})$/, is: '0$1' },
  ],
  // Cameroon: mobiles, 2014.
  '237': [{ was: /^([79]\d{7})$/, is: '6$1' }],
  // The Congo (Brazzaville): the zero that spreadsheets take away.
  '242': [{ was: /^([456]\d{7})$/, is: '0$1' }],
  // Ecuador: mobiles that began with 08, 2012. Those with 09 look like one of today with a digit missing.
  '593': [{ was: /^(8\d{7})$/, is: '9$1' }],
};

/**
 * The number of today (E.164) for a national number in an old form; null: it is in none, or its new number has no assigned range.
 * `inFours`: the person wrote the last eight digits in two groups of four.
 */
export function renumbered(callingCode: string, national: string, inFours: boolean): string | null {
  for (const { was, is, inFours: needsFours } of RENUMBERED[callingCode] ?? []) {
    if (!was.test(national) || (needsFours && !inFours)) continue;
    const today = `+${callingCode}${national.replace(was, is)}`;
    if (isAssigned(today)) return today;
  }
  return null;
}

/** Why a national number without assigned range cannot be one, to follow "The phone number"; null: it may be new. */
export function incomplete(callingCode: string, national: string): string | null {
  if (callingCode === '55' && /^[1-9]\d9\d{7}$/.test(national)) {
    return 'lacks a digit: mobile numbers of Brazil have nine after the area code';
  }
  if (callingCode === '54' && /^15\d{8}$/.test(national)) {
    return 'lacks its area code: write 9 and the area code instead of 15';
  }
  return null;
}
