import { Button, Group, List, Modal, Select, Stack, Text, TextInput } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { ERASE_REASONS, EraseReason, type Lead } from '@outdial/protocol';
import { IconFileExport, IconUserX } from '@tabler/icons-react';
import { useState } from 'react';
import { ErrorNote } from '../../../components/error-state.js';
import { useErasePerson, useExportPerson } from '../api/use-personal-data.js';

interface PersonalDataProps {
  lead: Lead;
  onErased: () => void;
}

/** What a person may ask for: everything that is known of them, and that it be forgotten. */
export function PersonalData({ lead, onErased }: PersonalDataProps) {
  const exportPerson = useExportPerson();
  const [isOpen, { open, close }] = useDisclosure();
  return (
    <section aria-label="Personal data">
      <Text size="xs" c="dimmed" mb={4}>
        If {lead.name} asks for it
      </Text>
      <Group gap="xs">
        <Button
          variant="default"
          size="xs"
          leftSection={<IconFileExport size={15} />}
          loading={exportPerson.isPending}
          onClick={() => exportPerson.mutate(lead.id)}
        >
          Export their data
        </Button>
        <Button
          variant="subtle"
          color="rust"
          size="xs"
          leftSection={<IconUserX size={15} />}
          onClick={open}
        >
          Erase this person
        </Button>
      </Group>
      <Modal opened={isOpen} onClose={close} title={`Erase ${lead.name}?`}>
        <EraseForm lead={lead} onClose={close} onErased={onErased} />
      </Modal>
    </section>
  );
}

function EraseForm({ lead, onClose, onErased }: PersonalDataProps & { onClose: () => void }) {
  const erase = useErasePerson();
  const [reason, setReason] = useState<EraseReason>('person_asked');
  const [typed, setTyped] = useState('');
  const isSure = typed.trim().toLowerCase() === lead.name.trim().toLowerCase();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!isSure) return;
        erase.mutate(
          { leadId: lead.id, reason },
          {
            onSuccess: () => {
              onClose();
              onErased();
            },
          },
        );
      }}
    >
      <Stack gap="sm">
        <Text size="sm">
          <b>This cannot be undone.</b> What becomes of it:
        </Text>
        <List size="sm" spacing={4}>
          <List.Item>
            Name, address, notes and what providers sent are gone, in the CRM too.
          </List.Item>
          <List.Item>The calls stay as numbers in the statistics, without a person.</List.Item>
          <List.Item>
            A number that must not be called still will not be: a fingerprint of it is kept as
            proof.
          </List.Item>
        </List>
        <Select
          label="Why"
          data={Object.entries(ERASE_REASONS).map(([value, label]) => ({ value, label }))}
          allowDeselect={false}
          value={reason}
          onChange={(value) => setReason(EraseReason.parse(value))}
        />
        <TextInput
          label={`Type “${lead.name}” to be sure`}
          autoComplete="off"
          data-autofocus
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <ErrorNote error={erase.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Keep
          </Button>
          <Button type="submit" color="rust" disabled={!isSure} loading={erase.isPending}>
            Erase for good
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
