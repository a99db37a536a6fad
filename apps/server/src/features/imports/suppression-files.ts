import type { AddedToList, NewSuppression } from '@outdial/core';
import type { ColumnMapping } from '@outdial/protocol';
import { looksLikePhone } from './cell-shapes.js';
import type { CsvFile } from './csv-file.js';
import type { FileReader } from './file-reader.js';
import type { LookedAtFile, ReadingWishes } from './look-at-file.js';
import { readRow } from './pieces.js';
import type { Turns } from './reading-turns.js';
import { UnreadableFile } from './unreadable-file.js';

export interface RefusedSuppression {
  readonly line: number;
  readonly cells: string[];
  readonly reason: string;
}

export interface SuppressionsOfFile {
  readonly looked: LookedAtFile;
  readonly phoneColumns: string[];
  readonly numbers: number;
  readonly added: number;
  readonly alreadyThere: number;
  /** Rows whose own do-not-call column says no. */
  readonly leftOut: number;
  readonly refused: RefusedSuppression[];
  readonly refusedTotal: number;
}

export type SuppressionsAnswer =
  | { readonly kind: 'read'; readonly file: SuppressionsOfFile }
  | { readonly kind: 'invalid_csv'; readonly reason: string }
  | { readonly kind: 'busy'; readonly retryAfterSeconds: number };

export interface SuppressionFileOptions {
  readonly wishes: ReadingWishes;
  readonly defaultCountry: string | null;
  readonly reason: string;
  /** Say what would be stored, store nothing. */
  readonly preview: boolean;
  /**
   * Puts a batch on the list; the next one waits for it, and a throw ends the work. `refusedSoFar`: lines up to there that cannot
   * be read.
   */
  readonly suppress: (
    numbers: readonly NewSuppression[],
    refusedSoFar: number,
  ) => Promise<AddedToList | 'over_share'>;
}

/** Refused lines that an answer names. */
const MOST_REFUSED = 10_000;
const RETRY_AFTER_SECONDS = 15;
/** One transaction and one audit entry each. */
const NUMBERS_A_BATCH = 5_000;

/**
 * Puts the numbers of a do-not-call list on the suppression list: every number of every line that can be read, also the kinds that are
 * never dialed. A line that cannot be read is named and does not keep the others out.
 */
export async function suppressFile(
  ports: {
    readonly reader: FileReader;
    readonly reading: Turns;
  },
  file: CsvFile,
  { wishes, defaultCountry, reason, preview, suppress }: SuppressionFileOptions,
  signal?: AbortSignal,
): Promise<SuppressionsAnswer> {
  const giveBack = await ports.reading.take(signal);
  if (giveBack === null) {
    signal?.throwIfAborted();
    return { kind: 'busy', retryAfterSeconds: RETRY_AFTER_SECONDS };
  }
  try {
    const opened = await ports.reader.open(file.content, wishes, signal);
    const mapping = numbersOf(opened.looked);
    const phoneColumns = opened.looked.columns.filter((name) => mapping[name] === 'phone_number');
    const reader = ports.reader.mapPieces({
      columns: opened.looked.columns,
      mapping,
      phoneColumns,
      defaultCountry,
      hashKey: null,
      isDoNotCallList: true,
    });
    const numbers = new Set<string>();
    const refused: RefusedSuppression[] = [];
    let [added, alreadyThere, leftOut, refusedTotal] = [0, 0, 0, 0];
    let fresh: string[] = [];
    const store = async (): Promise<void> => {
      const phones = fresh;
      fresh = [];
      const batch = await suppress(
        phones.map((phone) => ({ phone, reason, source: 'import' as const })),
        refusedTotal,
      );
      if (batch === 'over_share') throw new Error('A file has no share.');
      added += batch.added;
      alreadyThere += batch.alreadyThere;
    };
    try {
      for await (const piece of opened.pieces()) {
        signal?.throwIfAborted();
        const texts = piece.content.split('\n');
        for (const [at, row] of (await reader.read(piece.content)).entries()) {
          if (row.kind === 'suppress') {
            for (const phone of row.phones) {
              if (numbers.has(phone)) continue;
              numbers.add(phone);
              fresh.push(phone);
            }
          } else if (row.kind === 'lead' || saysNo(row.notes)) {
            leftOut += 1;
          } else {
            refusedTotal += 1;
            if (refused.length >= MOST_REFUSED) continue;
            const { cells } = readRow(texts[at] ?? '[0,[]]');
            refused.push({ line: row.line, cells: [...cells], reason: whyNot(row.notes) });
          }
        }
        if (!preview && fresh.length >= NUMBERS_A_BATCH) await store();
      }
      if (!preview && fresh.length > 0) await store();
    } finally {
      reader.close();
      opened.close();
    }
    return {
      kind: 'read',
      file: {
        looked: opened.looked,
        phoneColumns,
        numbers: numbers.size,
        added,
        alreadyThere,
        leftOut,
        refused,
        refusedTotal,
      },
    };
  } catch (error) {
    if (error instanceof UnreadableFile) return { kind: 'invalid_csv', reason: error.message };
    throw error;
  } finally {
    giveBack();
  }
}

/** A row that its own column does not mark: it was looked at as a lead. */
const saysNo = (notes: readonly { readonly code: string }[]): boolean =>
  notes.every(({ code }) => code !== 'do_not_call_unreadable');

const whyNot = (notes: readonly { readonly reason: string }[]): string =>
  (notes[0]?.reason ?? 'cannot be read')
    .replace(/^is marked "do not call", but /, '')
    .replace(/, so it is NOT on the suppression list$/, '');

/** Where numbers, countries and marks are. The columns that the headings name; else the only one, or each that holds numbers. */
function numbersOf({ columns, mapping, sample }: LookedAtFile): ColumnMapping {
  const useful = Object.entries(mapping).filter(([, field]) =>
    ['phone_number', 'country', 'do_not_call'].includes(field),
  );
  // A list of numbers is one as a whole: a heading such as "DNC" over them names the numbers, not a mark.
  const [only] = columns;
  if (columns.length === 1 && only !== undefined) return { [only]: 'phone_number' };
  if (useful.some(([, field]) => field === 'phone_number')) return Object.fromEntries(useful);
  const holding = columns.filter((_, at) =>
    sample.some((cells) => looksLikePhone(cells[at] ?? '')),
  );
  if (holding.length === 0) {
    throw new UnreadableFile(
      'No column holds telephone numbers. Give the column with the numbers the heading "Phone", then import the file again.',
    );
  }
  return {
    ...Object.fromEntries(useful),
    ...Object.fromEntries(holding.map((name) => [name, 'phone_number' as const])),
  };
}
