import { Badge, Button, Group, Paper, Progress, Select, Stack, Text, Title } from '@mantine/core';
import type { Connection } from '@outdial/protocol';
import { useState } from 'react';
import { ErrorNote } from '../../../components/error-state.js';
import { PhoneNumber } from '../../../components/phone-number.js';
import { useAgents } from '../../../data/use-agents.js';
import { useDialerStatus } from '../../../data/use-dialer-status.js';
import { count } from '../../../domain/catalogue/words.js';
import { confirm } from '../../../ui/confirm.js';
import { useCampaign, useHandOver } from '../api/use-campaign.js';

interface CampaignPanelProps {
  queueId: string;
  /** One whose carrier has campaigns. */
  connection: Connection;
}

/** Some phone systems have a dialer of their own, in their app: a queue can be handed over to it, agent by agent. */
export function CampaignPanel({ queueId, connection }: CampaignPanelProps) {
  const agents = useAgents();
  const acting = useDialerStatus().data?.agent.id ?? null;
  const [chosenId, setAgentId] = useState<string | null>(null);
  const agentId = chosenId ?? acting;
  const campaign = useCampaign(agentId);
  const handOver = useHandOver(queueId, agentId);
  const it = campaign.data;
  return (
    <Paper p="md" mb="md" component="section" aria-label={`${connection.label} campaign`}>
      <Group justify="space-between" align="flex-end">
        <div>
          <Title order={2}>{connection.label} campaign</Title>
          <Text size="sm" c="dimmed">
            Hand this queue over to the dialer in an agent’s {connection.label} app.
          </Text>
        </div>
        <Group gap="xs" align="flex-end">
          <Select
            aria-label="Agent of the campaign"
            placeholder="Choose an agent"
            data={agents.data?.agents.map((a) => ({ value: a.id, label: a.name })) ?? []}
            value={agentId}
            onChange={setAgentId}
            w={200}
          />
          {it ? (
            <Button
              variant="default"
              loading={handOver.isPending}
              onClick={() =>
                confirm({
                  title: 'Take the campaign back?',
                  children: `Numbers that were not called leave the agent’s ${connection.label} app.`,
                  confirm: 'Take back',
                  onConfirm: () => handOver.mutate('take back'),
                })
              }
            >
              Take back
            </Button>
          ) : (
            <Button
              disabled={agentId === null || campaign.isPending}
              loading={handOver.isPending}
              onClick={() => handOver.mutate('hand over')}
            >
              Hand over
            </Button>
          )}
        </Group>
      </Group>
      <ErrorNote error={handOver.error ?? campaign.error} />
      {it && (
        <Stack gap="xs" mt="md">
          <Text size="sm">
            <b>{it.queue_name}</b>: {count(it.called, 'number')} called, {it.waiting} waiting.
          </Text>
          <Progress
            aria-label="Called"
            value={(it.called / Math.max(1, it.called + it.waiting)) * 100}
            color="signal"
          />
          <Group gap={6}>
            {it.numbers.slice(0, 40).map((n) => (
              <Badge key={n.phone_number} color={n.called ? 'signal' : 'gray'}>
                {n.lead_name ?? <PhoneNumber value={n.phone_number} />}
              </Badge>
            ))}
          </Group>
          {it.refused.map((r) => (
            <Text key={r.phone_number} size="sm" c="rust">
              <PhoneNumber value={r.phone_number} /> was not handed over: {r.reason}
            </Text>
          ))}
        </Stack>
      )}
    </Paper>
  );
}
