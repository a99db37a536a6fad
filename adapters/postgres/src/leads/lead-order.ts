import type { Selectable } from 'kysely';
import { sql } from 'kysely';
import type { LeadsTable } from '../engine/database.js';
import type { Order, SortKey } from '../engine/page.js';

export type LeadSort = 'name' | 'company' | 'createdAt' | 'updatedAt' | 'score' | 'headcount';

export interface LeadSorting {
  readonly by: LeadSort;
  readonly descending: boolean;
}

export type LeadRow = Selectable<LeadsTable>;

/** "51-200" counts as 51, "1,000+" as 1000, nothing as -1. Nine digits, so that it is an integer whatever people type. */
const HEADCOUNT_DIGITS = /\d{1,9}/;
const headcountOf = (headcount: string | null): number =>
  Number(HEADCOUNT_DIGITS.exec(headcount?.replaceAll(',', '') ?? '')?.[0] ?? -1);
export const headcountNumber = sql`coalesce(substring(replace(leads.headcount, ',', '') from '[0-9]{1,9}')::integer, -1)`;

const KEYS: Readonly<Record<LeadSort, SortKey<LeadRow>>> = {
  name: { expression: sql.ref('leads.name'), type: 'text', value: (row) => row.name },
  company: {
    expression: sql`coalesce(leads.company, '')`,
    type: 'text',
    value: (row) => row.company ?? '',
  },
  createdAt: {
    expression: sql.ref('leads.created_at'),
    type: 'timestamptz',
    value: (row) => row.created_at,
  },
  updatedAt: {
    expression: sql.ref('leads.updated_at'),
    type: 'timestamptz',
    value: (row) => row.updated_at,
  },
  score: { expression: sql.ref('leads.score'), type: 'integer', value: (row) => row.score },
  headcount: {
    expression: headcountNumber,
    type: 'integer',
    value: (row) => headcountOf(row.headcount),
  },
};

/** Whether an index has the leads in this order, so that a page need not be sorted out of all of them. */
export const hasIndex = ({ by }: LeadSorting): boolean => by === 'createdAt' || by === 'name';

/** Equal rows stand in the order of their ids; an empty company or headcount counts as the lowest. */
export function leadOrder({ by, descending }: LeadSorting): Order<LeadRow> {
  return {
    name: `leads ${by}${descending ? ' desc' : ''}`,
    keys: [
      { ...KEYS[by], descending },
      { expression: sql.ref('leads.id'), type: 'uuid', descending, value: (row) => row.id },
    ],
  };
}
