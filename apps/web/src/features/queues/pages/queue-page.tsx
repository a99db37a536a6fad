import { Anchor, Badge, Box, Button, Group, SegmentedControl, Skeleton, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { Queue, QueueItem } from '@outdial/protocol';
import { IconPlus, IconSettings, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { useMay } from '../../../data/account-context.js';
import { useDialerStatus } from '../../../data/use-dialer-status.js';
import { ITEM_STATE_WORDS } from '../../../data/words.js';
import { ItemStateBadge, OutcomeBadge } from '../../../ui/badges.js';
import { confirm } from '../../../ui/confirm.js';
import { type Column, DataTable } from '../../../ui/data-table.js';
import { LeadLink, useDrawers } from '../../../ui/drawer-links.js';
import { EmptyState } from '../../../ui/empty-state.js';
import { ErrorState } from '../../../ui/error-state.js';
import { Moment } from '../../../ui/moment.js';
import { PageHeader } from '../../../ui/page-header.js';
import { PhoneNumber } from '../../../ui/phone-number.js';
import { useDeleteQueue } from '../api/use-delete-queue.js';
import { useQueue } from '../api/use-queue.js';
import { useQueueItems } from '../api/use-queue-items.js';
import { AddLeadsDialog } from '../components/add-leads-dialog.js';
import { CampaignPanel } from '../components/campaign-panel.js';
import { ItemMenu } from '../components/item-menu.js';
import { QueueAccess } from '../components/queue-access.js';
import { QueueFormDialog } from '../components/queue-form.js';

const LOOKING: ReadonlyArray<Column<QueueItem>> = [
  {
    key: 'lead',
    header: 'Lead',
    render: (item) => (
      <>
        <LeadLink id={item.lead_id}>{item.lead.name}</LeadLink>
        <Text size="xs" c="dimmed">
          {item.lead.company ?? '\u00a0'}
        </Text>
      </>
    ),
  },
  { key: 'phone', header: 'Phone', render: (i) => <PhoneNumber value={i.lead.phone_number} /> },
  {
    key: 'state',
    header: 'State',
    render: (item) => (
      <Group gap={6}>
        <ItemStateBadge state={item.state} />
        {item.callback && <Badge color="plum">Call-back</Badge>}
      </Group>
    ),
  },
  {
    key: 'due',
    header: 'Due',
    render: (item) =>
      item.state === 'PENDING' ? (
        <>
          <Moment at={item.due_at} />
          {item.held_reason && (
            <Text size="xs" c="dimmed">
              {item.held_reason}
            </Text>
          )}
        </>
      ) : (
        '–'
      ),
  },
  { key: 'priority', header: 'Priority', numeric: true, render: (item) => item.priority },
  { key: 'attempts', header: 'Attempts', numeric: true, render: (item) => item.attempts },
  { key: 'last', header: 'Last outcome', render: (i) => <OutcomeBadge outcome={i.last_outcome} /> },
];
const MANAGING: ReadonlyArray<Column<QueueItem>> = [
  ...LOOKING,
  { key: 'actions', header: '', width: 48, render: (item) => <ItemMenu item={item} /> },
];

type State = QueueItem['state'];
const COUNTS: ReadonlyArray<[State, keyof Queue['counts']]> = [
  ['PENDING', 'pending'],
  ['CLAIMED', 'claimed'],
  ['DONE', 'done'],
  ['EXHAUSTED', 'exhausted'],
  ['SUPPRESSED', 'suppressed'],
];

export function QueuePage() {
  const { id = '' } = useParams();
  const queue = useQueue(id);
  if (queue.error && !queue.data) {
    return <ErrorState error={queue.error} onRetry={() => void queue.refetch()} />;
  }
  if (!queue.data) return <Skeleton height={44} width={320} aria-label="Loading the queue" />;
  return <QueueView key={id} queue={queue.data} />;
}

function QueueView({ queue }: { queue: Queue }) {
  const navigate = useNavigate();
  const [state, setState] = useState<State | 'ALL'>('ALL');
  const list = useQueueItems(queue.id, state === 'ALL' ? undefined : state);
  const provider = useDialerStatus().data?.provider;
  const remove = useDeleteQueue();
  const { openLead } = useDrawers();
  const may = useMay();
  const mayManage = may('queues.manage');
  const [isEditing, editing] = useDisclosure();
  const [isAdding, adding] = useDisclosure();

  return (
    <>
      <Anchor component={Link} to="/queues" size="sm" c="dimmed">
        Queues
      </Anchor>
      <PageHeader
        title={queue.name}
        description={
          queue.counts.callable > 0
            ? `${queue.counts.callable.toLocaleString('en')} due now`
            : 'Nobody is due now'
        }
        actions={
          mayManage && (
            <>
              <Button
                variant="subtle"
                color="rust"
                leftSection={<IconTrash size={16} />}
                onClick={() =>
                  confirm({
                    title: `Delete the queue ${queue.name}?`,
                    children: 'Its leads stay, and so do the calls that were made.',
                    confirm: 'Delete queue',
                    onConfirm: () =>
                      remove.mutate(queue.id, { onSuccess: () => void navigate('/queues') }),
                  })
                }
              >
                Delete
              </Button>
              <Button
                variant="default"
                leftSection={<IconSettings size={16} />}
                onClick={editing.open}
              >
                Settings
              </Button>
              <Button leftSection={<IconPlus size={16} />} onClick={adding.open}>
                Add leads
              </Button>
            </>
          )
        }
      />
      {provider?.name === 'aircall' && may('agents.manage') && <CampaignPanel queueId={queue.id} />}
      {mayManage && <QueueAccess queueId={queue.id} />}
      <Box mb="sm" style={{ overflowX: 'auto' }}>
        <SegmentedControl
          aria-label="State"
          value={state}
          onChange={(value) => setState(value as State | 'ALL')}
          data={[
            { value: 'ALL', label: `All ${queue.counts.total.toLocaleString('en')}` },
            ...COUNTS.map(([value, key]) => ({
              value,
              label: `${ITEM_STATE_WORDS[value].word} ${queue.counts[key].toLocaleString('en')}`,
            })),
          ]}
        />
      </Box>
      <DataTable
        label="Leads of this queue"
        noun={['lead', 'leads']}
        columns={mayManage ? MANAGING : LOOKING}
        list={list}
        rowId={(item) => item.id}
        onOpen={(item) => openLead(item.lead_id)}
        empty={
          state === 'ALL' ? (
            <EmptyState
              title="This queue is empty"
              action={mayManage && <Button onClick={adding.open}>Add leads</Button>}
            >
              {mayManage &&
                'Add leads here, select them on the leads page, or import a file into this queue.'}
            </EmptyState>
          ) : (
            <EmptyState title="No lead of this queue is in this state" />
          )
        }
      />
      <QueueFormDialog isOpen={isEditing} onClose={editing.close} queue={queue} />
      <AddLeadsDialog queueId={queue.id} isOpen={isAdding} onClose={adding.close} />
    </>
  );
}
