import { Button, Code, Group, Modal, Text } from '@mantine/core';
import type { ProviderEventList } from '@outdial/protocol';
import { useState } from 'react';
import { type Column, DataTable } from '../../../components/data-table.js';
import { Moment } from '../../../components/moment.js';
import { EmptyState } from '../../../ui/empty-state.js';
import { useDeadEvents } from '../api/use-dead-events.js';
import { useReplayEvent } from '../api/use-replay-event.js';
import { useReplayEvents } from '../api/use-replay-events.js';

type ProviderEvent = ProviderEventList['events'][number];

/** Provider events that failed however often they were tried: kept, shown, and retried by a person. */
export function DeadEvents() {
  const list = useDeadEvents();
  const replay = useReplayEvent();
  const replayAll = useReplayEvents();
  const [shown, setShown] = useState<ProviderEvent | null>(null);
  const columns: ReadonlyArray<Column<ProviderEvent>> = [
    { key: 'at', header: 'Received', render: (event) => <Moment at={event.received_at} /> },
    { key: 'connection', header: 'Connection', render: (event) => event.connection_id },
    { key: 'attempts', header: 'Attempts', numeric: true, render: (event) => event.attempts },
    { key: 'note', header: 'What went wrong', render: (event) => event.note ?? '–' },
    {
      key: 'actions',
      header: '',
      width: 210,
      render: (event) => (
        <Button.Group>
          <Button size="compact-sm" variant="default" onClick={() => setShown(event)}>
            Show payload
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            loading={replay.isPending && replay.variables === event.id}
            onClick={() => replay.mutate(event.id)}
          >
            Retry
          </Button>
        </Button.Group>
      ),
    },
  ];
  return (
    <>
      <Group justify="space-between" mb="sm">
        <Text size="sm" c="dimmed">
          Provider events that could not be processed. Nothing is lost: fix the cause, then retry.
        </Text>
        {list.rows.length > 0 && (
          <Button
            size="compact-sm"
            variant="default"
            loading={replayAll.isPending}
            onClick={() => replayAll.mutate()}
          >
            Retry all
          </Button>
        )}
      </Group>
      <DataTable
        label="Failed provider events"
        noun={['event', 'events']}
        columns={columns}
        list={list}
        rowId={(event) => event.id}
        empty={<EmptyState title="Every provider event was processed" />}
      />
      <Modal opened={shown !== null} onClose={() => setShown(null)} title="Payload" size="lg">
        <Code block>{JSON.stringify(shown?.payload, null, 2)}</Code>
      </Modal>
    </>
  );
}
