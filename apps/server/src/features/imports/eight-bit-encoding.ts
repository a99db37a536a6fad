import type { FileEncoding } from '@outdial/protocol';
import { decodeBytes } from './decode-bytes.js';

/** Where two make equally good words, the one that comes first. */
const EIGHT_BIT = [
  'windows-1252',
  'macintosh',
  'ibm850',
  'windows-1250',
  'windows-1251',
  'koi8-r',
  'ibm866',
  'iso-8859-5',
] as const satisfies readonly FileEncoding[];
const CYRILLIC: ReadonlySet<FileEncoding> = new Set([
  'windows-1251',
  'koi8-r',
  'ibm866',
  'iso-8859-5',
]);
/** In lists in capitals, reading them in the wrong encoding gives small letters: then only the usual ones tell. */
const USUAL_CYRILLIC = /[оеаинтсрвлОЕАИНТСРВЛ]/;
/** Enough to tell encodings apart. */
const SAMPLED_BYTES = 64 * 1024;
const USUAL = /[äöüßéèêëàâáãåæçñíìîïóòôõøúùûÄÖÜÉÈÀÁÅÆÇÑÓØÚœŒ]/;
const TYPOGRAPHY = /[’‘“”„–—…€•°§«»´©®™ªº¡¿ ]/;

/** The encoding in which the bytes above 127 make words. */
export function eightBitEncoding(file: Uint8Array): FileEncoding {
  const sample = aroundHighBytes(file);
  let best: FileEncoding = 'windows-1252';
  let most = Number.NEGATIVE_INFINITY;
  for (const encoding of EIGHT_BIT) {
    const score = plausibility(decodeBytes(sample, encoding), encoding);
    if (score > most) [best, most] = [encoding, score];
  }
  return best;
}

/** The bytes above 127 with their neighbors, as these may stand anywhere in a large file. */
function aroundHighBytes(file: Uint8Array): Uint8Array {
  const sample: number[] = [];
  for (let at = 0; at < file.length && sample.length < SAMPLED_BYTES; at += 1) {
    if ((file[at] ?? 0) < 0x80) continue;
    const from = Math.max(0, at - 3);
    let to = at;
    while (to < file.length && to - from < 64 && (file[to] ?? 0) >= 0x41) to += 1;
    for (let each = from; each < to + 1 && each < file.length; each += 1)
      sample.push(file[each] ?? 0);
    sample.push(SPACE);
    at = to;
  }
  return Uint8Array.from(sample);
}
const SPACE = 32;

function plausibility(text: string, encoding: FileEncoding): number {
  let score = 0;
  const letters = [...text];
  letters.forEach((letter, at) => {
    if (letter < '\u0080') return;
    const before = letters[at - 1] ?? ' ';
    const after = letters[at + 1] ?? ' ';
    const inWord = /\p{L}/u.test(before) || /\p{L}/u.test(after);
    if (!/\p{L}/u.test(letter)) {
      const within = /\p{L}/u.test(before) && /\p{L}/u.test(after) && letter !== '’';
      score += TYPOGRAPHY.test(letter) && !within ? 0.5 : -3;
    } else if (
      /\p{Lu}/u.test(letter) &&
      (/\p{Ll}/u.test(before) || isCapitalWithin(before, after))
    ) {
      score -= 3;
    } else if (/\p{Ll}/u.test(letter) && letter !== 'ß' && isSmallWithin(before, after)) {
      score -= 3;
    } else if (CYRILLIC.has(encoding)) {
      // Cyrillic letters come in company; one among Latin ones is a Latin letter that was read wrongly.
      score += /\p{Script=Cyrillic}/u.test(before) || /\p{Script=Cyrillic}/u.test(after) ? 2 : -3;
      if (USUAL_CYRILLIC.test(letter)) score += 0.5;
    } else if (USUAL.test(letter)) {
      score += inWord ? 2 : 0;
    } else {
      score += inWord ? 1 : -1;
    }
  });
  return score;
}

/** "MÅller": a capital between a capital and a small letter. */
const isCapitalWithin = (before: string, after: string): boolean =>
  /\p{Lu}/u.test(before) && /\p{Ll}/u.test(after);

/** "MöLLER": a small letter between two capitals. */
const isSmallWithin = (before: string, after: string): boolean =>
  /\p{Lu}/u.test(before) && /\p{Lu}/u.test(after);
