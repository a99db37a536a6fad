import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { IconPhone } from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { ConnectionPicker } from '../../../components/connection-picker.js';
import { ErrorNote } from '../../../components/error-state.js';
import { AfterConnectPicker, LinesPicker } from '../../../components/session-options.js';
import { useConfig } from '../../../data/use-config.js';
import { useConnections } from '../../../data/use-connections.js';
import { useDialerStatus } from '../../../data/use-dialer-status.js';
import { useStartDialer } from '../../../data/use-start-dialer.js';
import { count } from '../../../domain/catalogue/words.js';

interface LaunchDialogProps {
  leadIds: string[];
  isOpen: boolean;
  onClose: () => void;
}

/** Starts a session over the selected leads, in the order they stand in the table. */
export function LaunchDialog({ leadIds, isOpen, onClose }: LaunchDialogProps) {
  return (
    <Modal opened={isOpen} onClose={onClose} title={`Call ${count(leadIds.length, 'lead')}`}>
      <LaunchForm leadIds={leadIds} onClose={onClose} />
    </Modal>
  );
}

function LaunchForm({ leadIds, onClose }: { leadIds: string[]; onClose: () => void }) {
  const navigate = useNavigate();
  const status = useDialerStatus();
  const dialing = useConfig().data?.settings.dialing;
  const start = useStartDialer();
  const [lines, setLines] = useState<number | null>(null);
  const [afterConnect, setAfterConnect] = useState<'continue' | 'stop' | null>(null);

  const connections = useConnections();
  const [connectionId, setConnectionId] = useState<string | null>(null);
  const usable = (connections.data?.connections ?? []).filter((it) => it.enabled);
  const connection = usable.find((it) => it.id === connectionId) ?? status.data?.connection ?? null;
  const chosenLines = Math.min(
    lines ?? dialing?.lines ?? 1,
    connection?.capabilities.max_lines_per_agent ?? 1,
  );
  const chosenAfter = afterConnect ?? dialing?.after_connect ?? 'continue';
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        start.mutate(
          {
            lead_ids: leadIds,
            lines: chosenLines,
            after_connect: chosenAfter,
            ...(connectionId !== null && { connection_id: connectionId }),
          },
          {
            onSuccess: () => {
              onClose();
              void navigate('/dialer');
            },
          },
        );
      }}
    >
      <Stack gap="md">
        <ConnectionPicker
          connections={usable}
          value={connectionId}
          onChange={setConnectionId}
          otherwise={status.data?.connection?.label ?? 'Choose one'}
        />
        {connection && (
          <LinesPicker value={chosenLines} onChange={setLines} connection={connection} />
        )}
        <AfterConnectPicker value={chosenAfter} onChange={setAfterConnect} />
        {leadIds.length < chosenLines && (
          <Text size="xs" c="dimmed">
            There are fewer leads than lines; the other lines stay free.
          </Text>
        )}
        <ErrorNote error={start.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            leftSection={<IconPhone size={16} />}
            loading={start.isPending}
            data-autofocus
          >
            Start session
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
