import { Button, Group, Modal, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import type { Agent } from '@outdial/protocol';
import { useState } from 'react';
import { ErrorNote } from '../../../components/error-state.js';
import { notifyDone } from '../../../components/notify.js';
import { problemInForm } from '../../../components/problem-in-form.js';
import { useSaveAgent } from '../api/use-save-agent.js';

interface AgentFormDialogProps {
  isOpen: boolean;
  onClose: () => void;
  /** Left out: a new one. */
  agent?: Agent | undefined;
}

export function AgentFormDialog({ isOpen, onClose, agent }: AgentFormDialogProps) {
  return (
    <Modal opened={isOpen} onClose={onClose} title={agent ? 'Edit agent' : 'Add an agent'}>
      <AgentForm key={agent?.id ?? 'new'} onClose={onClose} agent={agent} />
    </Modal>
  );
}

const orNull = (text: string) => (text.trim() === '' ? null : text.trim());

function AgentForm({ onClose, agent }: { onClose: () => void; agent: Agent | undefined }) {
  const save = useSaveAgent(agent?.id ?? null);
  const [failure, setFailure] = useState<string | null>(null);
  const form = useForm({
    initialValues: {
      name: agent?.name ?? '',
      email: agent?.email ?? '',
      provider_user_id: agent?.provider_user_id ?? '',
      provider_number_id: agent?.provider_number_id ?? '',
    },
  });
  const submit = form.onSubmit((values) => {
    setFailure(null);
    save.mutate(
      {
        name: values.name,
        email: values.email,
        provider_user_id: orNull(values.provider_user_id),
        provider_number_id: orNull(values.provider_number_id),
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
        <TextInput
          label="User id at the provider"
          description="Aircall calls through this user; the simulator needs none"
          {...form.getInputProps('provider_user_id')}
        />
        <TextInput
          label="Number id at the provider"
          description="The number that people see"
          {...form.getInputProps('provider_number_id')}
        />
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
