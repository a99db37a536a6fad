import { ActionIcon, Button } from '@mantine/core';
import { IconPhone, IconPlaylistAdd, IconSparkles, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useMay } from '../../../data/account-context.js';
import { useTakesCalls } from '../../../data/use-takes-calls.js';
import { useEnrichLeads } from '../api/use-enrich-leads.js';
import { AddToQueueDialog } from './add-to-queue-dialog.js';
import classes from './bulk-bar.module.css';
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
      <div className={classes.bar} role="toolbar" aria-label="Selected leads">
        <strong className="tabular">{leadIds.length.toLocaleString('en')} selected</strong>
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
        <ActionIcon
          variant="transparent"
          c="white"
          aria-label="Clear the selection"
          onClick={onClear}
        >
          <IconX size={17} />
        </ActionIcon>
      </div>
      <LaunchDialog leadIds={leadIds} isOpen={dialog === 'launch'} onClose={close} />
      <AddToQueueDialog leadIds={leadIds} isOpen={dialog === 'queue'} onClose={close} />
    </>
  );
}
