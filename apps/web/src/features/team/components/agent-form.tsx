import { Button, Group, Modal, Skeleton, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { Agent, Connection } from '@outdial/protocol';
import { useState } from 'react';
import { ConnectionPicker } from '../../../components/connection-picker.js';
import { ErrorNote, ErrorState } from '../../../components/error-state.js';
import { notifyDone } from '../../../components/notify.js';
import { problemInForm } from '../../../components/problem-in-form.js';
import { useConnections } from '../../../data/use-connections.js';
import { useSaveAgent } from '../api/use-save-agent.js';

interface AgentFormDialogProps {
  isOpen: boolean;
  onClose: () => void;
  /** Left out: a new one. */
  agent?: Agent | undefined;
}

export function AgentFormDialog({ isOpen, onClose, agent }: AgentFormDialogProps) {
  const connections = useConnections();
  return (
    <Modal opened={isOpen} onClose={onClose} title={agent ? 'Edit agent' : 'Add an agent'}>
      {connections.data ? (
        <AgentForm
          key={agent?.id ?? 'new'}
          onClose={onClose}
          agent={agent}
          connections={connections.data.connections}
        />
      ) : connections.error ? (
        <ErrorState error={connections.error} onRetry={() => void connections.refetch()} />
      ) : (
        <Skeleton height={220} />
      )}
    </Modal>
  );
}

const orNull = (text: string) => (text.trim() === '' ? null : text.trim());

/** A row for each real connection, and for each at which the agent has an identity already. */
function identitiesOf(agent: Agent | undefined, real: readonly Connection[]) {
  const known = agent?.identities ?? [];
  const others = known.filter((it) => !real.some(({ id }) => id === it.connection_id));
  return [
    ...real.map(({ id, label }) => ({ id, label })),
    ...others.map((it) => ({ id: it.connection_id, label: it.connection_id })),
  ].map(({ id, label }) => {
    const identity = known.find((it) => it.connection_id === id);
    return {
      connection_id: id,
      label,
      user_id: identity?.user_id ?? '',
      number_id: identity?.number_id ?? '',
    };
  });
}

interface AgentFormProps {
  onClose: () => void;
  agent: Agent | undefined;
  connections: readonly Connection[];
}

function AgentForm({ onClose, agent, connections }: AgentFormProps) {
  const real = connections.filter((it) => !it.is_practice);
  const save = useSaveAgent(agent?.id ?? null);
  const [failure, setFailure] = useState<string | null>(null);
  const form = useForm({
    initialValues: {
      name: agent?.name ?? '',
      email: agent?.email ?? '',
      connection_id: agent?.connection_id ?? null,
      identities: identitiesOf(agent, real),
    },
  });
  const submit = form.onSubmit((values) => {
    setFailure(null);
    save.mutate(
      {
        name: values.name,
        email: values.email,
        connection_id: values.connection_id,
        identities: values.identities
          .map(({ connection_id, user_id, number_id }) => ({
            connection_id,
            user_id: orNull(user_id),
            number_id: orNull(number_id),
          }))
          .filter(({ user_id, number_id }) => user_id !== null || number_id !== null),
      },
      {
        onSuccess: (result) => {
          notifyDone(`${result.agent.name} is saved.`);
          onClose();
        },
        onError: (error) => setFailure(problemInForm(form, error)),
      },
    );
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <TextInput label="Name" required data-autofocus {...form.getInputProps('name')} />
        <TextInput label="Email" type="email" required {...form.getInputProps('email')} />
        <ConnectionPicker
          connections={connections}
          otherwise="The queue’s, else the default"
          description="Where the queue names none"
          value={form.values.connection_id}
          onChange={(id) => form.setFieldValue('connection_id', id)}
          error={form.errors.connection_id as string | undefined}
        />
        {form.values.identities.map((identity, at) => (
          <Group key={identity.connection_id} grow align="flex-start">
            <TextInput
              label={`User id at ${identity.label}`}
              description="Empty: found by email"
              {...form.getInputProps(`identities.${at}.user_id`)}
            />
            <TextInput
              label={`Number id at ${identity.label}`}
              description="The number that people see; empty: the first one"
              {...form.getInputProps(`identities.${at}.number_id`)}
            />
          </Group>
        ))}
        <ErrorNote error={failure} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending}>
            {agent ? 'Save' : 'Add agent'}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
