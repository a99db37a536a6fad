import {
  Button,
  Checkbox,
  Group,
  Modal,
  NumberInput,
  Select,
  Stack,
  TextInput,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import { useState } from 'react';
import { ErrorNote } from '../../../components/error-state.js';
import { notifyDone } from '../../../components/notify.js';
import { problemInForm } from '../../../components/problem-in-form.js';
import { useQueues } from '../../../data/use-queues.js';
import { count } from '../../../domain/catalogue/words.js';
import { useAddToQueue } from '../api/use-add-to-queue.js';

interface AddToQueueDialogProps {
  leadIds: string[];
  isOpen: boolean;
  onClose: () => void;
}

export function AddToQueueDialog({ leadIds, isOpen, onClose }: AddToQueueDialogProps) {
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={`Add ${count(leadIds.length, 'lead')} to a queue`}
    >
      <AddToQueueForm leadIds={leadIds} onClose={onClose} />
    </Modal>
  );
}

const NEW_QUEUE = 'new';

function AddToQueueForm({ leadIds, onClose }: { leadIds: string[]; onClose: () => void }) {
  const queues = useQueues();
  const add = useAddToQueue();
  const [failure, setFailure] = useState<string | null>(null);
  const form = useForm({
    initialValues: { queue: '', name: '', priority: 0, requeue: false },
    validate: {
      queue: (queue) => (queue === '' ? 'Choose a queue' : null),
      name: (name, values) =>
        values.queue === NEW_QUEUE && name.trim() === '' ? 'Give the queue a name' : null,
    },
  });
  const submit = form.onSubmit((values) => {
    setFailure(null);
    add.mutate(
      {
        leadIds,
        queueId: values.queue === NEW_QUEUE ? null : values.queue,
        newQueue: values.name.trim(),
        priority: Number(values.priority) || 0,
        requeue: values.requeue,
      },
      {
        onSuccess: (result) => {
          const rest = [
            result.already_there > 0 ? `${result.already_there} were there already` : '',
            result.suppressed > 0 ? `${result.suppressed} may not be called` : '',
          ].filter(Boolean);
          notifyDone([`${count(result.added, 'lead')} added`, ...rest].join(', ').concat('.'));
          onClose();
        },
        onError: (error) => setFailure(problemInForm(form, error)),
      },
    );
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <Select
          label="Queue"
          required
          placeholder="Choose a queue"
          data={[
            ...(queues.data?.queues.map((q) => ({ value: q.id, label: q.name })) ?? []),
            { value: NEW_QUEUE, label: 'A new queue …' },
          ]}
          {...form.getInputProps('queue')}
        />
        {form.values.queue === NEW_QUEUE && (
          <TextInput label="Name of the new queue" required {...form.getInputProps('name')} />
        )}
        <NumberInput
          label="Priority"
          description="Higher is called sooner; 0 is usual"
          min={-1000}
          max={1000}
          {...form.getInputProps('priority')}
        />
        <Checkbox
          label="Also bring back leads of this queue that are done or exhausted"
          {...form.getInputProps('requeue', { type: 'checkbox' })}
        />
        <ErrorNote error={failure} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={add.isPending}>
            Add to queue
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
