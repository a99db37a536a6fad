import type { OpenFile } from './look-at-file.js';
import { MOST_FIELDS, readRows } from './read-rows.js';

/** Whole rows of a file, one a line of JSON: `[line, [cell, …]]`. */
export interface Piece {
  /** From 0. */
  readonly number: number;
  /** Rows of the file before it, without the heading. */
  readonly firstRow: number;
  readonly content: string;
}

export interface RowOfPiece {
  readonly line: number;
  readonly cells: readonly string[];
}

/** So few that writing one holds nothing else up (about 5 ms on the embedded database). */
const PIECE_CHARACTERS = 128 * 1024;
const PIECE_ROWS = 500;
/** A spreadsheet has room for no more; what is longer is cut. */
const LONGEST_CELL = 32_767;

export function* piecesOf({ text, layout }: OpenFile): Generator<Piece, void, undefined> {
  let lines: string[] = [];
  let size = 0;
  let number = 0;
  let rows = 0;
  for (const row of readRows(text, layout.delimiter)) {
    if (row.line <= layout.dataAfterLine) continue;
    const line = writeRow({ line: row.line, cells: row.fields });
    lines.push(line);
    size += line.length;
    if (size < PIECE_CHARACTERS && lines.length < PIECE_ROWS) continue;
    yield { number, firstRow: rows, content: lines.join('\n') };
    rows += lines.length;
    number += 1;
    lines = [];
    size = 0;
  }
  if (lines.length > 0) yield { number, firstRow: rows, content: lines.join('\n') };
}

export function writeRow({ line, cells }: RowOfPiece): string {
  const fitting = cells
    .slice(0, MOST_FIELDS)
    .map((cell) => (cell.length > LONGEST_CELL ? cell.slice(0, LONGEST_CELL) : cell));
  return `[${line},${JSON.stringify(fitting)}]`;
}

export function readRow(text: string): RowOfPiece {
  const [line, cells] = JSON.parse(text) as [number, string[]];
  return { line, cells };
}

/** The cells of a row as they stand in the piece, as JSON. */
export const cellsOf = (text: string): string => text.slice(text.indexOf(',') + 1, -1);
