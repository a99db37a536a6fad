import { Title } from '@mantine/core';
import type { ReportList } from '@outdial/protocol';
import { type Column, DataTable } from '../../../components/data-table.js';
import { EmptyState } from '../../../ui/empty-state.js';
import { type ReportFilters, useReports } from '../api/use-reports.js';
import { COUNT_COLUMNS, TALK_COLUMN } from './sum-columns.js';

type Report = ReportList['reports'][number];

const COLUMNS: ReadonlyArray<Column<Report>> = [
  { key: 'day', header: 'Day', render: (r) => <span className="tabular">{r.day}</span> },
  { key: 'agent', header: 'Agent', render: (r) => r.agent_name },
  { key: 'queue', header: 'Queue', wide: true, render: (r) => r.queue_name },
  ...COUNT_COLUMNS,
  TALK_COLUMN,
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
            A report is written once a day for every agent and queue with calls.
          </EmptyState>
        }
      />
    </section>
  );
}
