import { ActionIcon, Button, Group, Menu, Modal, NumberInput } from '@mantine/core';
import type { QueueItem } from '@outdial/protocol';
import {
  IconArrowBackUp,
  IconDots,
  IconFlag,
  IconPlayerTrackNext,
  IconTrash,
} from '@tabler/icons-react';
import { useState } from 'react';
import { confirm } from '../../../ui/confirm.js';
import { useChangeItem } from '../api/use-change-item.js';

/** What can be done with one lead's place in the queue. */
export function ItemMenu({ item }: { item: QueueItem }) {
  const change = useChangeItem();
  const [isAsking, setIsAsking] = useState(false);
  const [priority, setPriority] = useState<number | string>(item.priority);
  const isClaimed = item.state === 'CLAIMED';
  const isPromised = item.callback && item.state === 'PENDING';
  return (
    <>
      <Menu position="bottom-end" shadow="md">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" aria-label={`Actions for ${item.lead.name}`}>
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {item.state === 'PENDING' && (
            <Menu.Item
              leftSection={<IconPlayerTrackNext size={14} />}
              onClick={() =>
                change.mutate({ id: item.id, change: { due_at: new Date().toISOString() } })
              }
            >
              Due now
            </Menu.Item>
          )}
          {(item.state === 'DONE' || item.state === 'EXHAUSTED') && (
            <Menu.Item
              leftSection={<IconArrowBackUp size={14} />}
              onClick={() => change.mutate({ id: item.id, change: { state: 'PENDING' } })}
            >
              Requeue
            </Menu.Item>
          )}
          <Menu.Item leftSection={<IconFlag size={14} />} onClick={() => setIsAsking(true)}>
            Set priority
          </Menu.Item>
          <Menu.Item
            color="rust"
            leftSection={<IconTrash size={14} />}
            disabled={isClaimed}
            onClick={() =>
              confirm({
                title: `Remove ${item.lead.name} from this queue?`,
                children: isPromised
                  ? 'This lead’s promised callback will not be made. The lead itself and its past calls stay.'
                  : 'The lead itself and its past calls stay.',
                confirm: 'Remove',
                onConfirm: () =>
                  change.mutate({ id: item.id, change: isPromised ? 'remove_promised' : 'remove' }),
              })
            }
          >
            Remove from queue
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal
        opened={isAsking}
        onClose={() => setIsAsking(false)}
        title={`Priority of ${item.lead.name}`}
        size="xs"
      >
        <form
          onSubmit={(event) => {
            event.preventDefault();
            change.mutate(
              { id: item.id, change: { priority: Number(priority) || 0 } },
              { onSuccess: () => setIsAsking(false) },
            );
          }}
        >
          <NumberInput
            label="Priority"
            description="Leads with a higher priority are called first. Default: 0"
            data-autofocus
            min={-1000}
            max={1000}
            allowDecimal={false}
            value={priority}
            onChange={setPriority}
          />
          <Group justify="flex-end" mt="md">
            <Button type="submit" loading={change.isPending}>
              Save
            </Button>
          </Group>
        </form>
      </Modal>
    </>
  );
}
