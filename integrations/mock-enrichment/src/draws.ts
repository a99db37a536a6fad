import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** Chance that depends on nothing but the words it was made from. */
export interface Draws {
  /** From 0 (included) to 1 (excluded). */
  fraction(): number;
  /** A whole number, both ends included. */
  between(min: number, max: number): number;
  oneOf<T>(choices: readonly [T, ...T[]]): T;
  /** So many different ones, in the order of the choices. */
  someOf<T>(choices: readonly T[], count: number): readonly T[];
}

export function drawsOf(...words: readonly (string | number)[]): Draws {
  const text = words.join('\u0000');
  const generator = xoroshiro128plusFromState([1, 2, 3, 4].map((salt) => hash32(text, salt)));
  const fraction = (): number => uniformFloat64(generator);
  const between = (min: number, max: number): number =>
    min + Math.floor(fraction() * (max - min + 1));
  return {
    fraction,
    between,
    oneOf: (choices) => choices[between(0, choices.length - 1)] ?? choices[0],
    someOf(choices, count) {
      const ranked = choices.map((choice, at) => ({ choice, at, rank: fraction() }));
      const chosen = ranked.toSorted((a, b) => a.rank - b.rank).slice(0, count);
      return chosen.toSorted((a, b) => a.at - b.at).map(({ choice }) => choice);
    },
  };
}

/** FNV-1a, finished as MurmurHash3 does. Not for secrets. */
function hash32(text: string, salt: number): number {
  let hash = 0x811c9dc5 ^ Math.imul(salt, 0x9e3779b9);
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
