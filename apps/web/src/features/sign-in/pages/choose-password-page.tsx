import { Anchor, Button, PasswordInput, Stack } from '@mantine/core';
import { ApiError } from '@outdial/client';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { ErrorNote } from '../../../components/error-state.js';
import { NewPasswordFields, newPasswordProblem } from '../../../components/new-password-fields.js';
import { Entrance } from '../components/entrance.js';

interface ChoosePasswordPageProps {
  name: string;
  /** The one-time password, where it was typed a moment ago. */
  oneTimePassword: string | null;
  onChoose: (passwords: { current_password: string; new_password: string }) => Promise<void>;
  onSignOut: () => void;
}

/** A user with a password from an admin chooses an own one, before anything else. */
export function ChoosePasswordPage(props: ChoosePasswordPageProps) {
  const [current, setCurrent] = useState('');
  const [values, setValues] = useState({ password: '', again: '' });
  const choose = useMutation({ mutationFn: props.onChoose });
  const error = choose.error instanceof ApiError ? choose.error : null;
  // A weak one is explained in full: the short word for the field leaves open what is wrong with it.
  const atPassword =
    error?.code === 'weak_password'
      ? error.detail
      : error?.errors.find((e) => e.field === 'new_password')?.message;
  return (
    <Entrance
      title={`Welcome, ${props.name}`}
      note="The password that you were given is for this one time. Choose one of your own."
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          choose.mutate({
            current_password: props.oneTimePassword ?? current,
            new_password: values.password,
          });
        }}
      >
        <Stack gap="sm">
          {props.oneTimePassword === null && (
            <PasswordInput
              label="The password you were given"
              autoComplete="current-password"
              autoFocus
              value={current}
              onChange={(event) => setCurrent(event.currentTarget.value)}
            />
          )}
          <NewPasswordFields values={values} onChange={setValues} error={atPassword} />
          {!atPassword && <ErrorNote error={choose.error} />}
          <Button
            type="submit"
            fullWidth
            mt={4}
            disabled={newPasswordProblem(values) !== null}
            loading={choose.isPending}
          >
            Save and continue
          </Button>
          <Anchor
            component="button"
            type="button"
            size="sm"
            ta="left"
            c="dimmed"
            onClick={props.onSignOut}
          >
            Sign out
          </Anchor>
        </Stack>
      </form>
    </Entrance>
  );
}
