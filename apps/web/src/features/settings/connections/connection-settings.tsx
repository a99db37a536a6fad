import { Button, Group, Paper, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core';
import type { Integration } from '@outdial/protocol';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { ErrorState } from '../../../components/error-state.js';
import { useConnections } from '../../../data/use-connections.js';
import { capabilityWords } from './capability-words.js';
import { ConnectionCard } from './connection-card.js';
import { AddConnectionDialog, EditConnectionDialog } from './connection-dialog.js';
import { useIntegrations } from './use-manage-connections.js';

/** The connected phone systems, and what else can be connected. */
export function ConnectionSettings() {
  const connections = useConnections();
  const integrations = useIntegrations();
  const [added, setAdded] = useState<Integration | null>(null);
  const [editedId, setEditedId] = useState<string | null>(null);
  if (connections.error && !connections.data) {
    return <ErrorState error={connections.error} onRetry={() => void connections.refetch()} />;
  }
  if (integrations.error && !integrations.data) {
    return <ErrorState error={integrations.error} onRetry={() => void integrations.refetch()} />;
  }
  if (!connections.data || !integrations.data) {
    return <Skeleton height={320} radius="lg" aria-label="Loading connections" />;
  }
  const addable = integrations.data.integrations.filter((it) => it.can_be_added);
  return (
    <Stack gap="xl">
      <section aria-label="Connected">
        <Title order={2} mb={4}>
          Connected
        </Title>
        <Text size="sm" c="dimmed" mb="sm">
          A session runs on the connection of its queue, else on that of the agent, else on the
          default one. Changes count within seconds, without a restart.
        </Text>
        <Stack gap="sm">
          {connections.data.connections.map((it) => (
            <ConnectionCard key={it.id} connection={it} onEdit={() => setEditedId(it.id)} />
          ))}
        </Stack>
      </section>
      <section aria-label="Can be connected">
        <Title order={2} mb="sm">
          Connect a phone system
        </Title>
        <SimpleGrid cols={{ base: 1, md: 2 }}>
          {addable.map((it) => (
            <Paper key={it.id} p="md">
              <Stack gap="xs" h="100%" justify="space-between">
                <div>
                  <Text fw={600}>{it.label}</Text>
                  <Text size="sm">{it.summary}</Text>
                  {it.capabilities && (
                    <Text size="xs" c="dimmed" mt={4}>
                      {capabilityWords(it.capabilities).join(' · ')}
                    </Text>
                  )}
                </div>
                <Group>
                  <Button
                    size="xs"
                    variant="default"
                    leftSection={<IconPlus size={14} />}
                    onClick={() => setAdded(it)}
                    aria-label={`Connect ${it.label}`}
                  >
                    Connect
                  </Button>
                </Group>
              </Stack>
            </Paper>
          ))}
        </SimpleGrid>
      </section>
      <AddConnectionDialog integration={added} onClose={() => setAdded(null)} />
      <EditConnectionDialog connectionId={editedId} onClose={() => setEditedId(null)} />
    </Stack>
  );
}
