import { readTimeZone } from '@outdial/core';
import { z } from 'zod';

/** A field that a lead can do without: its value, or why the cell could not be used. `cut`: used, but not whole. */
export type OptionalValue<T> =
  | { readonly value: T | null; readonly reason?: undefined; readonly cut?: undefined }
  | { readonly value: T | null; readonly reason: string; readonly cut?: true };

const NONE: OptionalValue<never> = { value: null };
/** What people and programs write into a cell that they have nothing for. */
const NOTHING =
  /^(?:n\/?a\.?|n\.a\.|#n\/a|none|null|nil|unknown|undefined|keine?|k\.?\s?a\.?|inconnu|desconocido|sconosciuto|onbekend|tbd|\?+|-+|–|—|\.|_+|0)$/i;
export const saysNothing = (text: string): boolean => NOTHING.test(text.trim());

const Email = z.email();
const LONGEST_EMAIL = 254;

/** One address, as mail programs and people write it: `mailto:`, `Name <address>`; of several the first. */
export function readEmail(text: string | null): OptionalValue<string> {
  if (text === null || text === '' || saysNothing(text)) return NONE;
  if (text.length > 1_000) return { value: null, reason: 'is not an e-mail address' };
  const candidates = text
    .split(/\s*[;,|\n]\s*|\s+(?:or|oder|ou|o|und|and|\/)\s+|\s+\/\s+/)
    .map((each) => withoutWrapping(each))
    .filter((each) => each !== '');
  const good = candidates.filter((each) => each.length <= LONGEST_EMAIL && isEmail(each));
  const [first] = good;
  if (first === undefined) return { value: null, reason: 'is not an e-mail address' };
  if (candidates.length > 1) {
    return {
      value: first,
      reason: 'is more than one address: only the first one is kept',
      cut: true,
    };
  }
  return { value: first };
}

/** Also one with letters beyond ASCII in it (RFC 6531), which mail servers have carried since 2012. */
function isEmail(text: string): boolean {
  if (Email.safeParse(text).success) return true;
  const [local, domain, ...more] = text.split('@');
  if (local === undefined || domain === undefined || more.length > 0) return false;
  if (!/[^\p{ASCII}]/u.test(text)) return false;
  const ascii = (part: string): string =>
    part.replaceAll(/[^\p{ASCII}]/gu, (letter) => (/\p{L}|\p{M}|\p{N}/u.test(letter) ? 'x' : ' '));
  return Email.safeParse(`${ascii(local)}@${ascii(domain)}`).success;
}

const withoutWrapping = (text: string): string => {
  const inside = /<\s*([^<>\s]+)\s*>\s*$/.exec(text)?.[1] ?? text;
  return inside
    .replace(/^mailto:/i, '')
    .replace(/\?.*$/, '')
    .replaceAll(/^["'\s(]+|["'\s).,]+$/g, '');
};

const MOST_SCORE = 1_000_000;

/**
 * A score as spreadsheets write it, rounded to a whole number: `85%` is 85, `87,5` and `87.5` are 88, `1.234.567` and `1,234,567` are
 * 1234567. `1,234` alone may be either, and what may be two things is not guessed.
 */
export function readScore(text: string | null): OptionalValue<number> {
  if (text === null || text === '' || (saysNothing(text) && text !== '0')) return NONE;
  const written = text
    .slice(0, 60)
    .replaceAll(/[\s\u00A0\u202F'’]/g, '')
    .replace(/(?:%|pts?\.?|punkte|points?)$/i, '')
    .replace(/\/100?$/, '');
  const number = plainNumber(written);
  if (number === 'ambiguous') {
    return { value: null, reason: 'may be a thousand or a fraction: write it without separators' };
  }
  if (number === null) return { value: null, reason: 'is not a number' };
  if (Math.abs(number) > MOST_SCORE) return { value: null, reason: 'is beyond 1,000,000' };
  return { value: Math.round(number) };
}

function plainNumber(text: string): number | 'ambiguous' | null {
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  // Both signs: the last one is the decimal sign.
  if (/^[+-]?\d{1,3}(?:,\d{3})+\.\d+$/.test(text)) return Number(text.replaceAll(',', ''));
  if (/^[+-]?\d{1,3}(?:\.\d{3})+,\d+$/.test(text))
    return Number(text.replaceAll('.', '').replace(',', '.'));
  // One sign more than once separates thousands.
  if (/^[+-]?\d{1,3}(?:,\d{3}){2,}$/.test(text)) return Number(text.replaceAll(',', ''));
  if (/^[+-]?\d{1,3}(?:\.\d{3}){2,}$/.test(text)) return Number(text.replaceAll('.', ''));
  // "1,234": a thousand in English, one and a bit in German. "0,875" can only be a fraction.
  if (/^[+-]?[1-9]\d{0,2}[.,]\d{3}$/.test(text)) return 'ambiguous';
  if (/^[+-]?\d*[.,]\d+$/.test(text)) return Number(text.replace(',', '.'));
  if (/^[+-]?\d+[.,]$/.test(text)) return Number(text.slice(0, -1));
  return null;
}

/** A text, cut where it is longer than the field, so that it fits with an ellipsis. */
export function readText(text: string | null, longest: number): OptionalValue<string> {
  if (text === null || text === '') return NONE;
  if (text.length <= longest) return { value: text };
  // Not through the middle of a letter that takes two units.
  const kept = text
    .slice(0, longest - 1)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trimEnd();
  return {
    value: `${kept}…`,
    reason: `is longer than ${longest} characters and was cut`,
    cut: true,
  };
}

export function readZone(text: string | null): OptionalValue<string> {
  if (text === null || text === '' || saysNothing(text)) return NONE;
  const read = readTimeZone(text);
  return read.ok ? { value: read.zone } : { value: null, reason: read.reason };
}

const YES =
  /^(?:true|t|yes|y|1(?:[.,]0+)?|x|✓|✔|☑|ja|j|wahr|oui|o|vrai|si|sí|s|verdadero|vero|sim|verdadeiro|waar|tak|on|checked|dnc|do not call|do not allow|not allowed|listed|registered|opted out|opt-out|blocked|gesperrt|sann|sant|prawda|ano|igen|да|истина|evet|是|はい|예|네|כן|نعم)$/i;
const NO =
  /^(?:|false|f|no|n|0(?:[.,]0+)?|nein|falsch|non|faux|falso|não|nao|nee|onwaar|nie|off|unchecked|ok|okay|callable|allow|allowed|allows calls|not (?:listed|registered|found|on list|blocked|suppressed)|unlisted|clear|none|null|n\/?a|opted in|opt-in|opt in|permitted|can call|ok to call|(?:not (?:on )?|non-|no )dnc|no (?:match|hit)|clean|safe|subscribed|nej|nei|falskt?|usant|fałsz|ne|nu|нет|ложь|hayır|否|いいえ|아니[오요]|לא|لا|-+|–)$/i;

/**
 * Does the cell of a do-not-call column say that the person must not be called? What is neither yes nor no, such as a date or a
 * remark, is taken for yes: a call that should not have been made cannot be taken back.
 */
export function readDoNotCall(text: string | null): {
  readonly yes: boolean;
  readonly sure: boolean;
} {
  const said = (text ?? '').trim();
  if (NO.test(said)) return { yes: false, sure: true };
  return { yes: true, sure: YES.test(said) };
}
