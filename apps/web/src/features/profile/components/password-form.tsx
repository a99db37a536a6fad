import { Button, Group, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core';
import { ApiError } from '@outdial/client';
import { useState } from 'react';
import { ErrorNote } from '../../../components/error-state.js';
import { NewPasswordFields, newPasswordProblem } from '../../../components/new-password-fields.js';
import { notifyDone } from '../../../components/notify.js';
import { WRONG_PASSWORD } from '../../../domain/catalogue/refusal-words.js';
import { useChangePassword } from '../api/use-change-password.js';

const EMPTY = { password: '', again: '' };

export function PasswordForm() {
  const change = useChangePassword();
  const [current, setCurrent] = useState('');
  const [values, setValues] = useState(EMPTY);
  const error = change.error instanceof ApiError ? change.error : null;
  // A weak one is explained in full: the short word for the field leaves open what is wrong with it.
  const atNew =
    error?.code === 'weak_password'
      ? error.detail
      : error?.errors.find((e) => e.field === 'new_password')?.message;
  const atCurrent = error?.code === 'invalid_credentials' ? WRONG_PASSWORD : undefined;
  return (
    <Paper p="md" component="section" aria-label="Password">
      <Title order={2}>Password</Title>
      <Text size="sm" c="dimmed" mb="sm">
        A new one signs you out everywhere but here.
      </Text>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          change.mutate(
            { current_password: current, new_password: values.password },
            {
              onSuccess: () => {
                notifyDone('Your password is changed.');
                setCurrent('');
                setValues(EMPTY);
              },
            },
          );
        }}
      >
        <Stack gap="sm">
          <PasswordInput
            label="Current password"
            autoComplete="current-password"
            value={current}
            onChange={(event) => setCurrent(event.currentTarget.value)}
            error={atCurrent}
          />
          <NewPasswordFields values={values} onChange={setValues} error={atNew} />
          {!atNew && !atCurrent && <ErrorNote error={change.error} />}
          <Group justify="flex-end">
            <Button
              type="submit"
              variant="default"
              disabled={current === '' || newPasswordProblem(values) !== null}
              loading={change.isPending}
            >
              Change password
            </Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  );
}
