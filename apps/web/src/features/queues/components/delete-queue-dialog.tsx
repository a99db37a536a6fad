import { Button, Group, List, Modal, Radio, Select, Stack, Text } from '@mantine/core';
import type { Queue } from '@outdial/protocol';
import { useState } from 'react';
import { Moment } from '../../../components/moment.js';
import { type Callbacks, useDeleteQueue, usePromisedCallbacks } from '../api/use-delete-queue.js';

const LISTED = 8;

interface DeleteQueueDialogProps {
  queue: Queue;
  isOpen: boolean;
  onClose: () => void;
  onDeleted: () => void;
}

/** Asks before a queue is deleted, and what becomes of the call-backs that were promised in it. */
export function DeleteQueueDialog({ queue, isOpen, onClose, onDeleted }: DeleteQueueDialogProps) {
  const remove = useDeleteQueue();
  const found = usePromisedCallbacks(queue.id, isOpen);
  const [choice, setChoice] = useState<'move' | 'drop' | null>(null);
  const [moveTo, setMoveTo] = useState<string | null>(null);
  const promised = found.data?.promised ?? [];
  const asks = promised.length > 0;
  const callbacks: Callbacks | undefined =
    choice === 'drop'
      ? { callbacks: 'drop' }
      : choice === 'move' && moveTo !== null
        ? { callbacks: 'move', move_to: moveTo }
        : undefined;
  return (
    <Modal opened={isOpen} onClose={onClose} title={`Delete the queue ${queue.name}?`}>
      <Stack>
        <Text size="sm">Its leads stay, and so do the calls that were made.</Text>
        {asks && (
          <>
            <Text size="sm" fw={560}>
              {promised.length === 1
                ? '1 person was promised a callback in this queue:'
                : `${promised.length} people were promised a callback in this queue:`}
            </Text>
            <List size="sm">
              {promised.slice(0, LISTED).map((item) => (
                <List.Item key={item.id}>
                  {item.lead.name}, <Moment at={item.due_at} />
                </List.Item>
              ))}
              {promised.length > LISTED && (
                <List.Item>and {promised.length - LISTED} more</List.Item>
              )}
            </List>
            <Radio.Group
              label="What happens to these callbacks?"
              value={choice ?? ''}
              onChange={(value) => setChoice(value as 'move' | 'drop')}
            >
              <Stack gap={8} mt={8}>
                <Radio value="move" label="Another queue calls them back, at the same times" />
                {choice === 'move' && (
                  <Select
                    aria-label="Queue that calls back"
                    placeholder="Choose a queue"
                    data={(found.data?.others ?? []).map(({ id, name }) => ({
                      value: id,
                      label: name,
                    }))}
                    value={moveTo}
                    onChange={setMoveTo}
                    searchable
                  />
                )}
                <Radio value="drop" label="Drop them: these people are not called back" />
              </Stack>
            </Radio.Group>
          </>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            Cancel
          </Button>
          <Button
            color="rust"
            loading={remove.isPending}
            disabled={found.isPending || (asks && callbacks === undefined)}
            onClick={() =>
              remove.mutate(
                { id: queue.id, callbacks: asks ? callbacks : undefined },
                { onSuccess: onDeleted, onError: () => void found.refetch() },
              )
            }
          >
            Delete queue
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
