import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { User } from '@outdial/protocol';
import { CopyField } from '../../../ui/copy-field.js';

export interface GivenPassword {
  readonly user: User;
  readonly password: string;
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
          Give it to {given?.user.name}, best not by e-mail. It is good for the first sign-in, where
          they choose one of their own. <b>It is not shown again.</b>
        </Text>
        <CopyField label="one-time password" value={given?.password ?? ''} />
        <Text size="sm" c="dimmed">
          They sign in as {given?.user.email}.
        </Text>
        <Group justify="flex-end">
          <Button onClick={onClose} data-autofocus>
            Done
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
