import {
  Badge,
  Button,
  Group,
  Paper,
  PasswordInput,
  Stack,
  Text,
  TextInput,
  Title,
} from '@mantine/core';
import { ApiError } from '@outdial/client';
import { useState } from 'react';
import { ErrorNote } from '../../../components/error-state.js';
import { notifyDone, notifyFailed } from '../../../components/notify.js';
import { useAccount } from '../../../data/account-context.js';
import { useClient } from '../../../data/client-context.js';
import { WRONG_PASSWORD } from '../../../domain/catalogue/refusal-words.js';
import { QrCode } from '../../../ui/qr-code.js';
import {
  useConfirmSecondFactor,
  useEndSecondFactor,
  useMakeRecoveryCodes,
  useStartSecondFactor,
} from '../api/use-second-factor.js';
import { RecoveryCodes } from './recovery-codes.js';
import classes from './recovery-codes.module.css';

/**
 * rest   nothing is under way
 * begin  the password is asked for, to set it up
 * setup  the secret waits for a code made with it
 * codes  recovery codes are on the screen, this once
 * renew  password and code are asked for, to make new recovery codes
 * end    password and code are asked for, to turn it off
 */
type Step =
  | { readonly kind: 'rest' | 'begin' | 'renew' | 'end' }
  | { readonly kind: 'setup'; readonly secret: string; readonly uri: string }
  | { readonly kind: 'codes'; readonly codes: readonly string[] };

const REST: Step = { kind: 'rest' };

export function SecondFactor() {
  const { user, setMe } = useAccount();
  const client = useClient();
  const [step, setStep] = useState<Step>(REST);
  const start = useStartSecondFactor();
  const renew = useMakeRecoveryCodes();
  const end = useEndSecondFactor();
  const rest = () => {
    start.reset();
    renew.reset();
    end.reset();
    setStep(REST);
  };
  const isOn = user.has_second_factor || step.kind === 'codes';
  return (
    <Paper p="md" component="section" aria-label="Two-factor authentication">
      <Group gap="xs">
        <Title order={2}>Two-factor authentication</Title>
        <Badge color={isOn ? 'signal' : 'gray'}>{isOn ? 'On' : 'Off'}</Badge>
      </Group>
      <Text size="sm" c="dimmed" mb="sm">
        Require a code from an authenticator app when you sign in.
      </Text>
      {step.kind === 'rest' &&
        (user.has_second_factor ? (
          <Group gap="xs">
            <Button variant="default" onClick={() => setStep({ kind: 'renew' })}>
              New recovery codes
            </Button>
            <Button variant="subtle" color="rust" onClick={() => setStep({ kind: 'end' })}>
              Turn off
            </Button>
          </Group>
        ) : (
          <Button variant="default" onClick={() => setStep({ kind: 'begin' })}>
            Set up
          </Button>
        ))}
      {step.kind === 'begin' && (
        <ConfirmItIsYou
          verb="Continue"
          error={start.error}
          isBusy={start.isPending}
          onCancel={rest}
          onConfirm={({ password }) =>
            start.mutate(password, {
              onSuccess: (setup) => setStep({ kind: 'setup', ...setup }),
            })
          }
        />
      )}
      {step.kind === 'setup' && (
        <Setup
          secret={step.secret}
          uri={step.uri}
          onCancel={rest}
          onCodes={(codes) => setStep({ kind: 'codes', codes })}
        />
      )}
      {step.kind === 'renew' && (
        <ConfirmItIsYou
          verb="Create new codes"
          hint="The codes you have now stop working."
          error={renew.error}
          isBusy={renew.isPending}
          onCancel={rest}
          withCode
          onConfirm={(proof) =>
            renew.mutate(proof, {
              onSuccess: (answer) => setStep({ kind: 'codes', codes: answer.recovery_codes }),
            })
          }
        />
      )}
      {step.kind === 'codes' && (
        <RecoveryCodes
          codes={step.codes}
          onDone={() => {
            rest();
            client.auth.me().then(setMe, notifyFailed);
          }}
        />
      )}
      {step.kind === 'end' && (
        <ConfirmItIsYou
          verb="Turn off"
          isDrastic
          withCode
          error={end.error}
          isBusy={end.isPending}
          onCancel={rest}
          onConfirm={(proof) =>
            end.mutate(proof, {
              onSuccess: () => {
                notifyDone('Two-factor authentication is off.');
                rest();
              },
            })
          }
        />
      )}
    </Paper>
  );
}

const passwordError = (error: unknown) =>
  error instanceof ApiError && error.code === 'invalid_credentials' ? WRONG_PASSWORD : undefined;

interface ConfirmItIsYouProps {
  verb: string;
  hint?: string;
  error: unknown;
  isBusy: boolean;
  /** Once there is a second factor, the password alone changes nothing about it. */
  withCode?: boolean;
  isDrastic?: boolean;
  onConfirm: (proof: { password: string; code: string }) => void;
  onCancel: () => void;
}

/** A stranger at an unlocked screen must not get this far. */
function ConfirmItIsYou(props: ConfirmItIsYouProps) {
  const { verb, hint, error, isBusy, withCode = false, isDrastic, onConfirm, onCancel } = props;
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const atPassword = passwordError(error);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onConfirm({ password, code: code.trim() });
      }}
    >
      <Stack gap="sm">
        <PasswordInput
          label="Your password"
          description={hint}
          autoComplete="current-password"
          autoFocus
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={atPassword}
        />
        {withCode && (
          <TextInput
            label="Code from the app, or a recovery code"
            autoComplete="one-time-code"
            value={code}
            onChange={(event) => setCode(event.currentTarget.value)}
          />
        )}
        {!atPassword && <ErrorNote error={error} />}
        <Group gap="xs" justify="flex-end">
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
          <Button
            type="submit"
            {...(isDrastic && { color: 'rust' })}
            disabled={password === '' || (withCode && code.trim().length < 6)}
            loading={isBusy}
          >
            {verb}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface SetupProps {
  secret: string;
  uri: string;
  onCodes: (codes: readonly string[]) => void;
  onCancel: () => void;
}

function Setup({ secret, uri, onCodes, onCancel }: SetupProps) {
  const confirm = useConfirmSecondFactor();
  const [code, setCode] = useState('');
  const isWrong =
    confirm.error instanceof ApiError && confirm.error.code === 'invalid_second_factor';
  return (
    <form
      className={classes.setup}
      onSubmit={(event) => {
        event.preventDefault();
        confirm.mutate(code.trim(), {
          onSuccess: (answer) => onCodes(answer.recovery_codes),
        });
      }}
    >
      <QrCode text={uri} label="QR code for the authenticator app" />
      <Stack gap="sm" className={classes.steps ?? ''}>
        <Text size="sm">
          Scan this with an authenticator app, or type in:
          <br />
          <Text span ff="monospace" size="sm" style={{ overflowWrap: 'anywhere' }}>
            {secret.replace(/(.{4})(?=.)/g, '$1 ')}
          </Text>
        </Text>
        <TextInput
          label="The six digits that the app shows now"
          inputMode="numeric"
          autoComplete="one-time-code"
          autoFocus
          maw={270}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          error={isWrong ? confirm.error?.message : undefined}
        />
        {!isWrong && <ErrorNote error={confirm.error} />}
        <Group gap="xs">
          <Button type="submit" disabled={code.trim().length < 6} loading={confirm.isPending}>
            Turn on
          </Button>
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
