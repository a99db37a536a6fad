import { dictionary } from '@zxcvbn-ts/language-common';

/** The 49,000 most common passwords of leaks, the most common first. */
const RANKED = dictionary['passwords-common'] as readonly string[];
const COMMON = new Set(RANKED);
/** Those that people put together to reach a length. */
const VERY_COMMON = new Set(RANKED.slice(0, 10_000));
const PRODUCT = 'outdial';

/**
 * Why a password would be tried first, as the end of a sentence; null: it would not. The length is the protocol's matter
 * (`NewPassword`); nothing is asked about kinds of characters (NIST SP 800-63B-4, 3.1.1.2; OWASP ASVS 5.0, 6.2.4, 6.2.5 and
 * 6.2.11).
 */
export function weaknessOf(
  password: string,
  of: { readonly email: string; readonly name: string },
): string | null {
  const typed = password.normalize('NFKC').toLowerCase();
  if (new Set(typed).size < 5) return 'it has fewer than five different characters';
  for (const form of [typed, asLetters(typed)]) {
    if (isCommon(form)) return 'it is one of the most common ones, or made of them';
  }
  const rest = ownWords(of).reduce((left, word) => left.replaceAll(word, ''), typed);
  if (rest !== typed && rest.replaceAll(/[^\p{L}\p{N}]/gu, '').length < 8) {
    return 'it is made of your name, your e-mail address or the name of this program';
  }
  return null;
}

function isCommon(typed: string): boolean {
  if (COMMON.has(typed)) return true;
  // "Welcome2026!!"
  const word = typed.replaceAll(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  if (word.length >= 4 && word.length >= typed.length / 3 && VERY_COMMON.has(word)) return true;
  // "abcabcabcabc"
  if (/^(.{1,6})\1+.{0,2}$/su.test(typed)) return true;
  // "sunshineprincess", "qwerty123456"
  for (let at = 4; at <= typed.length - 4; at += 1) {
    if (VERY_COMMON.has(typed.slice(0, at)) && VERY_COMMON.has(typed.slice(at))) return true;
  }
  return false;
}

/** "p@ssw0rd": what programs that guess try right after the word itself. */
const LOOKS_LIKE: Readonly<Record<string, string>> = {
  '@': 'a',
  '4': 'a',
  '3': 'e',
  '1': 'i',
  '!': 'i',
  '0': 'o',
  $: 's',
  '5': 's',
  '7': 't',
};
const asLetters = (typed: string): string =>
  typed.replaceAll(/[@431!0$57]/g, (sign) => LOOKS_LIKE[sign] ?? sign);

function ownWords({ email, name }: { readonly email: string; readonly name: string }): string[] {
  const words = `${email} ${name}`.toLowerCase().split(/[^\p{L}\p{N}]+/u);
  const own = [email.toLowerCase(), ...words, PRODUCT].filter((word) => word.length >= 4);
  return own.sort((one, other) => other.length - one.length);
}
