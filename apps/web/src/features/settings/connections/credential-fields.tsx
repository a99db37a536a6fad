import { Button, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import type { ConnectionCredential } from '@outdial/protocol';
import { Moment } from '../../../components/moment.js';

/** By name: what was typed, null: to be removed. What is not named stays as it is. */
export type CredentialChanges = Readonly<Record<string, string | null>>;

interface CredentialFieldsProps {
  fields: readonly Omit<ConnectionCredential, 'source'>[];
  changes: CredentialChanges;
  onChange: (changes: CredentialChanges) => void;
  errorAt: (name: string) => string | undefined;
}

/** Credentials can be entered and removed; they are never shown again. */
export function CredentialFields({ fields, changes, onChange, errorAt }: CredentialFieldsProps) {
  if (fields.length === 0) return null;
  const without = (name: string): CredentialChanges =>
    Object.fromEntries(Object.entries(changes).filter(([each]) => each !== name));
  return (
    <Stack gap="sm" component="fieldset" style={{ border: 0, margin: 0, padding: 0 }}>
      <Text size="sm" fw={560} component="legend" mb="xs">
        Credentials
        <Text size="xs" c="dimmed" fw={400}>
          Stored encrypted. Only the server uses them, and they are never shown again.
        </Text>
      </Text>
      {fields.map((it) => {
        const change = changes[it.name];
        const Field = it.secret ? PasswordInput : TextInput;
        return (
          <div key={it.name}>
            <Field
              label={it.label}
              description={it.description}
              autoComplete="off"
              data-1p-ignore
              disabled={!it.editable || change === null}
              placeholder={
                change === null
                  ? 'Removed when you save'
                  : !it.editable
                    ? `Set in the environment (${it.environment_variable ?? 'a variable'})`
                    : it.set
                      ? 'Set: leave empty to keep it'
                      : 'Not set'
              }
              value={change ?? ''}
              onChange={(event) => {
                const value = event.currentTarget.value;
                onChange(value === '' ? without(it.name) : { ...changes, [it.name]: value });
              }}
              error={it.problem ?? errorAt(it.name)}
            />
            {it.set && it.editable && (
              <Group gap="xs" mt={4}>
                <Text size="xs" c="dimmed">
                  Stored by {it.updated_by?.name ?? 'a deleted user'}, <Moment at={it.updated_at} />
                </Text>
                <Button
                  size="compact-xs"
                  variant="subtle"
                  color={change === null ? 'gray' : 'rust'}
                  onClick={() =>
                    onChange(change === null ? without(it.name) : { ...changes, [it.name]: null })
                  }
                  aria-label={change === null ? `Keep the ${it.label}` : `Remove the ${it.label}`}
                >
                  {change === null ? 'Keep' : 'Remove'}
                </Button>
              </Group>
            )}
          </div>
        );
      })}
    </Stack>
  );
}
