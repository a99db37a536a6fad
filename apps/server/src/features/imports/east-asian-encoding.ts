import type { FileEncoding } from '@outdial/protocol';

const LINE_FEED = 10;
const SAMPLED_BYTES = 64 * 1024;

/** Letters of two bytes stand in company; in Western lists bytes above 127 stand alone among Latin letters. */
const IN_COMPANY_AT_LEAST = 0.7;
/** The usual letters of a language are a few thousand, which its encoding has in one region. */
const USUAL_AT_LEAST = 0.8;

type EastAsian = Extract<FileEncoding, 'shift_jis' | 'euc-jp' | 'big5' | 'euc-kr' | 'gbk'>;

/**
 * Each with the first bytes of its usual letters. The order decides where several fit: what lies in the smaller region comes first.
 * Korean syllables are a part of what GBK has, too, so a Chinese list of a few names only may be taken for Korean.
 */
const KINDS: readonly {
  readonly encoding: EastAsian;
  readonly isUsual: (first: number, second: number) => boolean;
  /** What a list of this kind has, and others hardly. */
  readonly isTelling?: (first: number, second: number) => boolean;
  readonly usualAtLeast?: number;
}[] = [
  {
    // Kana, and the kanji of level 1.
    encoding: 'shift_jis',
    isUsual: (first) => (first >= 0x81 && first <= 0x83) || (first >= 0x88 && first <= 0x97),
    isTelling: (first) => first < 0xa0,
  },
  {
    // Chinese as in Taiwan and Hong Kong: many second bytes are below 128.
    encoding: 'big5',
    isUsual: (first) => first >= 0xa4 && first <= 0xc6,
    isTelling: (_first, second) => second < 0x7f,
  },
  {
    encoding: 'euc-jp',
    isUsual: (first) => first === 0xa4 || first === 0xa5 || (first >= 0xb0 && first <= 0xcf),
    isTelling: (first) => first === 0xa4 || first === 0xa5,
  },
  {
    encoding: 'euc-kr',
    isUsual: (first, second) => first >= 0xb0 && first <= 0xc8 && second >= 0xa1,
    usualAtLeast: 0.97,
  },
  {
    encoding: 'gbk',
    isUsual: (first, second) => first >= 0xb0 && first <= 0xd7 && second >= 0xa1,
  },
];
const TELLING_AT_LEAST = 0.1;
/**
 * Second bytes are spread over 94 values or more, a third of them below C0. In Cyrillic lists hardly any byte is: Windows-1251 and KOI8-R
 * have their letters from C0 on.
 */
const LOW_SECONDS_AT_LEAST = 0.12;

/** Chinese, Japanese or Korean in one of the encodings of old spreadsheets; null: none of them. */
export function eastAsianEncoding(file: Uint8Array): EastAsian | null {
  const lines = linesWithLetters(file);
  if (lines.length === 0) return null;
  for (const { encoding, isUsual, isTelling, usualAtLeast = USUAL_AT_LEAST } of KINDS) {
    if (!isValid(lines, encoding)) continue;
    let [pairs, company, usual, telling, low] = [0, 0, 0, 0, 0];
    for (let at = 0; at < lines.length; at += 1) {
      const [first = 0, second = 0] = [lines[at], lines[at + 1]];
      // Half-width katakana are one byte.
      if (first < 0x80 || (encoding === 'shift_jis' && first >= 0xa0 && first < 0xe0)) continue;
      pairs += 1;
      if (second < 0xc0) low += 1;
      if (isUsual(first, second)) usual += 1;
      if (isTelling?.(first, second)) telling += 1;
      if ((lines[at + 2] ?? 0) >= 0x80 || (at >= 2 && (lines[at - 2] ?? 0) >= 0x80)) company += 1;
      at += 1;
    }
    const fits =
      pairs >= 2 &&
      company >= pairs * IN_COMPANY_AT_LEAST &&
      usual >= pairs * usualAtLeast &&
      low >= pairs * LOW_SECONDS_AT_LEAST &&
      (isTelling === undefined || telling >= pairs * TELLING_AT_LEAST);
    if (fits) return encoding;
  }
  return null;
}

/** Whole lines, as a part of one may begin in the middle of a letter. A last line without its end may be cut off in one. */
function linesWithLetters(file: Uint8Array): Uint8Array {
  const lines: Uint8Array[] = [];
  let size = 0;
  for (let from = 0; from < file.length && size < SAMPLED_BYTES; ) {
    const end = file.indexOf(LINE_FEED, from);
    const to = end < 0 ? file.length : end + 1;
    const line = file.subarray(from, to);
    const isCut = end < 0 && lines.length > 0;
    if (!isCut && line.length <= SAMPLED_BYTES && line.some((byte) => byte >= 0x80)) {
      lines.push(line);
      size += line.length;
    }
    from = to;
  }
  return new Uint8Array(Buffer.concat(lines));
}

function isValid(bytes: Uint8Array, encoding: EastAsian): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
