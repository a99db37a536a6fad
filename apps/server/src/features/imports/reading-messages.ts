import type { PieceOfSteps } from './file-reader.js';
import type { LookedAtFile, ReadingWishes } from './look-at-file.js';
import type { PieceMapping, ReadyRow } from './map-piece.js';
import type { Piece } from './pieces.js';
import type { StepRows } from './step-rows.js';

/** What a reading thread is asked, one thing at a time. */
export type ReadingRequest =
  | { readonly ask: 'open'; readonly content: string | Uint8Array; readonly wishes: ReadingWishes }
  | { readonly ask: 'piece' }
  | { readonly ask: 'mapping'; readonly mapping: PieceMapping }
  | { readonly ask: 'map'; readonly content: string }
  | { readonly ask: 'steps'; readonly piece: PieceOfSteps };

export type ReadingAnswer =
  | { readonly kind: 'opened'; readonly looked: LookedAtFile }
  | { readonly kind: 'piece'; readonly piece: Piece | null }
  | { readonly kind: 'ready' }
  | { readonly kind: 'mapped'; readonly rows: ReadyRow[] }
  | { readonly kind: 'steps'; readonly steps: readonly StepRows[] }
  | { readonly kind: 'unreadable'; readonly reason: string }
  | { readonly kind: 'failed'; readonly error: string };
