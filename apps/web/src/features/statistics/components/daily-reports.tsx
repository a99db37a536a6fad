import { Title } from '@mantine/core';
import type { ReportList } from '@outdial/protocol';
import { type Column, DataTable } from '../../../ui/data-table.js';
import { EmptyState } from '../../../ui/empty-state.js';
import { formatLongDuration } from '../../../ui/format-time.js';
import { type ReportFilters, useReports } from '../api/use-reports.js';

type Report = ReportList['reports'][number];

const COLUMNS: ReadonlyArray<Column<Report>> = [
  { key: 'day', header: 'Day', render: (r) => <span className="tabular">{r.day}</span> },
  { key: 'agent', header: 'Agent', render: (r) => r.agent_name },
  { key: 'queue', header: 'Queue', render: (r) => r.queue_name },
  { key: 'attempted', header: 'Attempted', numeric: true, render: (r) => r.attempted },
  { key: 'connected', header: 'Connected', numeric: true, render: (r) => r.connected },
  { key: 'failed', header: 'Not reached', numeric: true, render: (r) => r.failed },
  { key: 'canceled', header: 'Canceled', numeric: true, render: (r) => r.canceled },
  {
    key: 'talk',
    header: 'Talk time',
    numeric: true,
    render: (r) => formatLongDuration(r.talk_seconds),
  },
];

/** What was written down at the end of each day (in UTC). */
export function DailyReports({ filters }: { filters: ReportFilters }) {
  const list = useReports(filters);
  return (
    <section aria-label="Daily reports">
      <Title order={2} mb="xs">
        Daily reports
      </Title>
      <DataTable
        label="Daily reports"
        noun={['report', 'reports']}
        columns={COLUMNS}
        list={list}
        rowId={(r) => `${r.day} ${r.agent_id} ${r.queue_id}`}
        empty={
          <EmptyState title="No daily reports in this period">
            They are written once a day, for every agent and queue that had calls.
          </EmptyState>
        }
      />
    </section>
  );
}
