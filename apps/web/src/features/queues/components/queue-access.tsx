import { Button, Group, Modal, MultiSelect, Radio, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { QueueAgents } from '@outdial/protocol';
import { IconLock, IconUsers } from '@tabler/icons-react';
import { useState } from 'react';
import { ErrorNote } from '../../../components/error-state.js';
import { useAgents } from '../../../data/use-agents.js';
import { count } from '../../../domain/catalogue/words.js';
import { useQueueAccess, useSetQueueAccess } from '../api/use-queue-access.js';

/** Names of agents in the line; the rest is a number. */
const AGENTS_NAMED = 3;

/** Who may work this queue and see its leads, in a line; and a way to change it. */
export function QueueAccess({ queueId }: { queueId: string }) {
  const access = useQueueAccess(queueId);
  const agents = useAgents();
  const [isOpen, { open, close }] = useDisclosure();
  if (access.error) return <ErrorNote error={access.error} />;
  if (!access.data) return null;
  const { restricted, agent_ids: ids } = access.data;
  const names = (agents.data?.agents ?? []).filter(({ id }) => ids.includes(id));
  const named = names.slice(0, AGENTS_NAMED).map(({ name }) => name);
  const more = ids.length - named.length;
  const who = !restricted
    ? 'Every agent may work this queue.'
    : ids.length === 0
      ? 'No agent may work this queue.'
      : `Only ${[...named, ...(more > 0 ? [`${count(more, 'other')}`] : [])].join(', ')} may work this queue.`;
  return (
    <Group gap={8} mb="sm" mt={-8}>
      <Text c="dimmed" display="flex">
        {restricted ? <IconLock size={15} aria-hidden /> : <IconUsers size={15} aria-hidden />}
      </Text>
      <Text size="sm">{who}</Text>
      <Button
        size="compact-xs"
        variant="default"
        onClick={open}
        aria-label="Change who may work it"
      >
        Change
      </Button>
      <Modal opened={isOpen} onClose={close} title="Who may work this queue">
        <AccessForm queueId={queueId} present={access.data} onClose={close} />
      </Modal>
    </Group>
  );
}

function AccessForm({
  queueId,
  present,
  onClose,
}: {
  queueId: string;
  present: QueueAgents;
  onClose: () => void;
}) {
  const agents = useAgents();
  const save = useSetQueueAccess(queueId);
  const [restricted, setRestricted] = useState(present.restricted);
  const [ids, setIds] = useState([...present.agent_ids]);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ restricted, agent_ids: ids }, { onSuccess: onClose });
      }}
    >
      <Stack gap="md">
        <Radio.Group
          aria-label="Who may work this queue"
          value={restricted ? 'some' : 'all'}
          onChange={(value) => setRestricted(value === 'some')}
        >
          <Stack gap="xs">
            <Radio value="all" label="Every agent" />
            <Radio value="some" label="Only these" />
          </Stack>
        </Radio.Group>
        {restricted && (
          <MultiSelect
            label="Agents"
            description="Others neither see nor call its leads. An agent who is removed while working it is stopped."
            data={agents.data?.agents.map(({ id, name }) => ({ value: id, label: name })) ?? []}
            value={ids}
            onChange={setIds}
            searchable
            clearable
            comboboxProps={{ withinPortal: true }}
          />
        )}
        <ErrorNote error={save.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={save.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
