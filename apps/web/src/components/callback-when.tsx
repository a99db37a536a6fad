import { Alert, Button, Group, Text, TextInput } from '@mantine/core';
import { ApiError } from '@outdial/client';
import { useEffect, useRef, useState } from 'react';
import { formatDayAndTime, toLocalInput } from '../domain/format-time.js';
import { ErrorNote } from './error-state.js';

interface CallbackWhenProps {
  isSaving: boolean;
  /** Why the last time was not taken. */
  error: unknown;
  onSave: (at: string) => void;
  onCancel: () => void;
}

/** Asks when the lead wants to be called, on the agent's clock. */
export function CallbackWhen({ isSaving, error, onSave, onCancel }: CallbackWhenProps) {
  const [at, setAt] = useState(() => toLocalInput(new Date(Date.now() + 24 * 3600_000)));
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), []);
  const inHours = (hours: number) => setAt(toLocalInput(new Date(Date.now() + hours * 3600_000)));
  const refused = refusedTime(error);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (at !== '') onSave(new Date(at).toISOString());
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        onCancel();
      }}
    >
      <Group align="flex-end" gap="xs" mt="sm">
        <TextInput
          ref={input}
          type="datetime-local"
          label="Call back at"
          description="Your time"
          value={at}
          required
          withAsterisk={false}
          onChange={(event) => setAt(event.currentTarget.value)}
        />
        <Button variant="default" onClick={() => inHours(1)}>
          In 1 hour
        </Button>
        <Button variant="default" onClick={() => inHours(24)}>
          Tomorrow
        </Button>
        <Button variant="default" onClick={() => inHours(7 * 24)}>
          In a week
        </Button>
        <Button type="submit" loading={isSaving}>
          Save callback
        </Button>
        <Button variant="subtle" color="gray" onClick={onCancel}>
          Cancel
        </Button>
      </Group>
      {refused ? (
        <Alert color="amber" variant="light" role="alert" mt="xs" py="xs">
          <Text size="sm">That time {refused.message}.</Text>
          {refused.nextGood && (
            <Button
              mt="xs"
              size="compact-sm"
              variant="default"
              onClick={() => {
                setAt(toLocalInput(refused.nextGood ?? new Date()));
                input.current?.focus();
              }}
            >
              Use {formatDayAndTime(refused.nextGood)} (your time)
            </Button>
          )}
        </Alert>
      ) : (
        <ErrorNote error={error} />
      )}
    </form>
  );
}

/** What the server says of the time, and the next one at which the person may be called. */
function refusedTime(error: unknown): { message: string; nextGood: Date | null } | null {
  if (!(error instanceof ApiError)) return null;
  const found = error.errors.find(({ field }) => field === 'callback_at');
  if (!found) return null;
  const { message, suggestion } = found;
  return { message, nextGood: suggestion === undefined ? null : new Date(suggestion) };
}
