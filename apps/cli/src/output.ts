import type { Terminal } from './terminal.js';

export interface Output {
  /** Whether results are JSON. */
  readonly json: boolean;
  /** A result: as JSON where that is asked for, else as `text` makes it for people. */
  result<T>(value: T, text: (value: T) => string): void;
  /** For people only: progress, hints. */
  note(text: string): void;
  /** Replaces the note before on a terminal; elsewhere nothing, as a log of progress helps no program. */
  progress(text: string): void;
}

export function createOutput({ out, err }: Pick<Terminal, 'out' | 'err'>, json: boolean): Output {
  let open = false;
  const endProgress = () => {
    if (open) err.write('\n');
    open = false;
  };
  return {
    json,
    result(value, text) {
      endProgress();
      out.write(json ? `${JSON.stringify(value)}\n` : ensureNewline(text(value)));
    },
    note(text) {
      endProgress();
      err.write(ensureNewline(text));
    },
    progress(text) {
      if (err.isTTY !== true) return;
      err.write(`\r\u001b[2K${text}`);
      open = true;
    },
  };
}

const ensureNewline = (text: string): string => (text.endsWith('\n') ? text : `${text}\n`);

/** Rows under headings, in columns; cells are one line each. */
export function table(headings: readonly string[], rows: readonly (readonly unknown[])[]): string {
  const cells = [headings, ...rows.map((row) => row.map(cellOf))];
  const widths = headings.map((_, at) => Math.max(...cells.map((row) => row[at]?.length ?? 0)));
  return cells
    .map((row) =>
      row
        .map((cell, at) => (at === row.length - 1 ? cell : cell.padEnd(widths[at] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Names and values, one a line; values that are null or empty are left out. */
export function details(fields: Readonly<Record<string, unknown>>): string {
  const shown = Object.entries(fields).filter(
    ([, value]) => value !== null && value !== undefined && value !== '',
  );
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${name.padEnd(width)}  ${cellOf(value)}`).join('\n');
}

/** Text of other people goes to the terminal without its control characters. */
const cellOf = (value: unknown): string =>
  value === null || value === undefined || value === ''
    ? '-'
    : String(value).replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');
