import { Anchor, Badge, Title } from '@mantine/core';
import type { Import } from '@outdial/protocol';
import { Link, useNavigate } from 'react-router';
import { type Column, DataTable } from '../../../components/data-table.js';
import { Moment } from '../../../components/moment.js';
import { IMPORT_STATE_WORDS } from '../../../domain/catalogue/import-words.js';
import { EmptyState } from '../../../ui/empty-state.js';
import { useImports } from '../api/use-imports.js';

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
    render: (it) => (
      <Badge color={IMPORT_STATE_WORDS[it.state].color}>{IMPORT_STATE_WORDS[it.state].word}</Badge>
    ),
  },
  {
    key: 'rows',
    header: 'Rows',
    numeric: true,
    render: (it) => `${it.rows_done.toLocaleString('en')} / ${it.rows_total.toLocaleString('en')}`,
  },
  {
    key: 'created',
    header: 'Created',
    numeric: true,
    render: (it) => it.created.toLocaleString('en'),
  },
  {
    key: 'updated',
    header: 'Updated',
    numeric: true,
    render: (it) => it.updated.toLocaleString('en'),
  },
  {
    key: 'skipped',
    header: 'Skipped',
    numeric: true,
    render: (it) => it.skipped.toLocaleString('en'),
  },
  {
    key: 'suppressed',
    header: 'Do not call',
    numeric: true,
    render: (it) => it.suppressed.toLocaleString('en'),
  },
  {
    key: 'failed',
    header: 'Refused',
    numeric: true,
    render: (it) => it.failed.toLocaleString('en'),
  },
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
        empty={<EmptyState title="No imports yet" />}
      />
    </section>
  );
}
