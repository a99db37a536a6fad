import { Anchor, Button, Group, Paper, Select, Skeleton, Stack, Text, Title } from '@mantine/core';
import type { Connection, Session } from '@outdial/protocol';
import { IconPhone } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { ConnectionPicker } from '../../../components/connection-picker.js';
import { ErrorNote, ErrorState } from '../../../components/error-state.js';
import { AfterConnectPicker, LinesPicker } from '../../../components/session-options.js';
import { useMay } from '../../../data/account-context.js';
import { useConfig } from '../../../data/use-config.js';
import { useConnections } from '../../../data/use-connections.js';
import { useQueues } from '../../../data/use-queues.js';
import { useStartDialer } from '../../../data/use-start-dialer.js';
import { count } from '../../../domain/catalogue/words.js';
import { formatMoment } from '../../../domain/format-time.js';
import { EmptyState } from '../../../ui/empty-state.js';

interface StartPanelProps {
  /** What the next session would run on, if nothing else is chosen; null: one must be chosen. */
  connection: Connection | null;
  /** The session before: the next one is likely to be like it. */
  last?: Session;
}

/** Chooses a queue and starts working through it. */
export function StartPanel({ connection: usual, last }: StartPanelProps) {
  const may = useMay();
  const [search] = useSearchParams();
  const queues = useQueues();
  const config = useConfig();
  const start = useStartDialer();
  const [queueId, setQueueId] = useState<string | null>(search.get('queue'));
  const connections = useConnections();
  const [connectionId, setConnectionId] = useState<string | null>(null);
  const [lines, setLines] = useState<number | null>(null);
  const [afterConnect, setAfterConnect] = useState<'continue' | 'stop' | null>(null);

  if (queues.error && !queues.data) {
    return (
      <Paper>
        <ErrorState error={queues.error} onRetry={() => void queues.refetch()} />
      </Paper>
    );
  }
  if (!queues.data) return <Skeleton height={260} radius="lg" aria-label="Loading queues" />;
  if (queues.data.queues.length === 0) {
    return (
      <Paper>
        <EmptyState
          title="There is no queue to work through yet"
          icon={<IconPhone size={28} />}
          action={
            <Group gap="xs">
              {may('leads.manage') && (
                <Button component={Link} to="/import">
                  Import leads
                </Button>
              )}
              <Button component={Link} to="/leads" variant="default">
                Choose leads
              </Button>
            </Group>
          }
        >
          {may('leads.manage')
            ? 'Import a list of leads into a queue, or select leads and call them right away.'
            : 'Queues that you may work appear here. Who leads your team puts leads into them.'}
        </EmptyState>
      </Paper>
    );
  }

  const dialing = config.data?.settings.dialing;
  // A call to one chosen lead says nothing about the next queue.
  const lastOfQueue = last?.ad_hoc ? undefined : last;
  const usable = (connections.data?.connections ?? []).filter((it) => it.enabled);
  const chosenAfter =
    afterConnect ?? lastOfQueue?.after_connect ?? dialing?.after_connect ?? 'continue';
  // Where one was, while it lasts; else the fullest queue is the likeliest one to be worked through.
  const likely =
    queues.data.queues.find((q) => q.id === lastOfQueue?.queue_id && q.counts.callable > 0) ??
    queues.data.queues.toSorted((a, b) => b.counts.callable - a.counts.callable)[0];
  const queue = queues.data.queues.find((q) => q.id === queueId) ?? likely;
  const find = (id: string | null | undefined) => usable.find((it) => it.id === id);
  const connection = find(connectionId) ?? find(queue?.connection_id) ?? usual;
  const max = connection?.capabilities.max_lines_per_agent ?? 1;
  const chosenLines = Math.min(lines ?? lastOfQueue?.lines ?? dialing?.lines ?? 1, max);

  return (
    <Paper p="lg" component="section" aria-label="Start a session">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!queue) return;
          start.mutate({
            queue_id: queue.id,
            lines: chosenLines,
            after_connect: chosenAfter,
            ...(connectionId !== null && { connection_id: connectionId }),
          });
        }}
      >
        <Stack gap="md" maw={560}>
          <Title order={2}>Start a session</Title>
          <Select
            label="Queue"
            data={queues.data.queues.map((q) => ({
              value: q.id,
              label: `${q.name} (${q.counts.callable.toLocaleString('en')} to call now)`,
            }))}
            value={queue?.id ?? null}
            onChange={setQueueId}
            allowDeselect={false}
            searchable={queues.data.queues.length > 8}
            description={queue && describeQueue(queue)}
          />
          <ConnectionPicker
            connections={usable}
            value={connectionId}
            onChange={setConnectionId}
            otherwise={(find(queue?.connection_id) ?? usual)?.label ?? 'Choose one'}
          />
          {connection && (
            <LinesPicker value={chosenLines} onChange={setLines} connection={connection} />
          )}
          <AfterConnectPicker value={chosenAfter} onChange={setAfterConnect} />
          <ErrorNote error={start.error} />
          <Group gap="md">
            <Button
              type="submit"
              size="md"
              leftSection={<IconPhone size={18} />}
              loading={start.isPending}
              disabled={connection === null}
            >
              Start session
            </Button>
            <Text size="sm" c="dimmed">
              or{' '}
              <Anchor component={Link} to="/leads" inherit>
                choose leads
              </Anchor>{' '}
              to call
            </Text>
          </Group>
        </Stack>
      </form>
    </Paper>
  );
}

type Queue = NonNullable<ReturnType<typeof useQueues>['data']>['queues'][number];

function describeQueue(queue: Queue): string {
  const { callable, pending } = queue.counts;
  if (callable > 0) return `${count(pending, 'lead')} pending, ${callable} due now.`;
  if (pending > 0 && queue.next_due_at) {
    return `${count(pending, 'lead')} pending; the next one is due ${formatMoment(queue.next_due_at)}.`;
  }
  return 'This queue has no leads left to call.';
}
