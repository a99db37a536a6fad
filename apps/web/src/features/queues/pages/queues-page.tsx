import { Anchor, Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { Queue } from '@outdial/protocol';
import { IconPlus } from '@tabler/icons-react';
import { Link, useNavigate } from 'react-router';
import { type Column, DataTable } from '../../../components/data-table.js';
import { Moment } from '../../../components/moment.js';
import { useMay } from '../../../data/account-context.js';
import { useQueues } from '../../../data/use-queues.js';
import { EmptyState } from '../../../ui/empty-state.js';
import { PageHeader } from '../../../ui/page-header.js';
import { QueueFormDialog } from '../components/queue-form.js';

const COLUMNS: ReadonlyArray<Column<Queue>> = [
  {
    key: 'name',
    header: 'Queue',
    wide: true,
    render: (queue) => (
      <Anchor component={Link} to={`/queues/${queue.id}`} c="inherit" fw={560} size="sm">
        {queue.name}
      </Anchor>
    ),
  },
  {
    key: 'callable',
    header: 'Due now',
    numeric: true,
    render: (q) => <b>{q.counts.callable.toLocaleString('en')}</b>,
  },
  {
    key: 'pending',
    header: 'Pending',
    numeric: true,
    render: (q) => q.counts.pending.toLocaleString('en'),
  },
  {
    key: 'claimed',
    header: 'Being called',
    numeric: true,
    render: (q) => q.counts.claimed.toLocaleString('en'),
  },
  { key: 'done', header: 'Done', numeric: true, render: (q) => q.counts.done.toLocaleString('en') },
  {
    key: 'exhausted',
    header: 'Exhausted',
    numeric: true,
    render: (q) => q.counts.exhausted.toLocaleString('en'),
  },
  {
    key: 'suppressed',
    header: 'Do not call',
    numeric: true,
    render: (q) => q.counts.suppressed.toLocaleString('en'),
  },
  {
    key: 'total',
    header: 'Total',
    numeric: true,
    render: (q) => q.counts.total.toLocaleString('en'),
  },
  {
    key: 'next',
    header: 'Next due',
    render: (q) => (q.counts.callable > 0 ? 'now' : <Moment at={q.next_due_at} />),
  },
];

export function QueuesPage() {
  const queues = useQueues();
  const mayManage = useMay()('queues.manage');
  const navigate = useNavigate();
  const [isCreating, creating] = useDisclosure();
  return (
    <>
      <PageHeader
        title="Queues"
        description={
          mayManage
            ? 'Lists of leads to work through, shared by agents.'
            : 'The lists of leads that you may work through.'
        }
        actions={
          mayManage && (
            <Button leftSection={<IconPlus size={16} />} onClick={creating.open}>
              New queue
            </Button>
          )
        }
      />
      <DataTable
        label="Queues"
        noun={['queue', 'queues']}
        columns={COLUMNS}
        list={{
          rows: queues.data?.queues ?? [],
          total: queues.data?.total ?? 0,
          isLoading: queues.isPending,
          error: queues.error,
          retry: () => void queues.refetch(),
        }}
        rowId={(queue) => queue.id}
        onOpen={(queue) => void navigate(`/queues/${queue.id}`)}
        empty={
          <EmptyState
            title="There are no queues yet"
            action={mayManage && <Button onClick={creating.open}>New queue</Button>}
          >
            A queue holds the leads that sessions work through, with its own retry rules and hours.
          </EmptyState>
        }
      />
      <QueueFormDialog isOpen={isCreating} onClose={creating.close} />
    </>
  );
}
