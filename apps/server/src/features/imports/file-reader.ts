import type { LookedAtFile, ReadingWishes } from './look-at-file.js';
import { lookAtFile } from './look-at-file.js';
import { type PieceMapping, pieceMapper, type ReadyRow } from './map-piece.js';
import { type Piece, piecesOf } from './pieces.js';
import { type StepRows, stepsOf } from './step-rows.js';

/**
 * Reads files beside the event loop: a file of 48 MB takes seconds, and no other request waits for them. `signal` ends the work at
 * once, wherever it is; then the promise rejects with its reason.
 */
export interface FileReader {
  /** Goes through the whole file. Takes `content` away where it is an ArrayBuffer of its own. Throws UnreadableFile. */
  open(
    content: string | Uint8Array,
    wishes: ReadingWishes,
    signal?: AbortSignal,
  ): Promise<OpenedFile>;
  /** For rows that become leads. Pieces in the order of the file, from the first one on. */
  mapPieces(mapping: PieceMapping): PieceReader;
}

/** Must be closed. */
export interface OpenedFile {
  readonly looked: LookedAtFile;
  /** The rows below the heading; the next piece is made when it is asked for. */
  pieces(): AsyncGenerator<Piece, void, undefined>;
  close(): void;
}

/** Must be closed. */
export interface PieceReader {
  read(content: string): Promise<ReadyRow[]>;
  /** The rows as the steps of an import take them. */
  steps(piece: PieceOfSteps): Promise<readonly StepRows[]>;
  close(): void;
}

export interface PieceOfSteps {
  readonly content: string;
  /** Rows of the file before the piece. */
  readonly firstRow: number;
  /** Rows of the file that are done: they are in no step. */
  readonly rowsDone: number;
  readonly rowsAStep: number;
}

/** In this thread, for tests and small tools. */
export const readHere: FileReader = {
  async open(content, wishes) {
    const file = lookAtFile(content, wishes);
    return {
      looked: file.looked,
      async *pieces() {
        yield* piecesOf(file);
      },
      close: () => undefined,
    };
  },
  mapPieces(mapping) {
    const map = pieceMapper(mapping);
    return {
      read: async (content) => map(content),
      steps: async (piece) => toSteps(map, piece),
      close: () => undefined,
    };
  },
};

/** Every row is mapped, also those that are done: a number may be that of an earlier line. */
export function toSteps(
  map: (content: string) => ReadyRow[],
  { content, firstRow, rowsDone, rowsAStep }: PieceOfSteps,
): readonly StepRows[] {
  const done = Math.max(0, rowsDone - firstRow);
  return stepsOf(map(content).slice(done), firstRow + done, rowsAStep);
}
