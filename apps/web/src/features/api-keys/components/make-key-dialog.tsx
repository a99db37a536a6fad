import { Button, Group, Input, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { ApiError } from '@outdial/client';
import type { ApiKeyCreated, Permission } from '@outdial/protocol';
import { useState } from 'react';
import { ErrorNote } from '../../../components/error-state.js';
import { CopyField } from '../../../ui/copy-field.js';
import { useMakeApiKey } from '../api/use-make-api-key.js';
import { PermissionChecklist } from './permission-checklist.js';

interface MakeKeyDialogProps {
  isOpen: boolean;
  onClose: () => void;
}

/** While the key is shown, only its button closes the dialog: what is gone is gone. */
export function MakeKeyDialog({ isOpen, onClose }: MakeKeyDialogProps) {
  const [made, setMade] = useState<ApiKeyCreated | null>(null);
  const close = () => {
    onClose();
    setMade(null);
  };
  return (
    <Modal
      opened={isOpen}
      onClose={close}
      title={made ? `The key “${made.api_key.name}”` : 'Make an API key'}
      size={made ? 'lg' : 760}
      closeOnClickOutside={made === null}
      closeOnEscape={made === null}
      withCloseButton={made === null}
    >
      {made ? (
        <Stack gap="sm">
          <Text size="sm">
            Put it where the program finds it, and nowhere else. <b>It is not shown again.</b>
          </Text>
          <CopyField label="API key" value={made.key} />
          <Text size="sm" c="dimmed">
            The program sends it with every request, as the header{' '}
            <code>Authorization: Bearer {made.api_key.prefix}…</code>
          </Text>
          <Group justify="flex-end">
            <Button onClick={close} data-autofocus>
              Done
            </Button>
          </Group>
        </Stack>
      ) : (
        <MakeKeyForm onClose={close} onMade={setMade} />
      )}
    </Modal>
  );
}

const ENDS = [
  { value: '30', label: 'After 30 days' },
  { value: '90', label: 'After 90 days' },
  { value: '365', label: 'After a year' },
  { value: 'never', label: 'Never' },
];
const DAY_MS = 24 * 3600_000;

function MakeKeyForm({
  onClose,
  onMade,
}: {
  onClose: () => void;
  onMade: (made: ApiKeyCreated) => void;
}) {
  const make = useMakeApiKey();
  const [name, setName] = useState('');
  const [ends, setEnds] = useState('365');
  const [chosen, setChosen] = useState<ReadonlySet<Permission>>(new Set());
  const error = make.error instanceof ApiError ? make.error : null;
  const at = (field: string) => error?.errors.find((e) => e.field === field)?.message;
  const atName = at('name') ?? (error?.code === 'duplicate_name' ? error.detail : undefined);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        make.mutate(
          {
            name: name.trim(),
            permissions: [...chosen],
            expires_at:
              ends === 'never' ? null : new Date(Date.now() + Number(ends) * DAY_MS).toISOString(),
          },
          { onSuccess: onMade },
        );
      }}
    >
      <Stack gap="sm">
        <Group gap="sm" align="flex-start" grow>
          <TextInput
            label="Name"
            placeholder="Nightly export"
            description="Who or what uses it"
            required
            data-autofocus
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            error={atName}
          />
          <Select
            label="Ends"
            description="After that, create a new one"
            data={ENDS}
            allowDeselect={false}
            value={ends}
            onChange={(value) => value && setEnds(value)}
            error={at('expires_at')}
          />
        </Group>
        <Input.Wrapper
          label="Permissions"
          labelElement="div"
          description="Grant only what it needs"
          error={at('permissions')}
        >
          <div style={{ marginTop: 6 }}>
            <PermissionChecklist chosen={chosen} onChange={setChosen} />
          </div>
        </Input.Wrapper>
        {!atName && !at('permissions') && <ErrorNote error={make.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button
            type="submit"
            disabled={name.trim() === '' || chosen.size === 0}
            loading={make.isPending}
          >
            Create key
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
