import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** A stream of draws that depends on nothing but the words it was made from. */
export interface Chance {
  /** From 0 (included) to 1 (excluded). */
  fraction(): number;
  /** True in so many cases of a hundred. */
  percent(percent: number): boolean;
}

/**
 * The chance of one matter: the same seed and words give the same draws, whatever else was drawn before. That is what
 * makes a call's plan independent of the order in which calls are placed.
 */
export function chanceOf(seed: number, ...words: readonly (string | number)[]): Chance {
  const text = [seed, ...words].join('\u0000');
  const generator = xoroshiro128plusFromState([
    hash32(text, 1),
    hash32(text, 2),
    hash32(text, 3),
    hash32(text, 4),
  ]);
  const fraction = (): number => uniformFloat64(generator);
  return { fraction, percent: (percent) => fraction() * 100 < percent };
}

/** FNV-1a, finished as MurmurHash3 does so that neighbouring phone numbers share nothing. Not for secrets. */
export function hash32(text: string, salt: number): number {
  let hash = 0x811c9dc5 ^ Math.imul(salt, 0x9e3779b9);
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
