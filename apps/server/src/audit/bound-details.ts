/** Settings before and after, the largest that there is, are a quarter of it. */
const MOST_BYTES = 32 * 1024;
const LONGEST_TEXT = 2_000;
const MOST_VALUES = 200;
const DEEPEST = 8;

/**
 * Details as JSON text of at most 32 KB. What is too long, too many or too deep is cut, and says so: an entry must never fail
 * for its size, as what it tells of would then fail too. PostgreSQL has no room for NUL nor for half of a surrogate pair.
 */
export function boundDetails(details: Readonly<Record<string, unknown>>): string {
  const bounded = bound(plain(details), 0) as Record<string, unknown>;
  const whole = JSON.stringify(bounded);
  if (Buffer.byteLength(whole) <= MOST_BYTES) return whole;
  // Whole values as long as there is room, and the names of those for which there was none.
  const kept: [string, unknown][] = [];
  const leftOut: string[] = [];
  let room = MOST_BYTES - 1_000;
  for (const [name, value] of Object.entries(bounded)) {
    const size = Buffer.byteLength(JSON.stringify({ [name]: value }));
    if (size <= room) {
      kept.push([name, value]);
      room -= size;
    } else if (leftOut.length < 20) {
      leftOut.push(name.slice(0, 40));
    }
  }
  return JSON.stringify({ ...Object.fromEntries(kept), left_out: leftOut });
}

/** One line of text for a column of its own. */
export const boundText = (text: string, most: number): string => writable(cut(text, most));

/** Only what JSON can say: dates as texts, nothing undefined. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

function bound(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return boundText(value, LONGEST_TEXT);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEEPEST) return '…';
  if (Array.isArray(value)) {
    const some = value.slice(0, MOST_VALUES).map((each) => bound(each, depth + 1));
    return value.length > MOST_VALUES ? [...some, `… ${value.length - MOST_VALUES} more`] : some;
  }
  const entries = Object.entries(value);
  const some = entries
    .slice(0, MOST_VALUES)
    .map(([name, each]) => [boundText(name, 200), bound(each, depth + 1)] as const);
  if (entries.length > MOST_VALUES) some.push(['…', `${entries.length - MOST_VALUES} more`]);
  return Object.fromEntries(some);
}

const cut = (text: string, most: number): string =>
  text.length > most ? `${text.slice(0, most - 1)}…` : text;

/** UTF-8 has no half of a surrogate pair. */
const writable = (text: string): string => Buffer.from(text.replaceAll('\0', '\ufffd')).toString();
