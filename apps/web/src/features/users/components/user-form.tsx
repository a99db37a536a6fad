import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { ApiError } from '@outdial/client';
import type { Role, User, UserResult } from '@outdial/protocol';
import { useState } from 'react';
import { ErrorNote } from '../../../components/error-state.js';
import { problemInForm } from '../../../components/problem-in-form.js';
import { useAgents } from '../../../data/use-agents.js';
import { ROLE_HINTS, ROLE_WORDS } from '../../../domain/catalogue/words.js';
import { useSaveUser } from '../api/use-save-user.js';

interface UserFormDialogProps {
  isOpen: boolean;
  onClose: () => void;
  onSaved: (result: UserResult) => void;
  /** Left out: a new one. */
  user?: User | undefined;
}

export function UserFormDialog({ isOpen, onClose, onSaved, user }: UserFormDialogProps) {
  return (
    <Modal opened={isOpen} onClose={onClose} title={user ? `Edit ${user.name}` : 'Add a user'}>
      <UserForm key={user?.id ?? 'new'} onClose={onClose} onSaved={onSaved} user={user} />
    </Modal>
  );
}

/** No id, so that it cannot be an agent’s. */
const NEW_AGENT = 'new';
const NONE = 'none';
const FIELDS: Record<string, string> = { agent_id: 'agent' };

type UserFormProps = Omit<UserFormDialogProps, 'isOpen'>;

function UserForm({ onClose, onSaved, user }: UserFormProps) {
  const agents = useAgents();
  const save = useSaveUser(user?.id ?? null);
  const [failure, setFailure] = useState<string | null>(null);
  const form = useForm({
    initialValues: {
      name: user?.name ?? '',
      email: user?.email ?? '',
      role: (user?.role ?? 'agent') as Role,
      agent: user ? (user.agent_id ?? NONE) : NEW_AGENT,
    },
  });
  const { role } = form.values;
  const choices = [
    ...(user?.agent_id ? [] : [{ value: NEW_AGENT, label: 'A new agent of this name' }]),
    ...(role === 'agent' ? [] : [{ value: NONE, label: 'No: takes no calls' }]),
    ...(agents.data?.agents.map((a) => ({ value: a.id, label: a.name })) ?? []),
  ];
  const setRole = (next: Role) => {
    form.setFieldValue('role', next);
    const { agent } = form.values;
    if (next === 'agent' && agent === NONE) form.setFieldValue('agent', NEW_AGENT);
    if (next !== 'agent' && agent === NEW_AGENT) form.setFieldValue('agent', NONE);
  };
  const submit = form.onSubmit((values) => {
    setFailure(null);
    save.mutate(
      {
        name: values.name.trim(),
        email: values.email.trim(),
        role: values.role,
        agent_id:
          values.agent === NEW_AGENT ? undefined : values.agent === NONE ? null : values.agent,
      },
      {
        onSuccess: (result) => {
          onClose();
          onSaved(result);
        },
        onError: (error) => {
          if (error instanceof ApiError && error.code === 'duplicate_email') {
            form.setErrors({ email: error.detail });
          } else if (error instanceof ApiError && error.code === 'agent_taken') {
            form.setErrors({ agent: error.detail });
          } else {
            setFailure(problemInForm(form, error, (field) => FIELDS[field] ?? field));
          }
        },
      },
    );
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="sm">
        <TextInput
          label="Name"
          required
          data-autofocus
          autoComplete="off"
          {...form.getInputProps('name')}
        />
        <TextInput
          label="Email address"
          type="email"
          required
          autoComplete="off"
          {...form.getInputProps('email')}
        />
        <Select
          label="Role"
          description={ROLE_HINTS[role]}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          data={Object.entries(ROLE_WORDS).map(([value, label]) => ({ value, label }))}
          allowDeselect={false}
          {...form.getInputProps('role')}
          onChange={(value) => value && setRole(value as Role)}
        />
        <Select
          label="Takes calls as"
          data={choices}
          allowDeselect={false}
          searchable={choices.length > 8}
          {...form.getInputProps('agent')}
        />
        <ErrorNote error={failure} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending}>
            {user ? 'Save' : 'Add user'}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
