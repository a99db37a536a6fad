import type { Stats } from '@outdial/protocol';
import type { Column } from '../../../components/data-table.js';
import { formatLongDuration } from '../../../domain/format-time.js';

type Sums = Pick<
  Stats['by_agent'][number],
  'attempted' | 'connected' | 'failed' | 'canceled' | 'talk_seconds'
>;

const countOf = (key: Exclude<keyof Sums, 'talk_seconds'>, header: string): Column<Sums> => ({
  key,
  header,
  numeric: true,
  render: (row) => row[key].toLocaleString('en'),
});

/** The sums that every table of statistics shows, in one order and under one name. */
export const COUNT_COLUMNS: ReadonlyArray<Column<Sums>> = [
  countOf('attempted', 'Attempted'),
  countOf('connected', 'Connected'),
  countOf('failed', 'Not reached'),
  countOf('canceled', 'Canceled'),
];

export const TALK_COLUMN: Column<Sums> = {
  key: 'talk',
  header: 'Talk time',
  numeric: true,
  render: (row) => formatLongDuration(row.talk_seconds),
};
