import { Anchor, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { ApiError } from '@outdial/client';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { ErrorNote } from '../../../components/error-state.js';
import { useWait, waitText } from './wait.js';

export interface Credentials {
  readonly email: string;
  readonly password: string;
  readonly second_factor?: string;
}

interface SignInFormProps {
  onSignIn: (credentials: Credentials) => Promise<void>;
  /** Who is likely to sign in. */
  email?: string | undefined;
}

const wantsCode = (error: unknown) =>
  error instanceof ApiError &&
  (error.code === 'second_factor_required' || error.code === 'invalid_second_factor');

/** Email address and password; then, for who set one up, the second factor. */
export function SignInForm({ onSignIn, email: likely = '' }: SignInFormProps) {
  const [email, setEmail] = useState(likely);
  const [password, setPassword] = useState('');
  const [asksCode, setAsksCode] = useState(false);
  const signIn = useMutation({
    mutationFn: onSignIn,
    onError: (error) => {
      if (wantsCode(error)) setAsksCode(true);
    },
  });
  const wait = useWait(signIn.error);
  if (asksCode) {
    return (
      <CodeForm
        error={signIn.error}
        wait={wait}
        isChecking={signIn.isPending}
        onCode={(second_factor) => signIn.mutate({ email, password, second_factor })}
        onBack={() => {
          signIn.reset();
          setPassword('');
          setAsksCode(false);
        }}
      />
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        signIn.mutate({ email: email.trim(), password });
      }}
    >
      <Stack gap="sm">
        <TextInput
          label="Email address"
          type="email"
          name="email"
          autoComplete="username"
          required
          withAsterisk={false}
          data-autofocus={likely === '' || undefined}
          autoFocus={likely === ''}
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <PasswordInput
          label="Password"
          name="password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          data-autofocus={likely !== '' || undefined}
          autoFocus={likely !== ''}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <ErrorNote error={wait > 0 ? waitText(wait) : signIn.error} />
        <Button type="submit" fullWidth mt={4} disabled={wait > 0} loading={signIn.isPending}>
          Sign in
        </Button>
        <Text size="xs" c="dimmed">
          No account, or the password is lost? An admin of your team can help.
        </Text>
      </Stack>
    </form>
  );
}

interface CodeFormProps {
  error: unknown;
  wait: number;
  isChecking: boolean;
  onCode: (code: string) => void;
  onBack: () => void;
}

function CodeForm({ error, wait, isChecking, onCode, onBack }: CodeFormProps) {
  const [kind, setKind] = useState<'app' | 'recovery'>('app');
  const [code, setCode] = useState('');
  const input = useRef<HTMLInputElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the other kind of code is another field
  useEffect(() => input.current?.focus(), [kind]);
  const isAsked = error instanceof ApiError && error.code === 'second_factor_required';
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onCode(code.trim());
      }}
    >
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {kind === 'app'
            ? 'The password is right. Now the six digits that your authenticator app shows for Outdial.'
            : 'One of the codes that you kept when you set up the second factor. Each works once.'}
        </Text>
        <TextInput
          ref={input}
          label={kind === 'app' ? 'Code' : 'Recovery code'}
          name="code"
          required
          withAsterisk={false}
          autoComplete="one-time-code"
          inputMode={kind === 'app' ? 'numeric' : 'text'}
          spellCheck={false}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <ErrorNote error={wait > 0 ? waitText(wait) : isAsked ? null : error} />
        <Button
          type="submit"
          fullWidth
          mt={4}
          disabled={wait > 0 || code.trim().length < 6}
          loading={isChecking}
        >
          Sign in
        </Button>
        <Stack gap={4}>
          <Anchor
            component="button"
            type="button"
            size="sm"
            ta="left"
            onClick={() => {
              setCode('');
              setKind(kind === 'app' ? 'recovery' : 'app');
            }}
          >
            {kind === 'app' ? 'Use a recovery code instead' : 'Use the authenticator app instead'}
          </Anchor>
          <Anchor component="button" type="button" size="sm" ta="left" c="dimmed" onClick={onBack}>
            Sign in as another person
          </Anchor>
        </Stack>
      </Stack>
    </form>
  );
}
