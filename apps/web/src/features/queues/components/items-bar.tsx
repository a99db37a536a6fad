import { Button } from '@mantine/core';
import type { QueueItem } from '@outdial/protocol';
import { IconTrash } from '@tabler/icons-react';
import { count } from '../../../domain/catalogue/words.js';
import { confirm } from '../../../ui/confirm.js';
import { SelectionBar } from '../../../ui/selection-bar.js';
import { isPromised, useRemoveItems } from '../api/use-remove-items.js';

/** What can be done with the leads of a queue that are selected. */
export function ItemsBar({ items, onClear }: { items: readonly QueueItem[]; onClear: () => void }) {
  const remove = useRemoveItems();
  const promised = items.filter(isPromised).length;
  const leads = count(items.length, 'lead');
  return (
    <SelectionBar label="Selected leads of this queue" count={items.length} onClear={onClear}>
      <Button
        variant="white"
        color="rust"
        leftSection={<IconTrash size={16} />}
        loading={remove.isPending}
        onClick={() =>
          confirm({
            title: `Remove ${leads} from this queue?`,
            children: `${
              promised > 0 ? `${count(promised, 'promised callback')} will not be made. ` : ''
            }The leads themselves and their past calls stay.`,
            confirm: 'Remove',
            onConfirm: () => remove.mutate(items, { onSuccess: onClear }),
          })
        }
      >
        Remove from queue
      </Button>
    </SelectionBar>
  );
}
