import { parentPort } from 'node:worker_threads';
import { toSteps } from './file-reader.js';
import { lookAtFile } from './look-at-file.js';
import { pieceMapper, type ReadyRow } from './map-piece.js';
import { type Piece, piecesOf } from './pieces.js';
import type { ReadingAnswer, ReadingRequest } from './reading-messages.js';
import { UnreadableFile } from './unreadable-file.js';

/** The other side of `createReadingThreads`: what runs in the thread. */
let pieces: Generator<Piece, void, undefined> | null = null;
let map: ((content: string) => ReadyRow[]) | null = null;

function answer(request: ReadingRequest): ReadingAnswer {
  switch (request.ask) {
    case 'open': {
      const file = lookAtFile(request.content, request.wishes);
      pieces = piecesOf(file);
      return { kind: 'opened', looked: file.looked };
    }
    case 'piece': {
      const next = pieces?.next();
      return { kind: 'piece', piece: next === undefined || next.done ? null : next.value };
    }
    case 'mapping':
      map = pieceMapper(request.mapping);
      return { kind: 'ready' };
    case 'map':
      if (map === null) throw new Error('The mapping is missing.');
      return { kind: 'mapped', rows: map(request.content) };
    case 'steps':
      if (map === null) throw new Error('The mapping is missing.');
      return { kind: 'steps', steps: toSteps(map, request.piece) };
    default: {
      const never: never = request;
      return never;
    }
  }
}

parentPort?.on('message', (request: ReadingRequest) => {
  let said: ReadingAnswer;
  try {
    said = answer(request);
  } catch (error) {
    said =
      error instanceof UnreadableFile
        ? { kind: 'unreadable', reason: error.message }
        : {
            kind: 'failed',
            error: error instanceof Error ? (error.stack ?? error.message) : String(error),
          };
  }
  parentPort?.postMessage(said);
});
