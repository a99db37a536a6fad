import { Alert, Button, Group, List, Modal, Stack, Text } from '@mantine/core';
import type { ApiKey, User } from '@outdial/protocol';
import { CopyField } from '../../../ui/copy-field.js';
import { useRevokeKeysOf } from '../api/use-revoke-keys-of.js';

export interface GivenPassword {
  readonly user: User;
  readonly password: string;
  /** Keys of theirs that a new password does not end. */
  readonly apiKeys?: readonly ApiKey[] | undefined;
}

/** Is closed by its button alone: what is gone is gone. */
export function OneTimePasswordDialog({
  given,
  onClose,
}: {
  given: GivenPassword | null;
  onClose: () => void;
}) {
  return (
    <Modal
      opened={given !== null}
      onClose={onClose}
      title={`A password for ${given?.user.name ?? ''}`}
      closeOnClickOutside={false}
      closeOnEscape={false}
      withCloseButton={false}
    >
      <Stack gap="sm">
        <Text size="sm">
          Give it to {given?.user.name}, not by email. It works for the first sign-in, where they
          choose one of their own. <b>It is not shown again.</b>
        </Text>
        <CopyField label="one-time password" value={given?.password ?? ''} />
        <Text size="sm" c="dimmed">
          They sign in as {given?.user.email}.
        </Text>
        <KeysStillInForce apiKeys={given?.apiKeys ?? []} />
        <Group justify="flex-end">
          <Button onClick={onClose} data-autofocus>
            Done
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** An intruder who had the old password may have made a key, which still works. */
function KeysStillInForce({ apiKeys }: { apiKeys: readonly ApiKey[] }) {
  const revoke = useRevokeKeysOf();
  if (apiKeys.length === 0) return null;
  if (revoke.isSuccess) {
    return (
      <Text size="sm" role="status">
        Their API keys are revoked.
      </Text>
    );
  }
  return (
    <Alert color="amber" title="API keys that they made still work">
      <List size="sm" mb="xs">
        {apiKeys.map(({ id, name, prefix }) => (
          <List.Item key={id}>
            {name} ({prefix}…)
          </List.Item>
        ))}
      </List>
      <Text size="sm" mb="xs">
        Revoke them if another person may have had the old password. Programs that use them stop.
      </Text>
      <Button
        size="xs"
        color="rust"
        loading={revoke.isPending}
        onClick={() => revoke.mutate(apiKeys.map(({ id }) => id))}
      >
        Revoke these keys
      </Button>
    </Alert>
  );
}
