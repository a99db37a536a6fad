import { Button, Group, Paper, Stack, TextInput, Title } from '@mantine/core';
import { ApiError } from '@outdial/client';
import { useState } from 'react';
import { ErrorNote } from '../../../components/error-state.js';
import { Moment } from '../../../components/moment.js';
import { notifyDone } from '../../../components/notify.js';
import { useAccount } from '../../../data/account-context.js';
import { ROLE_WORDS } from '../../../domain/catalogue/words.js';
import { Facts } from '../../../ui/facts.js';
import { useRename } from '../api/use-rename.js';

export function AboutMe() {
  const { user } = useAccount();
  const rename = useRename();
  const [name, setName] = useState(user.name);
  const atName =
    rename.error instanceof ApiError
      ? rename.error.errors.find((e) => e.field === 'name')?.message
      : undefined;
  return (
    <Paper p="md" component="section" aria-label="About me">
      <Title order={2} mb="sm">
        About me
      </Title>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          rename.mutate(name.trim(), { onSuccess: () => notifyDone('Your name is saved.') });
        }}
      >
        <Stack gap="sm">
          <Group gap="xs" align="flex-end">
            <TextInput
              label="Name"
              autoComplete="name"
              maxLength={200}
              flex={1}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
              error={atName}
            />
            <Button
              type="submit"
              variant="default"
              disabled={name.trim() === '' || name.trim() === user.name}
              loading={rename.isPending}
            >
              Save name
            </Button>
          </Group>
          {!atName && <ErrorNote error={rename.error} />}
          <Facts
            facts={[
              ['Email address', user.email],
              ['Role', ROLE_WORDS[user.role]],
              ['Takes calls', user.agent_id === null ? 'No' : 'Yes'],
              ['Last signed in', <Moment key="last" at={user.last_signed_in_at} />],
            ]}
          />
        </Stack>
      </form>
    </Paper>
  );
}
