import { Alert, Badge, Button, Group, Paper, Stack, Text } from '@mantine/core';
import type { Connection } from '@outdial/protocol';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { Moment } from '../../../components/moment.js';
import { confirm } from '../../../ui/confirm.js';
import { capabilityWords } from './capability-words.js';
import {
  useChangeConnection,
  useRemoveConnection,
  useTestConnection,
} from './use-manage-connections.js';

const STATES: Readonly<Record<Connection['state'], { label: string; color: string }>> = {
  ok: { label: 'Connected', color: 'signal' },
  problem: { label: 'Needs attention', color: 'rust' },
  disabled: { label: 'Disabled', color: 'gray' },
  removed: { label: 'Removed', color: 'gray' },
};

/** One connection: what state it is in, and what can be done with it. */
export function ConnectionCard({
  connection: it,
  onEdit,
}: {
  connection: Connection;
  onEdit: () => void;
}) {
  const test = useTestConnection();
  const change = useChangeConnection(it.id);
  const remove = useRemoveConnection();
  const { label, color } = STATES[it.state];
  const isFixed = it.is_practice || it.from_environment;
  return (
    <Paper p="md" component="article" aria-label={it.label}>
      <Stack gap="xs">
        <Group justify="space-between" gap="sm">
          <div>
            <Group gap={6}>
              <Text fw={600}>{it.label}</Text>
              {it.label !== it.integration_label && (
                <Text size="sm" c="dimmed">
                  {it.integration_label}
                </Text>
              )}
              <Badge color={color}>{label}</Badge>
              {it.is_practice && <Badge color="plum">Practice: no real phones</Badge>}
              {it.is_default && <Badge color="gray">Default</Badge>}
            </Group>
            <Text size="xs" c="dimmed" mt={4}>
              {capabilityWords(it.capabilities).join(' · ')}
            </Text>
            <Text size="xs" c="dimmed">
              <code>{it.id}</code>
              {it.from_environment && !it.is_practice && ' · from the environment of the server'}
              {it.checked_at && (
                <>
                  {' · checked '}
                  <Moment at={it.checked_at} />
                </>
              )}
            </Text>
          </div>
          <Group gap={6}>
            {!it.is_practice && it.enabled && (
              <Button
                size="compact-sm"
                variant="default"
                loading={test.isPending}
                onClick={() => test.mutate(it.id)}
                aria-label={`Test ${it.label}`}
              >
                Test
              </Button>
            )}
            <Button
              size="compact-sm"
              variant="default"
              onClick={onEdit}
              aria-label={`Edit ${it.label}`}
            >
              Edit
            </Button>
            {!isFixed && (
              <Button
                size="compact-sm"
                variant="default"
                loading={change.isPending}
                aria-label={`${it.enabled ? 'Disable' : 'Enable'} ${it.label}`}
                onClick={() => {
                  const toggle = () => change.mutate({ version: it.version, enabled: !it.enabled });
                  if (!it.enabled) {
                    toggle();
                    return;
                  }
                  confirm({
                    title: `Disable ${it.label}?`,
                    children:
                      'Live calls continue to their end. Sessions that run on it are paused, and no new call goes through it.',
                    confirm: 'Disable',
                    onConfirm: toggle,
                  });
                }}
              >
                {it.enabled ? 'Disable' : 'Enable'}
              </Button>
            )}
            {!isFixed && (
              <Button
                size="compact-sm"
                variant="subtle"
                color="rust"
                loading={remove.isPending}
                aria-label={`Remove ${it.label}`}
                onClick={() =>
                  confirm({
                    title: `Remove ${it.label}?`,
                    children:
                      'Its credentials are deleted. The history keeps its calls. Queues and agents that use it must choose another connection.',
                    confirm: 'Remove',
                    onConfirm: () => remove.mutate(it.id),
                  })
                }
              >
                Remove
              </Button>
            )}
          </Group>
        </Group>
        {it.problem && (
          <Alert color="rust" variant="light" py="xs" icon={<IconAlertTriangle size={16} />}>
            {it.problem}
            {it.problem_since && (
              <Text size="xs" c="dimmed" component="div">
                Since <Moment at={it.problem_since} />
              </Text>
            )}
          </Alert>
        )}
        {test.data?.ok && !it.problem && (
          <Alert
            color="signal"
            variant="light"
            py="xs"
            icon={<IconCheck size={16} />}
            role="status"
          >
            {test.data.message}
          </Alert>
        )}
      </Stack>
    </Paper>
  );
}
