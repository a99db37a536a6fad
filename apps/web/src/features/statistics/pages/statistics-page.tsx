import '@mantine/charts/styles.css';
import {
  Group,
  SegmentedControl,
  Select,
  SimpleGrid,
  Skeleton,
  Stack,
  TextInput,
} from '@mantine/core';
import type { Stats } from '@outdial/protocol';
import { useState } from 'react';
import { useMay } from '../../../data/account-context.js';
import { useAgents } from '../../../data/use-agents.js';
import { useQueues } from '../../../data/use-queues.js';
import { EmptyState } from '../../../ui/empty-state.js';
import { ErrorState } from '../../../ui/error-state.js';
import { formatDuration, formatLongDuration, formatPercent } from '../../../ui/format-time.js';
import { PageHeader } from '../../../ui/page-header.js';
import { StatTile } from '../../../ui/stat-tile.js';
import { useStats } from '../api/use-stats.js';
import { ByDay, ByDisposition, ByHour, ByOutcome } from '../components/charts.js';
import { DailyReports } from '../components/daily-reports.js';
import { TotalsTable } from '../components/totals-table.js';
import { type PeriodName, periodOf } from '../period.js';

const TIME_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

export function StatisticsPage() {
  const may = useMay();
  const mayAll = may('stats.any');
  const agents = useAgents();
  const queues = useQueues();
  const [name, setName] = useState<PeriodName>('7d');
  const [days, setDays] = useState<{ from: string | null; to: string | null }>({
    from: null,
    to: null,
  });
  const [agentId, setAgentId] = useState<string | null>(null);
  const [queueId, setQueueId] = useState<string | null>(null);

  const period = periodOf(name, days, new Date());
  const who = { agent_id: agentId ?? undefined, queue_id: queueId ?? undefined };
  const stats = useStats({ ...period, ...who, time_zone: TIME_ZONE });

  return (
    <>
      <PageHeader
        title="Statistics"
        description={`${mayAll ? 'Hours' : 'Your own figures; hours'} and days in ${TIME_ZONE}`}
      />
      <Group gap="xs" mb="md">
        <SegmentedControl
          aria-label="Period"
          value={name}
          onChange={(value) => setName(value as PeriodName)}
          data={[
            { value: 'today', label: 'Today' },
            { value: '7d', label: '7 days' },
            { value: '30d', label: '30 days' },
            { value: 'custom', label: 'Custom' },
          ]}
        />
        {name === 'custom' && (
          <>
            <TextInput
              type="date"
              aria-label="From day"
              value={days.from ?? ''}
              onChange={(event) => setDays({ ...days, from: event.currentTarget.value || null })}
            />
            <TextInput
              type="date"
              aria-label="To day"
              value={days.to ?? ''}
              onChange={(event) => setDays({ ...days, to: event.currentTarget.value || null })}
            />
          </>
        )}
        {mayAll && agents.data && (
          <Select
            aria-label="Agent"
            placeholder="All agents"
            clearable
            data={agents.data.agents.map((a) => ({ value: a.id, label: a.name }))}
            value={agentId}
            onChange={setAgentId}
            w={180}
          />
        )}
        <Select
          aria-label="Queue"
          placeholder="All queues"
          clearable
          data={queues.data?.queues.map((q) => ({ value: q.id, label: q.name })) ?? []}
          value={queueId}
          onChange={setQueueId}
          w={180}
        />
      </Group>
      {stats.data ? (
        <Stack gap="lg">
          <Numbers stats={stats.data} />
          {mayAll && (
            <DailyReports
              filters={{ from: period.from?.slice(0, 10), to: period.to?.slice(0, 10), ...who }}
            />
          )}
        </Stack>
      ) : stats.error ? (
        <ErrorState error={stats.error} onRetry={() => void stats.refetch()} />
      ) : (
        <Stack gap="md" aria-busy aria-label="Loading statistics">
          <Skeleton height={78} radius="lg" />
          <Skeleton height={280} radius="lg" />
        </Stack>
      )}
    </>
  );
}

function Numbers({ stats }: { stats: Stats }) {
  const { totals } = stats;
  return (
    <>
      <SimpleGrid cols={{ base: 3, lg: 6 }} spacing="sm">
        <StatTile
          label="Calls attempted"
          value={totals.attempted.toLocaleString('en')}
          note={totals.live > 0 ? `${totals.live} live now` : '\u00a0'}
        />
        <StatTile
          label="Connected"
          value={totals.connected.toLocaleString('en')}
          note={`${formatPercent(totals.connect_rate)} connect rate`}
        />
        <StatTile label="Not reached" value={totals.failed.toLocaleString('en')} note={'\u00a0'} />
        <StatTile label="Canceled" value={totals.canceled.toLocaleString('en')} note={'\u00a0'} />
        <StatTile
          label="Talk time"
          value={formatLongDuration(totals.talk_seconds)}
          note={`${formatDuration(totals.average_talk_seconds)} on average`}
        />
        <StatTile
          label="Abandoned"
          value={totals.abandoned.toLocaleString('en')}
          note={`${formatPercent(totals.abandon_rate)} of answers`}
        />
      </SimpleGrid>
      {totals.attempted === 0 ? (
        <EmptyState title="No calls in this period">
          Choose another period, or start a session on the dialer page.
        </EmptyState>
      ) : (
        <>
          <SimpleGrid cols={{ base: 1, lg: 2 }} spacing="md">
            <ByDay stats={stats} />
            <ByHour stats={stats} />
            <ByOutcome stats={stats} />
            <ByDisposition stats={stats} />
          </SimpleGrid>
          <TotalsTable
            title="By agent"
            of="Agent"
            rows={stats.by_agent.map((a) => ({ ...a, id: a.agent_id, name: a.agent_name }))}
          />
          <TotalsTable
            title="By queue"
            of="Queue"
            rows={stats.by_queue.map((q) => ({ ...q, id: q.queue_id, name: q.queue_name }))}
          />
        </>
      )}
    </>
  );
}
