import { personHashes } from '../../secrets/person-hashes.js';
import { type LineNote, type MappedRow, type RowMapping, rowMapper } from './map-row.js';
import { readRow } from './pieces.js';

/** A row that is ready to be written. */
export type ReadyRow = {
  readonly line: number;
  /** An earlier line of the file that has the same number; only of rows that could be leads. */
  readonly sameAs: number | null;
  readonly phoneHash: string | null;
  readonly emailHash: string | null;
} & MappedRow;

export interface PieceMapping extends RowMapping {
  /** The key of the hashes by which people are found; null: they are filled in later. */
  readonly hashKey: Uint8Array | null;
}

/** Pieces must come in the order of the file, from the first one on: a number is the same as that of an earlier line. */
export function pieceMapper({
  hashKey,
  ...mapping
}: PieceMapping): (content: string) => ReadyRow[] {
  const map = rowMapper(mapping);
  const lineOf = new Map<string, number>();
  const hashes = hashKey === null ? null : personHashes(Buffer.from(hashKey));
  return (content) =>
    content.split('\n').map((text): ReadyRow => {
      const { line, cells } = readRow(text);
      const row = map(cells);
      if (row.kind !== 'lead')
        return { ...row, line, sameAs: null, phoneHash: null, emailHash: null };
      const { phone, email } = row.lead;
      const sameAs = lineOf.get(phone) ?? null;
      if (sameAs === null) lineOf.set(phone, line);
      return {
        // Named one by one: copying objects of several shapes takes longer than reading the number.
        kind: 'lead',
        lead: row.lead,
        phones: row.phones,
        notes: row.notes,
        line,
        sameAs,
        phoneHash: hashes === null ? null : hashes.phoneInHex(phone),
        emailHash: hashes && email ? hashes.emailInHex(email) : null,
      };
    });
}

export type { LineNote };
