import { Title } from '@mantine/core';
import type { Stats } from '@outdial/protocol';
import { type Column, DataTable } from '../../../ui/data-table.js';
import { EmptyState } from '../../../ui/empty-state.js';
import { formatLongDuration, formatPercent } from '../../../ui/format-time.js';

type Row = Omit<Stats['by_agent'][number], 'agent_id' | 'agent_name'> & {
  id: string;
  name: string;
};

const COLUMNS: ReadonlyArray<Column<Row>> = [
  { key: 'attempted', header: 'Attempted', numeric: true, render: (r) => r.attempted },
  { key: 'connected', header: 'Connected', numeric: true, render: (r) => r.connected },
  { key: 'failed', header: 'Not reached', numeric: true, render: (r) => r.failed },
  { key: 'canceled', header: 'Canceled', numeric: true, render: (r) => r.canceled },
  {
    key: 'rate',
    header: 'Connect rate',
    numeric: true,
    render: (r) => formatPercent(r.connect_rate),
  },
  {
    key: 'talk',
    header: 'Talk time',
    numeric: true,
    render: (r) => formatLongDuration(r.talk_seconds),
  },
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
        columns={[{ key: 'name', header: of, render: (r: Row) => r.name }, ...COLUMNS]}
        list={{ rows, total: rows.length, isLoading: false, error: null, retry: () => {} }}
        rowId={(row) => row.id}
        empty={<EmptyState title="No calls in this period" />}
      />
    </section>
  );
}
