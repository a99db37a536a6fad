import { Button } from '@mantine/core';
import { IconPhone, IconPlaylistAdd, IconSparkles } from '@tabler/icons-react';
import { useState } from 'react';
import { useMay } from '../../../data/account-context.js';
import { useTakesCalls } from '../../../data/use-takes-calls.js';
import { SelectionBar } from '../../../ui/selection-bar.js';
import { useEnrichLeads } from '../api/use-enrich-leads.js';
import { AddToQueueDialog } from './add-to-queue-dialog.js';
import { LaunchDialog } from './launch-dialog.js';

interface BulkBarProps {
  leadIds: string[];
  onClear: () => void;
}

/** What can be done with the leads that are selected. */
export function BulkBar({ leadIds, onClear }: BulkBarProps) {
  const [dialog, setDialog] = useState<'launch' | 'queue' | null>(null);
  const enrich = useEnrichLeads();
  const may = useMay();
  const takesCalls = useTakesCalls();
  const close = () => setDialog(null);
  return (
    <>
      <SelectionBar label="Selected leads" count={leadIds.length} onClear={onClear}>
        {takesCalls && (
          <Button
            color="signal.6"
            leftSection={<IconPhone size={16} />}
            onClick={() => setDialog('launch')}
          >
            Call now
          </Button>
        )}
        {may('queues.manage') && (
          <Button
            variant="white"
            color="dark"
            leftSection={<IconPlaylistAdd size={16} />}
            onClick={() => setDialog('queue')}
          >
            Add to queue
          </Button>
        )}
        {may('leads.manage') && (
          <Button
            variant="white"
            color="dark"
            leftSection={<IconSparkles size={16} />}
            loading={enrich.isPending}
            onClick={() => enrich.mutate(leadIds)}
          >
            Enrich
          </Button>
        )}
      </SelectionBar>
      <LaunchDialog leadIds={leadIds} isOpen={dialog === 'launch'} onClose={close} />
      <AddToQueueDialog leadIds={leadIds} isOpen={dialog === 'queue'} onClose={close} />
    </>
  );
}
