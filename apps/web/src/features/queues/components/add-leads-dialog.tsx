import { Button, Checkbox, Group, Modal, ScrollArea, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { ErrorNote } from '../../../components/error-state.js';
import { count } from '../../../domain/catalogue/words.js';
import { formatPhone } from '../../../domain/format-phone.js';
import { useAddLeads } from '../api/use-add-leads.js';
import { useLeadSearch } from '../api/use-lead-search.js';

interface AddLeadsDialogProps {
  queueId: string;
  isOpen: boolean;
  onClose: () => void;
}

export function AddLeadsDialog({ queueId, isOpen, onClose }: AddLeadsDialogProps) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Add leads to this queue">
      <AddLeads queueId={queueId} onClose={onClose} />
    </Modal>
  );
}

function AddLeads({ queueId, onClose }: { queueId: string; onClose: () => void }) {
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed, 200);
  const search = useLeadSearch(q);
  const add = useAddLeads(queueId);
  const [chosen, setChosen] = useState<string[]>([]);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        add.mutate(chosen, { onSuccess: onClose });
      }}
    >
      <Stack gap="sm">
        <TextInput
          aria-label="Search leads"
          placeholder="Name, company or number"
          leftSection={<IconSearch size={15} />}
          data-autofocus
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <ErrorNote error={search.error ?? add.error} />
        <ScrollArea h={320} type="auto">
          <Checkbox.Group value={chosen} onChange={setChosen}>
            <Stack gap={10} p={4}>
              {search.data?.leads.map((lead) => (
                <Checkbox
                  key={lead.id}
                  value={lead.id}
                  size="xs"
                  label={
                    <Text size="sm">
                      {lead.name}{' '}
                      <Text span c="dimmed" size="xs">
                        {[lead.company, formatPhone(lead.phone_number)].filter(Boolean).join(' · ')}
                      </Text>
                    </Text>
                  }
                />
              ))}
              {search.data?.leads.length === 0 && (
                <Text size="sm" c="dimmed">
                  No leads found.
                </Text>
              )}
            </Stack>
          </Checkbox.Group>
        </ScrollArea>
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={chosen.length === 0} loading={add.isPending}>
            {chosen.length === 0 ? 'Add leads' : `Add ${count(chosen.length, 'lead')}`}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
