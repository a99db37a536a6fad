import { Button, Group, Modal, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { ApiError } from '@outdial/client';
import type { ConnectionDetails, Integration } from '@outdial/protocol';
import { useState } from 'react';
import { ErrorNote, ErrorState } from '../../../components/error-state.js';
import { CopyField } from '../../../ui/copy-field.js';
import { type FormSchema, SchemaForm } from '../../../ui/schema-form.js';
import { type CredentialChanges, CredentialFields } from './credential-fields.js';
import { useAddConnection, useChangeConnection, useConnection } from './use-manage-connections.js';

type Values = Readonly<Record<string, unknown>>;

export function AddConnectionDialog({
  integration,
  onClose,
}: {
  integration: Integration | null;
  onClose: () => void;
}) {
  return (
    <Modal
      opened={integration !== null}
      onClose={onClose}
      title={`Connect ${integration?.label ?? ''}`}
      size="lg"
    >
      {integration && <AddForm key={integration.id} integration={integration} onClose={onClose} />}
    </Modal>
  );
}

export function EditConnectionDialog({
  connectionId,
  onClose,
}: {
  connectionId: string | null;
  onClose: () => void;
}) {
  const connection = useConnection(connectionId);
  const it = connection.data;
  return (
    <Modal
      opened={connectionId !== null}
      onClose={onClose}
      title={it ? `Settings of ${it.label}` : 'Settings of the connection'}
      size="lg"
    >
      {it ? (
        <EditForm
          key={`${it.id} ${it.version}`}
          connection={it}
          onClose={onClose}
          readAgain={() => void connection.refetch()}
        />
      ) : connection.error ? (
        <ErrorState error={connection.error} onRetry={() => void connection.refetch()} />
      ) : (
        <Skeleton height={300} />
      )}
    </Modal>
  );
}

/** What the server says of a field, by its path in the request. */
const errorsOf = (error: unknown) => {
  const errors = error instanceof ApiError ? error.errors : [];
  return (path: string) => errors.find(({ field }) => field === path)?.message;
};

/** Fields that were filled in. */
const entered = (changes: CredentialChanges): Record<string, string> =>
  Object.fromEntries(
    Object.entries(changes).flatMap(([name, value]) =>
      value === null || value.trim() === '' ? [] : [[name, value.trim()]],
    ),
  );

function AddForm({ integration, onClose }: { integration: Integration; onClose: () => void }) {
  const add = useAddConnection();
  const [label, setLabel] = useState(integration.label);
  const [settings, setSettings] = useState<Values>({});
  const [credentials, setCredentials] = useState<CredentialChanges>({});
  const errorAt = errorsOf(add.error);
  return (
    <form
      noValidate
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate(
          {
            integration: integration.id,
            label,
            settings: { ...settings },
            credentials: entered(credentials),
          },
          { onSuccess: onClose },
        );
      }}
    >
      <Stack gap="md">
        <Text size="sm">{integration.summary}</Text>
        <TextInput
          label="Name"
          description="Shown to agents"
          data-autofocus
          value={label}
          onChange={(event) => setLabel(event.currentTarget.value)}
          error={errorAt('label')}
        />
        <CredentialFields
          fields={integration.credentials.map((field) => ({
            ...field,
            set: false,
            editable: true,
            environment_variable: null,
            updated_at: null,
            updated_by: null,
            problem: null,
          }))}
          changes={credentials}
          onChange={setCredentials}
          errorAt={(name) => errorAt(`credentials.${name}`)}
        />
        <SchemaForm
          schema={integration.settings_schema as FormSchema}
          values={settings}
          onChange={setSettings}
          errorAt={(path) => errorAt(`settings.${path}`)}
        />
        <ErrorNote error={add.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={add.isPending}>
            Connect
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function EditForm({
  connection: it,
  onClose,
  readAgain,
}: {
  connection: ConnectionDetails;
  onClose: () => void;
  readAgain: () => void;
}) {
  const save = useChangeConnection(it.id);
  const [label, setLabel] = useState(it.label);
  const [settings, setSettings] = useState<Values>(it.settings);
  const [credentials, setCredentials] = useState<CredentialChanges>({});
  const errorAt = errorsOf(save.error);
  const isConflict = save.error instanceof ApiError && save.error.code === 'version_conflict';
  const fixed = new Map(
    it.settings_from_environment.map(({ name, environment_variable: variable }) => [
      name,
      `Set in the environment (${variable})`,
    ]),
  );
  return (
    <form
      noValidate
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        const removed = Object.fromEntries(
          Object.entries(credentials).filter(([, value]) => value === null),
        );
        save.mutate(
          {
            version: it.version,
            label,
            settings: { ...settings },
            credentials: { ...removed, ...entered(credentials) },
          },
          { onSuccess: onClose },
        );
      }}
    >
      <Stack gap="md">
        <TextInput
          label="Name"
          description="Shown to agents"
          data-autofocus
          value={label}
          onChange={(event) => setLabel(event.currentTarget.value)}
          error={errorAt('label')}
        />
        <CredentialFields
          fields={it.credentials}
          changes={credentials}
          onChange={setCredentials}
          errorAt={(name) => errorAt(`credentials.${name}`)}
        />
        <SchemaForm
          schema={it.settings_schema as FormSchema}
          values={settings}
          onChange={setSettings}
          errorAt={(path) => errorAt(`settings.${path}`)}
          fixed={fixed}
        />
        {it.webhook_url && (
          <div>
            <Text size="sm" fw={560} mb={4}>
              Where the phone system sends its events
            </Text>
            <CopyField label="webhook address" value={it.webhook_url} />
            <Text size="xs" c="dimmed" mt={4}>
              Outdial registers it where it can. A part of it is secret: do not share it.
            </Text>
          </div>
        )}
        <ErrorNote error={save.error} />
        <Group justify="flex-end" gap="xs">
          {isConflict && (
            <Button variant="default" onClick={readAgain}>
              Load the newer version
            </Button>
          )}
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
