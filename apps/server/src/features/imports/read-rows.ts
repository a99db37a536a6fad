/** One row of a file: its fields, and the line that it begins on (the first line of the file is 1). */
export interface CsvRow {
  readonly line: number;
  readonly fields: readonly string[];
  /** A quote of this row opened and never closed, so it was read as ordinary text. Left out: none did. */
  readonly strayQuote?: true;
}

/** Spreadsheets hold at most 32,767 characters in a cell; twice that is no field of a list of people. */
export const LONGEST_QUOTED_FIELD = 65_536;
/** No export has so many columns. A row that has more is cut here: what follows up to the end of its line is not read. */
export const MOST_FIELDS = 1_000;
/**
 * Characters that may be looked at in vain for closing quotes, in one file. Behind that a quote is a character like any other, so
 * that reading takes time in proportion to the file, whatever the file holds.
 */
const QUOTE_SEARCH_BUDGET = 32 * 1024 * 1024;

const LF = 10;
const CR = 13;
const QUOTE = 34;
const SPACE = 32;
const TAB = 9;

/**
 * The rows of a text, read as they are asked for. Lines end with LF, CR LF or CR. Rows without any content are passed over, also
 * those that a spreadsheet writes as `,,,`; rows may have too few or too many fields (the caller decides).
 *
 * Reads what people and programs really write, and refuses nothing: quotes within a quoted field that were not doubled
 * (`"Ann "Annie" Lee"`), spaces around quotes, and a stray quote, which costs no more than its own line. Looks at each
 * character a bounded number of times. (Papa Parse, used before, split the whole rest of the file for each piece that it
 * was asked for, and refused a file for one stray quote.)
 */
export function* readRows(text: string, delimiter: string): Generator<CsvRow, void, undefined> {
  const separator = delimiter.charCodeAt(0);
  const { length } = text;
  let budget = QUOTE_SEARCH_BUDGET;
  let at = 0;
  let line = 1;

  while (at < length) {
    const first = text.charCodeAt(at);
    if (first === LF || first === CR) {
      at += first === CR && text.charCodeAt(at + 1) === LF ? 2 : 1;
      line += 1;
      continue;
    }
    const startsOn = line;
    const fields: string[] = [];
    let filled = false;
    let stray = false;
    for (;;) {
      let value: string;
      const opening = budget > 0 ? openingQuote(text, at, separator) : -1;
      const quoted = opening < 0 ? null : quotedField(text, opening, separator);
      if (quoted?.closed) {
        value = quoted.value;
        line += quoted.lineEnds;
        at = quoted.endsAt;
      } else {
        if (quoted !== null) {
          budget -= quoted.endsAt - opening;
          stray = true;
        }
        const begin = at;
        let code = -1;
        while (at < length) {
          code = text.charCodeAt(at);
          if (code === separator || code === LF || code === CR) break;
          at += 1;
        }
        value = trimmed(text, begin, at);
      }
      filled ||= value !== '';
      fields.push(value);
      if (at >= length || text.charCodeAt(at) !== separator) break;
      at += 1;
      if (fields.length >= MOST_FIELDS) {
        at = endOfLine(text, at);
        break;
      }
      // A separator at the very end of the text: one more field, and it is empty.
      if (at >= length) {
        fields.push('');
        break;
      }
    }
    if (at < length) {
      if (text.charCodeAt(at) === CR && text.charCodeAt(at + 1) === LF) at += 1;
      at += 1;
      line += 1;
    }
    if (filled)
      yield stray ? { line: startsOn, fields, strayQuote: true } : { line: startsOn, fields };
  }
}

/** Where the quote is that opens the field, spaces before it passed over; -1 where none does. */
function openingQuote(text: string, from: number, separator: number): number {
  for (let at = from; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) return at;
    if ((code !== SPACE && code !== TAB) || code === separator) return -1;
  }
  return -1;
}

type QuotedField =
  /** `endsAt`: the separator or line end behind it. */
  | {
      readonly closed: true;
      readonly value: string;
      readonly endsAt: number;
      readonly lineEnds: number;
    }
  /** `endsAt`: as far as it was looked for. */
  | { readonly closed: false; readonly endsAt: number };

/**
 * A quote closes the field where a separator, a line end or the end of the text follows it, spaces aside. A quote that looks as if
 * it opened a field, on a later line, says that the first one was a stray.
 */
function quotedField(text: string, opening: number, separator: number): QuotedField {
  const limit = Math.min(text.length, opening + LONGEST_QUOTED_FIELD);
  let lineEnds = 0;
  let doubled = false;
  let at = opening + 1;
  while (at < limit) {
    const code = text.charCodeAt(at);
    if (code === LF || code === CR) {
      if (code === CR && text.charCodeAt(at + 1) === LF) at += 1;
      lineEnds += 1;
      at += 1;
      continue;
    }
    if (code !== QUOTE) {
      at += 1;
      continue;
    }
    const before = text.charCodeAt(at - 1);
    const opensAnother = lineEnds > 0 && (before === separator || before === LF || before === CR);
    if (text.charCodeAt(at + 1) === QUOTE) {
      if (opensAnother && endsField(text, at + 2, separator) >= 0)
        return { closed: false, endsAt: at };
      doubled = true;
      at += 2;
      continue;
    }
    const endsAt = endsField(text, at + 1, separator);
    if (endsAt >= 0) {
      const inside = text.slice(opening + 1, at).trim();
      const lines = lineEnds === 0 ? inside : inside.replaceAll(/\r\n?/g, '\n');
      const value = doubled ? lines.replaceAll('""', '"') : lines;
      return { closed: true, value, endsAt, lineEnds };
    }
    if (opensAnother) return { closed: false, endsAt: at };
    at += 1;
  }
  return { closed: false, endsAt: at };
}

/** Where the field ends when nothing but a few spaces stand before the separator, the line end or the end of the text; else -1. */
function endsField(text: string, from: number, separator: number): number {
  for (let at = from; at < from + 100; at += 1) {
    if (at >= text.length) return text.length;
    const code = text.charCodeAt(at);
    if (code === separator || code === LF || code === CR) return at;
    if (code !== SPACE && code !== TAB) return -1;
  }
  return -1;
}

function endOfLine(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) !== LF && text.charCodeAt(at) !== CR) at += 1;
  return at;
}

/** Most fields have nothing to trim, and asking costs more than looking. */
function trimmed(text: string, from: number, to: number): string {
  if (from === to) return '';
  const value = text.slice(from, to);
  return isPlain(text.charCodeAt(from)) && isPlain(text.charCodeAt(to - 1)) ? value : value.trim();
}

const isPlain = (code: number): boolean => code > SPACE && code < 0x80;
