import { Anchor, Badge, Title } from '@mantine/core';
import type { Import } from '@outdial/protocol';
import { Link, useNavigate } from 'react-router';
import { type Column, DataTable } from '../../../ui/data-table.js';
import { EmptyState } from '../../../ui/empty-state.js';
import { Moment } from '../../../ui/moment.js';
import { useImports } from '../api/use-imports.js';

const STATES: Record<Import['state'], { word: string; color: string }> = {
  PENDING: { word: 'Waiting', color: 'gray' },
  RUNNING: { word: 'Running', color: 'amber' },
  DONE: { word: 'Done', color: 'signal' },
  FAILED: { word: 'Failed', color: 'rust' },
};

const COLUMNS: ReadonlyArray<Column<Import>> = [
  {
    key: 'file',
    header: 'File',
    render: (it) => (
      <Anchor component={Link} to={`/import/${it.id}`} c="inherit" fw={560} size="sm">
        {it.file_name}
      </Anchor>
    ),
  },
  {
    key: 'state',
    header: 'State',
    render: (it) => <Badge color={STATES[it.state].color}>{STATES[it.state].word}</Badge>,
  },
  {
    key: 'rows',
    header: 'Rows',
    numeric: true,
    render: (it) => `${it.rows_done.toLocaleString('en')} / ${it.rows_total.toLocaleString('en')}`,
  },
  { key: 'created', header: 'Created', numeric: true, render: (it) => it.created },
  { key: 'updated', header: 'Updated', numeric: true, render: (it) => it.updated },
  { key: 'skipped', header: 'Skipped', numeric: true, render: (it) => it.skipped },
  { key: 'failed', header: 'Errors', numeric: true, render: (it) => it.failed },
  { key: 'at', header: 'Started', render: (it) => <Moment at={it.created_at} /> },
];

export function EarlierImports() {
  const list = useImports();
  const navigate = useNavigate();
  return (
    <section aria-label="Earlier imports">
      <Title order={2} mt="lg" mb="xs">
        Earlier imports
      </Title>
      <DataTable
        label="Earlier imports"
        noun={['import', 'imports']}
        columns={COLUMNS}
        list={list}
        rowId={(it) => it.id}
        onOpen={(it) => void navigate(`/import/${it.id}`)}
        empty={<EmptyState title="Nothing was imported yet" />}
      />
    </section>
  );
}
