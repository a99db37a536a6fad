import { Select, Skeleton, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { ErrorState } from '../../../components/error-state.js';
import { useDispositions } from '../../../data/use-dispositions.js';
import { useQueues } from '../../../data/use-queues.js';
import { DispositionEditor } from './disposition-editor.js';

const ALL_QUEUES = 'all';

/** What agents can save about a call: for all queues, or for one queue that has dispositions of its own. */
export function DispositionSettings() {
  const [queueId, setQueueId] = useState<string | null>(null);
  const queues = useQueues().data?.queues ?? [];
  return (
    <Stack gap="md">
      <Select
        label="Queue"
        maw={360}
        allowDeselect={false}
        searchable={queues.length > 10}
        // A closed list that stays in the page counts as open for the keys of the preview.
        comboboxProps={{ keepMounted: false }}
        data={[
          { value: ALL_QUEUES, label: 'All queues' },
          ...queues.map(({ id, name }) => ({ value: id, label: name })),
        ]}
        value={queueId ?? ALL_QUEUES}
        onChange={(value) => setQueueId(value === ALL_QUEUES ? null : value)}
      />
      <Text size="sm" c="dimmed" maw={640}>
        Changes count from the next call that an agent saves. Calls that are saved keep the label
        they were saved with.
      </Text>
      <SetOf key={queueId ?? ALL_QUEUES} queueId={queueId} />
    </Stack>
  );
}

function SetOf({ queueId }: { queueId: string | null }) {
  const { data, error, refetch } = useDispositions(queueId);
  if (data) {
    return (
      <DispositionEditor
        queueId={queueId}
        read={data}
        readAgain={async () => (await refetch()).data}
      />
    );
  }
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <Skeleton height={420} radius="lg" aria-label="Loading dispositions" />;
}
