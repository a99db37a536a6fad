import type { LeadFields } from './lead-fields.js';

/** A lead of an import step, with the id it gets if it is new, and its place in the file. */
export interface PlacedLead extends LeadFields {
  readonly id: string;
  readonly itemId: string;
  readonly place: number;
  /** Hexadecimal; null: filled in later. */
  readonly phoneHash: string | null;
  readonly emailHash: string | null;
}

/**
 * Leads by column, each column a PostgreSQL array literal. A reading thread makes them, so that the event loop hands a step of an
 * import on as some dozen strings, whatever the number of its rows: copying the rows out of the thread as objects, and writing them as
 * arrays, took 25 us a row of it.
 */
export interface LeadColumns {
  readonly rows: number;
  readonly texts: Readonly<Record<LeadColumn, string>>;
}

export type LeadColumn = (typeof LEAD_COLUMNS)[number];

const UNQUOTED = ['id', 'itemId', 'place', 'score', 'phoneHash', 'emailHash'] as const;
const QUOTED = [
  'name',
  'phone',
  'jobTitle',
  'company',
  'email',
  'headcount',
  'industry',
  'timeZone',
] as const;
export const LEAD_COLUMNS = [...UNQUOTED, ...QUOTED] as const;

/**
 * Each number must come once; further numbers are not written. In the order of the numbers, as `insertNewLeads` writes them, so that
 * two imports at once wait for each other rather than deadlock.
 */
export function leadColumns(leads: readonly PlacedLead[]): LeadColumns {
  const sorted = leads.toSorted((a, b) => (a.phone < b.phone ? -1 : 1));
  const unquoted = UNQUOTED.map((column) => [
    column,
    `{${sorted.map((lead) => lead[column] ?? 'NULL').join(',')}}`,
  ]);
  const quoted = QUOTED.map((column) => [
    column,
    `{${sorted.map((lead) => element(lead[column])).join(',')}}`,
  ]);
  return { rows: leads.length, texts: Object.fromEntries([...unquoted, ...quoted]) };
}

/** PostgreSQL's text has no room for NUL, and one bad cell must not fail the other rows. */
const element = (text: string | null | undefined): string => {
  if (text === null || text === undefined) return 'NULL';
  return /["\\\0]/.test(text)
    ? `"${text.replaceAll('\0', '').replaceAll(/["\\]/g, '\\$&')}"`
    : `"${text}"`;
};
