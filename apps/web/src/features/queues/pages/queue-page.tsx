import { Anchor, Badge, Box, Button, Group, SegmentedControl, Skeleton, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type Queue, type QueueItem, QueueItemState } from '@outdial/protocol';
import { IconPlus, IconSettings, IconTrash } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { Link, useNavigate, useParams } from 'react-router';
import { ItemStateBadge, OutcomeBadge } from '../../../components/badges.js';
import { type Column, DataTable } from '../../../components/data-table.js';
import { LeadLink, useDrawers } from '../../../components/drawer-links.js';
import { ErrorState } from '../../../components/error-state.js';
import { Moment } from '../../../components/moment.js';
import { PhoneNumber } from '../../../components/phone-number.js';
import { useMay } from '../../../data/account-context.js';
import { useConnections } from '../../../data/use-connections.js';
import { urlValue, useUrlFilters } from '../../../data/use-url-filters.js';
import { ITEM_STATE_WORDS } from '../../../domain/catalogue/words.js';
import { EmptyState } from '../../../ui/empty-state.js';
import { PageHeader } from '../../../ui/page-header.js';
import { useQueue } from '../api/use-queue.js';
import { useQueueItems } from '../api/use-queue-items.js';
import { AddLeadsDialog } from '../components/add-leads-dialog.js';
import { CampaignPanel } from '../components/campaign-panel.js';
import { DeleteQueueDialog } from '../components/delete-queue-dialog.js';
import { ItemMenu } from '../components/item-menu.js';
import { ItemsBar } from '../components/items-bar.js';
import { QueueAccess } from '../components/queue-access.js';
import { QueueFormDialog } from '../components/queue-form.js';

const LOOKING: ReadonlyArray<Column<QueueItem>> = [
  {
    key: 'lead',
    header: 'Lead',
    wide: true,
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
        {item.callback && <Badge color="plum">Callback</Badge>}
      </Group>
    ),
  },
  {
    key: 'due',
    header: 'Due',
    wide: true,
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
  {
    key: 'attempts',
    header: 'Attempts',
    numeric: true,
    render: (item) => item.attempts.toLocaleString('en'),
  },
  { key: 'last', header: 'Last outcome', render: (i) => <OutcomeBadge outcome={i.last_outcome} /> },
];
const MANAGING: ReadonlyArray<Column<QueueItem>> = [
  ...LOOKING,
  { key: 'actions', header: '', width: 48, render: (item) => <ItemMenu item={item} /> },
];

type State = QueueItem['state'];
const FILTERS = { state: urlValue(QueueItemState) };
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
  const {
    filters: { state },
    set,
  } = useUrlFilters(FILTERS);
  const list = useQueueItems(queue.id, state);
  const campaigns = useConnections().data?.connections.find((it) => it.has_campaigns);
  const { openLead } = useDrawers();
  const may = useMay();
  const mayManage = may('queues.manage');
  const [chosen, setChosen] = useState<Set<string>>(new Set());
  const items = useMemo(() => new Map(list.rows.map((item) => [item.id, item])), [list.rows]);
  // What another filter hides is not acted on.
  const chosenItems = [...chosen].flatMap((itemId) => items.get(itemId) ?? []);
  const [isEditing, editing] = useDisclosure();
  const [isAdding, adding] = useDisclosure();
  const [isDeleting, deleting] = useDisclosure();

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
            : 'No leads are due now'
        }
        actions={
          mayManage && (
            <>
              <Button
                variant="subtle"
                color="rust"
                leftSection={<IconTrash size={16} />}
                onClick={deleting.open}
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
      {campaigns && may('agents.manage') && (
        <CampaignPanel queueId={queue.id} connection={campaigns} />
      )}
      {mayManage && <QueueAccess queueId={queue.id} />}
      <Box mb="sm" style={{ overflowX: 'auto' }}>
        <SegmentedControl
          aria-label="State"
          value={state ?? 'ALL'}
          onChange={(value) => set({ state: FILTERS.state.read([value]) })}
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
        {...(mayManage && {
          selection: {
            ids: chosen,
            onChange: setChosen,
            label: (itemId) => `Select ${items.get(itemId)?.lead.name ?? 'lead'}`,
          },
        })}
        empty={
          state === undefined ? (
            <EmptyState
              title="This queue is empty"
              action={mayManage && <Button onClick={adding.open}>Add leads</Button>}
            >
              {mayManage &&
                'Add leads here, select them on the leads page, or import a file into this queue.'}
            </EmptyState>
          ) : (
            <EmptyState title="No leads in this state" />
          )
        }
      />
      {chosenItems.length > 0 && (
        <ItemsBar items={chosenItems} onClear={() => setChosen(new Set())} />
      )}
      <QueueFormDialog isOpen={isEditing} onClose={editing.close} queue={queue} />
      <DeleteQueueDialog
        queue={queue}
        isOpen={isDeleting}
        onClose={deleting.close}
        onDeleted={() => void navigate('/queues')}
      />
      <AddLeadsDialog queueId={queue.id} isOpen={isAdding} onClose={adding.close} />
    </>
  );
}
