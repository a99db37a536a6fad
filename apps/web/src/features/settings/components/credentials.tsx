import {
  Alert,
  Badge,
  Button,
  Code,
  Group,
  Modal,
  PasswordInput,
  Skeleton,
  Stack,
  Text,
} from '@mantine/core';
import { ApiError } from '@outdial/client';
import type { Credential } from '@outdial/protocol';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useState } from 'react';
import { type Column, DataTable } from '../../../components/data-table.js';
import { ErrorNote } from '../../../components/error-state.js';
import { Moment } from '../../../components/moment.js';
import { confirm } from '../../../ui/confirm.js';
import { CopyField } from '../../../ui/copy-field.js';
import { EmptyState } from '../../../ui/empty-state.js';
import { useCredentials, useRemoveCredential, useSetCredential } from '../api/use-credentials.js';

/** What providers and the CRM know us by: whether it is set, since when and by whom; never what it is. */
export function Credentials() {
  const credentials = useCredentials();
  const remove = useRemoveCredential();
  const [edited, setEdited] = useState<Credential | null>(null);
  const rows = credentials.data?.credentials ?? [];
  const columns: ReadonlyArray<Column<Credential>> = [
    {
      key: 'label',
      header: 'Credential',
      wide: true,
      render: (it) => (
        <Text size="sm" fw={560}>
          {it.label}
        </Text>
      ),
    },
    {
      key: 'state',
      header: 'State',
      render: (it) =>
        it.problem !== null ? (
          <>
            <Badge color="rust">Cannot be opened</Badge>
            <Text size="xs" c="dimmed">
              {it.problem}
            </Text>
          </>
        ) : it.set ? (
          <Badge color="signal">Set</Badge>
        ) : (
          <Badge color={it.needed ? 'amber' : 'gray'}>{it.needed ? 'Missing' : 'Not set'}</Badge>
        ),
    },
    { key: 'source', header: 'Source', render: (it) => <Source credential={it} /> },
    {
      key: 'actions',
      header: '',
      width: 170,
      render: (it) =>
        it.editable && (
          <Group gap={4} justify="flex-end" wrap="nowrap">
            <Button
              size="compact-sm"
              variant="default"
              aria-label={`${it.set ? 'Replace' : 'Set'} the ${it.label}`}
              onClick={() => setEdited(it)}
            >
              {it.set ? 'Replace' : 'Set'}
            </Button>
            {it.set && (
              <Button
                size="compact-sm"
                variant="subtle"
                color="rust"
                aria-label={`Remove the ${it.label}`}
                loading={remove.isPending && remove.variables === it.name}
                onClick={() =>
                  confirm({
                    title: `Remove the ${it.label}?`,
                    children: it.needed
                      ? 'Calls cannot be placed without it. It cannot be shown again, only entered anew.'
                      : 'It cannot be shown again, only entered anew.',
                    confirm: 'Remove',
                    onConfirm: () => remove.mutate(it.name),
                  })
                }
              >
                Remove
              </Button>
            )}
          </Group>
        ),
    },
  ];
  if (credentials.isPending) return <Skeleton height={220} radius="lg" />;
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        Stored encrypted. Only the server uses them, and they are never shown again.
      </Text>
      {credentials.data?.problem && (
        <Alert color="amber" variant="light" icon={<IconAlertTriangle size={16} />} py="xs">
          {credentials.data.problem}
        </Alert>
      )}
      <DataTable
        label="Credentials"
        noun={['credential', 'credentials']}
        columns={columns}
        list={{
          rows,
          total: rows.length,
          isLoading: false,
          error: credentials.error,
          retry: () => void credentials.refetch(),
        }}
        rowId={(it) => it.name}
        empty={<EmptyState title="No credentials are needed" />}
      />
      {credentials.data?.webhook_url && (
        <div>
          <Text size="sm" fw={560} mb={4}>
            Where the provider sends its events
          </Text>
          <CopyField label="webhook address" value={credentials.data.webhook_url} />
          <Text size="xs" c="dimmed" mt={4}>
            Enter it at the provider. A part of it is secret: do not share it.
          </Text>
        </div>
      )}
      <SetDialog credential={edited} onClose={() => setEdited(null)} />
    </Stack>
  );
}

function Source({ credential: it }: { credential: Credential }) {
  if (it.source === 'environment' || (!it.editable && it.source === null)) {
    return (
      <Text size="sm" component="div">
        The environment: <Code>{it.environment_variable}</Code>
        <Text size="xs" c="dimmed">
          Changed there, not here
        </Text>
      </Text>
    );
  }
  if (it.source === null) return '–';
  return (
    <Text size="sm">
      {it.updated_by?.name ?? 'Deleted user'}, <Moment at={it.updated_at} />
    </Text>
  );
}

function SetDialog({
  credential,
  onClose,
}: {
  credential: Credential | null;
  onClose: () => void;
}) {
  return (
    <Modal
      opened={credential !== null}
      onClose={onClose}
      title={`${credential?.set ? 'Replace' : 'Set'} the ${credential?.label ?? 'credential'}`}
    >
      {credential && <SetForm key={credential.name} credential={credential} onClose={onClose} />}
    </Modal>
  );
}

function SetForm({ credential, onClose }: { credential: Credential; onClose: () => void }) {
  const set = useSetCredential(credential.name);
  const [value, setValue] = useState('');
  const atValue =
    set.error instanceof ApiError
      ? set.error.errors.find((e) => e.field === 'value')?.message
      : undefined;
  return (
    <form
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        set.mutate(value.trim(), { onSuccess: onClose });
      }}
    >
      <Stack gap="sm">
        <PasswordInput
          label={credential.label}
          description="Check it before you save: it is not shown again"
          autoComplete="off"
          data-1p-ignore
          data-autofocus
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
          error={atValue}
        />
        {!atValue && <ErrorNote error={set.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={value.trim() === ''} loading={set.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
