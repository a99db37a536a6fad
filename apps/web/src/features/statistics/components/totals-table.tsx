import { Title } from '@mantine/core';
import type { Stats } from '@outdial/protocol';
import { type Column, DataTable } from '../../../components/data-table.js';
import { formatPercent } from '../../../domain/format-time.js';
import { EmptyState } from '../../../ui/empty-state.js';
import { COUNT_COLUMNS, TALK_COLUMN } from './sum-columns.js';

type Row = Omit<Stats['by_agent'][number], 'agent_id' | 'agent_name'> & {
  id: string;
  name: string;
};

const COLUMNS: ReadonlyArray<Column<Row>> = [
  ...COUNT_COLUMNS,
  {
    key: 'rate',
    header: 'Connect rate',
    numeric: true,
    render: (r) => formatPercent(r.connect_rate),
  },
  TALK_COLUMN,
];

/** The same sums for each of several agents or queues. */
export function TotalsTable({ title, of, rows }: { title: string; of: string; rows: Row[] }) {
  return (
    <section aria-label={title}>
      <Title order={2} mb="xs">
        {title}
      </Title>
      <DataTable
        label={title}
        noun={[of.toLowerCase(), `${of.toLowerCase()}s`]}
        columns={[{ key: 'name', header: of, wide: true, render: (r: Row) => r.name }, ...COLUMNS]}
        list={{ rows, total: rows.length, isLoading: false, error: null, retry: () => {} }}
        rowId={(row) => row.id}
        empty={<EmptyState title="No calls in this period" />}
      />
    </section>
  );
}
