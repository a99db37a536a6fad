import { Button, Group, Modal, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { ApiError } from '@outdial/client';
import type { Queue, QueueSettings, SystemSettings } from '@outdial/protocol';
import { useState } from 'react';
import { ConnectionPicker } from '../../../components/connection-picker.js';
import {
  DialingFields,
  type DialingKey,
  type DialingValues,
} from '../../../components/dialing-fields.js';
import { ErrorNote, ErrorState } from '../../../components/error-state.js';
import { notifyDone } from '../../../components/notify.js';
import { useConfig } from '../../../data/use-config.js';
import { useConnections } from '../../../data/use-connections.js';
import { useSaveQueue } from '../api/use-save-queue.js';

interface QueueFormDialogProps {
  isOpen: boolean;
  onClose: () => void;
  /** Left out: a new one. */
  queue?: Queue | undefined;
}

export function QueueFormDialog({ isOpen, onClose, queue }: QueueFormDialogProps) {
  const config = useConfig();
  return (
    <Modal
      opened={isOpen}
      onClose={onClose}
      title={queue ? `Settings of ${queue.name}` : 'New queue'}
      size={860}
    >
      {config.data ? (
        <QueueForm onClose={onClose} queue={queue} system={config.data.settings.dialing} />
      ) : config.error ? (
        <ErrorState error={config.error} onRetry={() => void config.refetch()} />
      ) : (
        <Skeleton height={300} />
      )}
    </Modal>
  );
}

const KEYS: readonly DialingKey[] = [
  'delay_seconds',
  'wrap_up_seconds',
  'ring_seconds',
  'patience_seconds',
  'pause_when_away_seconds',
  'calling_window',
  'contact_limits',
  'retry_rules',
];

interface QueueFormProps {
  onClose: () => void;
  queue: Queue | undefined;
  system: SystemSettings['dialing'];
}

function QueueForm({ onClose, queue, system }: QueueFormProps) {
  const save = useSaveQueue(queue?.id ?? null);
  const [name, setName] = useState(queue?.name ?? '');
  const connections = useConnections();
  const [connectionId, setConnectionId] = useState(queue?.connection_id ?? null);
  const [own, setOwn] = useState<ReadonlySet<DialingKey>>(
    () => new Set(KEYS.filter((key) => queue?.settings[key] !== undefined)),
  );
  const [values, setValues] = useState<DialingValues>(() => valuesOf(system, queue?.settings));

  const errors = save.error instanceof ApiError ? save.error.errors : [];
  const errorAt = (path: string) =>
    errors.find((e) => e.field === path || e.field === `settings.${path}`)?.message;
  const isAboutName = save.error instanceof ApiError && save.error.code === 'duplicate_name';
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        const settings = Object.fromEntries(
          KEYS.filter((key) => own.has(key)).map((key) => [key, values[key]]),
        ) as QueueSettings;
        save.mutate(
          { name, settings, connection_id: connectionId },
          {
            onSuccess: (result) => {
              notifyDone(`${result.queue.name} is saved.`);
              onClose();
            },
          },
        );
      }}
    >
      <Stack gap="sm">
        <TextInput
          label="Name"
          required
          data-autofocus
          maw={360}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          error={errorAt('name') ?? (isAboutName ? save.error?.message : undefined)}
        />
        <ConnectionPicker
          connections={connections.data?.connections ?? []}
          value={connectionId}
          onChange={setConnectionId}
          otherwise="The agent’s, else the default"
          error={errorAt('connection_id')}
        />
        <Text size="sm" c="dimmed">
          What a queue does not decide for itself follows the system settings.
        </Text>
        <DialingFields
          values={values}
          onChange={setValues}
          errorAt={errorAt}
          own={own}
          onOwn={(key, isOwn) => {
            const next = new Set(own);
            if (isOwn) next.add(key);
            else next.delete(key);
            setOwn(next);
            if (!isOwn) setValues({ ...values, [key]: system[key] });
          }}
        />
        {!isAboutName && <ErrorNote error={save.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending}>
            {queue ? 'Save' : 'Create queue'}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function valuesOf(system: SystemSettings['dialing'], settings: QueueSettings = {}): DialingValues {
  return {
    delay_seconds: settings.delay_seconds ?? system.delay_seconds,
    wrap_up_seconds: settings.wrap_up_seconds ?? system.wrap_up_seconds,
    patience_seconds: settings.patience_seconds ?? system.patience_seconds,
    pause_when_away_seconds: settings.pause_when_away_seconds ?? system.pause_when_away_seconds,
    ring_seconds: settings.ring_seconds ?? system.ring_seconds,
    retry_rules: settings.retry_rules ?? system.retry_rules,
    calling_window: settings.calling_window ?? system.calling_window,
    contact_limits: settings.contact_limits ?? system.contact_limits,
  };
}
