import type { HashedLead } from '@outdial/postgres';
import { type LeadColumns, leadColumns, type PlacedLead } from '@outdial/postgres/lead-columns';
import { idsInOrder } from './ids-in-order.js';
import type { ReadyRow } from './map-piece.js';

/** What a step of an import needs of its rows. Rows that are simply a lead are in `columns` only. */
export interface StepRows {
  /** Rows of the file before the first one of the step. */
  readonly from: number;
  readonly rows: number;
  readonly columns: LeadColumns | null;
  readonly others: readonly OtherRow[];
}

/** A row with something to say about it, or to do beside `columns`. */
export interface OtherRow {
  /** Rows of the file before it. */
  readonly place: number;
  readonly row: ReadyRow;
  readonly inColumns: boolean;
}

/** Divides rows into steps; `firstRow`: rows of the file before them. */
export function stepsOf(
  rows: readonly ReadyRow[],
  firstRow: number,
  rowsAStep: number,
): readonly StepRows[] {
  const steps: StepRows[] = [];
  for (let at = 0; at < rows.length; at += rowsAStep) {
    steps.push(stepOf(rows.slice(at, at + rowsAStep), firstRow + at));
  }
  return steps;
}

function stepOf(rows: readonly ReadyRow[], from: number): StepRows {
  const leads: PlacedLead[] = [];
  const others: OtherRow[] = [];
  const ids = idsInOrder(2 * rows.length);
  for (const [at, row] of rows.entries()) {
    const place = from + at;
    const inColumns = row.kind === 'lead' && row.sameAs === null && !row.lead.furtherPhones?.length;
    if (inColumns) leads.push(placed(row, place, ids[at], ids[rows.length + at]));
    if (!inColumns || row.notes.length > 0) others.push({ place, row, inColumns });
  }
  return {
    from,
    rows: rows.length,
    columns: leads.length === 0 ? null : leadColumns(leads),
    others,
  };
}

const placed = (
  { lead, phoneHash, emailHash }: ReadyRow & { readonly kind: 'lead' },
  place: number,
  id = '',
  itemId = '',
): PlacedLead => ({
  // Named one by one: copying objects of several shapes takes longer than reading the number.
  id,
  itemId,
  place,
  phoneHash,
  emailHash,
  name: lead.name,
  phone: lead.phone,
  jobTitle: lead.jobTitle,
  company: lead.company,
  email: lead.email,
  headcount: lead.headcount,
  industry: lead.industry,
  timeZone: lead.timeZone,
  score: lead.score,
});

/** The row of a lead of `columns` that has nothing said about it, as it was before it went into them. */
export const plainRow = (lead: HashedLead, line: number): ReadyRow & { readonly kind: 'lead' } => ({
  kind: 'lead',
  lead,
  phones: [lead.phone],
  notes: [],
  line,
  sameAs: null,
  phoneHash: lead.phoneHash ?? null,
  emailHash: lead.emailHash ?? null,
});
