import { Button, Code, Group, Modal, Text } from '@mantine/core';
import type { ProviderEventList } from '@outdial/protocol';
import { useState } from 'react';
import { type Column, DataTable } from '../../../ui/data-table.js';
import { EmptyState } from '../../../ui/empty-state.js';
import { Moment } from '../../../ui/moment.js';
import { useDeadEvents } from '../api/use-dead-events.js';
import { useReplayEvent } from '../api/use-replay-event.js';
import { useReplayEvents } from '../api/use-replay-events.js';

type ProviderEvent = ProviderEventList['events'][number];

/** Provider events that failed however often they were tried: kept, shown, and replayed by a person. */
export function DeadEvents() {
  const list = useDeadEvents();
  const replay = useReplayEvent();
  const replayAll = useReplayEvents();
  const [shown, setShown] = useState<ProviderEvent | null>(null);
  const columns: ReadonlyArray<Column<ProviderEvent>> = [
    { key: 'at', header: 'Received', render: (event) => <Moment at={event.received_at} /> },
    { key: 'provider', header: 'Provider', render: (event) => event.provider },
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
            Replay
          </Button>
        </Button.Group>
      ),
    },
  ];
  return (
    <>
      <Group justify="space-between" mb="sm">
        <Text size="sm" c="dimmed">
          What the phone provider told us and we could not use. Nothing of it is lost: mend the
          cause, then replay.
        </Text>
        {list.rows.length > 0 && (
          <Button
            size="compact-sm"
            variant="default"
            loading={replayAll.isPending}
            onClick={() => replayAll.mutate()}
          >
            Replay all
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
