import type { FileEncoding } from '@outdial/protocol';
import { decodeBytes } from './decode-bytes.js';
import { eastAsianEncoding } from './east-asian-encoding.js';
import { eightBitEncoding } from './eight-bit-encoding.js';
import { nameBinaryKind, nameTextKind } from './name-file-kind.js';
import { UnreadableFile } from './unreadable-file.js';

export interface DecodedFile {
  readonly text: string;
  readonly encoding: FileEncoding;
  /** `mark`: the file says it itself. `certain`: nothing else fits. `guess`: likely, a person should look at a sample. */
  readonly sureness: 'mark' | 'certain' | 'guess' | 'chosen';
  /** Characters that the encoding does not have, shown as U+FFFD. */
  readonly replaced: number;
}

const NOT_TEXT =
  'The file is not text. If it is a workbook, open it in the spreadsheet and save it as "CSV UTF-8", then import that file.';

/**
 * Bytes to text. A byte order mark decides; bytes that are valid UTF-8 are UTF-8; every second byte 0 is UTF-16; anything else is
 * an encoding of East Asia, where its letters are the usual ones, or one of the 8-bit encodings that spreadsheets write, whichever
 * makes words of it. `chosen` overrules all of that.
 */
export function decodeFile(file: Uint8Array, chosen?: FileEncoding): DecodedFile {
  const kind = nameBinaryKind(file);
  if (kind !== null) throw new UnreadableFile(kind);
  if (chosen !== undefined) {
    const text = (chosen === 'utf-8' ? decodeLines(file) : null) ?? decodeBytes(file, chosen);
    return finish(text, chosen, 'chosen');
  }
  const mark = byMark(file);
  if (mark !== null) return finish(decodeBytes(file, mark), mark, 'mark');
  const wide = wideEncoding(file);
  if (wide !== null) return finish(decodeBytes(file, wide), wide, 'guess');
  if (file.subarray(0, 65_536).includes(0)) throw new UnreadableFile(NOT_TEXT);
  try {
    return finish(new TextDecoder('utf-8', { fatal: true }).decode(file), 'utf-8', 'certain');
  } catch {
    const mixed = decodeLines(file);
    if (mixed !== null) return finish(mixed, 'utf-8', 'guess');
    if (mostlyUtf8(file)) return finish(decodeBytes(file, 'utf-8'), 'utf-8', 'guess');
    const guess = eastAsianEncoding(file) ?? eightBitEncoding(file);
    return finish(decodeBytes(file, guess), guess, 'guess');
  }
}

/** Text that was text all along, as in a JSON body. */
export const checkedText = (text: string): DecodedFile => finish(text, 'utf-8', 'chosen');

function finish(
  decoded: string,
  encoding: FileEncoding,
  sureness: DecodedFile['sureness'],
): DecodedFile {
  const text = decoded.startsWith('\uFEFF') ? decoded.slice(1) : decoded;
  // PostgreSQL cannot keep a NUL, and no list has one.
  if (text.includes('\u0000')) throw new UnreadableFile(NOT_TEXT);
  const kind = nameTextKind(text);
  if (kind !== null) throw new UnreadableFile(kind);
  let replaced = 0;
  for (let at = text.indexOf('\uFFFD'); at >= 0; at = text.indexOf('\uFFFD', at + 1)) replaced += 1;
  return { text, encoding, sureness, replaced };
}

function byMark(file: Uint8Array): FileEncoding | null {
  const [a, b, c, d] = file;
  if (a === 0xff && b === 0xfe && c === 0 && d === 0 && file.length % 4 === 0) {
    throw new UnreadableFile(
      'The file is in UTF-32. Save it as "CSV UTF-8", then import it again.',
    );
  }
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
  return null;
}

/** In UTF-16 digits, separators and line ends have a zero byte, always on the same side; in a Cyrillic list these are a fifth. */
function wideEncoding(file: Uint8Array): FileEncoding | null {
  const { length } = file.subarray(0, 4096);
  if (length < 4) return null;
  let even = 0;
  let odd = 0;
  for (let at = 0; at < length; at += 1) {
    if (file[at] !== 0) continue;
    if (at % 2 === 0) even += 1;
    else odd += 1;
  }
  if (odd >= 3 && odd > length / 20 && even < odd / 50) return 'utf-16le';
  if (even >= 3 && even > length / 20 && odd < even / 50) return 'utf-16be';
  return null;
}

/**
 * Two lists that were put together, the one in UTF-8 and the other in an 8-bit encoding: each line for itself. Null: the file is no
 * such mixture. Letters of an 8-bit encoding make a line of valid UTF-8 by chance only ("Ь»" of Windows-1251 does), so that some
 * such lines must be there.
 */
function decodeLines(file: Uint8Array): string | null {
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });
  const lines: { readonly bytes: Uint8Array; readonly text: string | null }[] = [];
  const others: Uint8Array[] = [];
  let whole = 0;
  for (let from = 0; from < file.length; ) {
    const end = file.indexOf(LINE_FEED, from);
    const to = end < 0 ? file.length : end + 1;
    const bytes = file.subarray(from, to);
    const text = utf8.decode(bytes);
    // A letter that the end of the file cut in two says nothing.
    const said = to === file.length ? text.replace(/\uFFFD+$/, '') : text;
    const letters = said.match(/[\u0080-\uFFFC]/g)?.length ?? 0;
    const broken = said.match(/\uFFFD/g)?.length ?? 0;
    if (broken === 0 && letters > 0) whole += 1;
    const isUtf8 = broken === 0 || letters > broken;
    if (!isUtf8) others.push(bytes);
    lines.push({ bytes, text: isUtf8 ? text : null });
    from = to;
  }
  if (others.length === 0 || whole === 0 || whole * 20 < others.length) return null;
  const all = Buffer.concat(others);
  const other = eastAsianEncoding(all) ?? eightBitEncoding(all);
  return lines.map(({ bytes, text }) => text ?? decodeBytes(bytes, other)).join('');
}
const LINE_FEED = 10;

/** A file that was cut in the middle of a letter, or has a few bytes of another program in it, is UTF-8 still. */
function mostlyUtf8(file: Uint8Array): boolean {
  const text = new TextDecoder('utf-8').decode(file.subarray(0, 1024 * 1024));
  const broken = text.match(/\uFFFD/g)?.length ?? 0;
  const whole = text.match(/[\u0080-\uFFFC]/g)?.length ?? 0;
  return whole > 20 * broken;
}
