import { PasswordInput } from '@mantine/core';
import { PASSWORD_LENGTH } from '@outdial/protocol';

export interface NewPasswordValues {
  readonly password: string;
  readonly again: string;
}

interface NewPasswordFieldsProps {
  values: NewPasswordValues;
  onChange: (values: NewPasswordValues) => void;
  /** What the server says of it. */
  error?: string | undefined;
  autoFocus?: boolean;
}

/** What is wrong with it, as far as can be told here; the server also knows the common ones. */
export function newPasswordProblem({ password, again }: NewPasswordValues): string | null {
  if (password.length < PASSWORD_LENGTH.min) {
    return `At least ${PASSWORD_LENGTH.min} characters, please`;
  }
  return password === again ? null : 'The two are not the same';
}

export function NewPasswordFields({ values, onChange, error, autoFocus }: NewPasswordFieldsProps) {
  const isOther = values.again !== '' && values.again !== values.password;
  return (
    <>
      <PasswordInput
        label="New password"
        description={`At least ${PASSWORD_LENGTH.min} characters; a few words that are hard to guess work best`}
        autoComplete="new-password"
        maxLength={PASSWORD_LENGTH.max}
        data-autofocus={autoFocus || undefined}
        value={values.password}
        onChange={(event) => onChange({ ...values, password: event.currentTarget.value })}
        error={error}
      />
      <PasswordInput
        label="Confirm new password"
        autoComplete="new-password"
        maxLength={PASSWORD_LENGTH.max}
        value={values.again}
        onChange={(event) => onChange({ ...values, again: event.currentTarget.value })}
        error={isOther ? 'The two are not the same' : undefined}
      />
    </>
  );
}
