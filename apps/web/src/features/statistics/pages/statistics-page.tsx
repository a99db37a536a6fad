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
import { Id, type Stats } from '@outdial/protocol';
import { z } from 'zod';
import { ErrorState } from '../../../components/error-state.js';
import { useMay } from '../../../data/account-context.js';
import { useAgents } from '../../../data/use-agents.js';
import { useConnections } from '../../../data/use-connections.js';
import { useQueues } from '../../../data/use-queues.js';
import { urlChoice, urlValue, useUrlFilters } from '../../../data/use-url-filters.js';
import { formatDuration, formatLongDuration, formatPercent } from '../../../domain/format-time.js';
import { EmptyState } from '../../../ui/empty-state.js';
import { PageHeader } from '../../../ui/page-header.js';
import { StatTile } from '../../../ui/stat-tile.js';
import { useStats } from '../api/use-stats.js';
import { ByDay, ByDisposition, ByHour, ByOutcome } from '../components/charts.js';
import { DailyReports } from '../components/daily-reports.js';
import { TotalsTable } from '../components/totals-table.js';
import { PERIOD_NAMES, periodOf } from '../period.js';

const TIME_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';

const FILTERS = {
  period: urlChoice(z.enum(PERIOD_NAMES), '7d'),
  from: urlValue(z.iso.date()),
  to: urlValue(z.iso.date()),
  agent_id: urlValue(Id),
  queue_id: urlValue(Id),
  practice: urlChoice(z.enum(['exclude', 'include', 'only']), 'exclude'),
};

export function StatisticsPage() {
  const may = useMay();
  const mayAll = may('stats.any');
  const agents = useAgents();
  const queues = useQueues();
  const { filters, set } = useUrlFilters(FILTERS);
  const { period: name, agent_id, queue_id, practice } = filters;
  const connections = useConnections().data?.connections ?? [];
  const isMixed = connections.some((it) => !it.is_practice);
  const days = { from: filters.from ?? null, to: filters.to ?? null };

  const period = periodOf(name, days, new Date());
  const who = { agent_id, queue_id };
  const stats = useStats({
    ...period,
    ...who,
    time_zone: TIME_ZONE,
    // Where only Practice is connected, the server counts its calls.
    ...(practice !== 'exclude' && { practice }),
  });

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
          onChange={(value) => set({ period: FILTERS.period.read([value]) })}
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
              onChange={(event) => set({ from: event.currentTarget.value })}
            />
            <TextInput
              type="date"
              aria-label="To day"
              value={days.to ?? ''}
              onChange={(event) => set({ to: event.currentTarget.value })}
            />
          </>
        )}
        {mayAll && agents.data && (
          <Select
            aria-label="Agent"
            placeholder="All agents"
            clearable
            data={agents.data.agents.map((a) => ({ value: a.id, label: a.name }))}
            value={agent_id ?? null}
            onChange={(value) => set({ agent_id: value ?? undefined })}
            w={180}
          />
        )}
        <Select
          aria-label="Queue"
          placeholder="All queues"
          clearable
          data={queues.data?.queues.map((q) => ({ value: q.id, label: q.name })) ?? []}
          value={queue_id ?? null}
          onChange={(value) => set({ queue_id: value ?? undefined })}
          w={180}
        />
        {isMixed && (
          <Select
            aria-label="Practice calls"
            data={[
              { value: 'exclude', label: 'Without practice calls' },
              { value: 'include', label: 'With practice calls' },
              { value: 'only', label: 'Practice calls only' },
            ]}
            value={practice}
            allowDeselect={false}
            onChange={(value) => set({ practice: FILTERS.practice.read(value ? [value] : []) })}
            w={200}
          />
        )}
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
