import { Button, Group, MultiSelect, Select, Text, TextInput } from '@mantine/core';
import { type Call, CrmState, Id, OUTCOMES, Outcome } from '@outdial/protocol';
import { IconDownload, IconRefresh } from '@tabler/icons-react';
import { z } from 'zod';
import { CrmBadge, OutcomeBadge } from '../../../components/badges.js';
import { type Column, DataTable } from '../../../components/data-table.js';
import { LeadLink, useDrawers } from '../../../components/drawer-links.js';
import { Moment } from '../../../components/moment.js';
import { PhoneNumber } from '../../../components/phone-number.js';
import { useMay } from '../../../data/account-context.js';
import { useAgents } from '../../../data/use-agents.js';
import { useDispositions } from '../../../data/use-dispositions.js';
import { useQueues } from '../../../data/use-queues.js';
import { urlText, urlValue, urlValues, useUrlFilters } from '../../../data/use-url-filters.js';
import { CRM_WORDS, OUTCOME_WORDS } from '../../../domain/catalogue/words.js';
import { formatDuration, startOfDay } from '../../../domain/format-time.js';
import { EmptyState } from '../../../ui/empty-state.js';
import { PageHeader } from '../../../ui/page-header.js';
import { SearchField } from '../../../ui/search-field.js';
import { useExportHistory } from '../api/use-export-history.js';
import { type HistoryFilters, useHistory } from '../api/use-history.js';
import { useSyncAll } from '../api/use-sync-all.js';

const COLUMNS: ReadonlyArray<Column<Call>> = [
  {
    key: 'lead',
    header: 'Lead',
    wide: true,
    render: (call) => (
      <>
        <LeadLink id={call.lead_id}>{call.lead.name}</LeadLink>
        <Text size="xs" c="dimmed">
          {call.lead.company ?? '\u00a0'}
        </Text>
      </>
    ),
  },
  { key: 'number', header: 'Number', render: (call) => <PhoneNumber value={call.phone_number} /> },
  { key: 'outcome', header: 'Outcome', render: (call) => <OutcomeBadge outcome={call.outcome} /> },
  { key: 'disposition', header: 'Disposition', render: (call) => call.disposition ?? '–' },
  {
    key: 'talk',
    header: 'Talk',
    numeric: true,
    render: (call) => (call.talk_seconds > 0 ? formatDuration(call.talk_seconds) : '–'),
  },
  { key: 'agent', header: 'Agent', render: (call) => call.agent_name },
  { key: 'queue', header: 'Queue', wide: true, render: (call) => call.queue_name },
  { key: 'crm', header: 'CRM', render: (call) => <CrmBadge call={call} /> },
  { key: 'ended', header: 'Ended', render: (call) => <Moment at={call.ended_at} /> },
];

const FILTERS = {
  q: urlText,
  agent_id: urlValue(Id),
  queue_id: urlValue(Id),
  outcome: urlValues(Outcome),
  disposition: urlValue(z.string()),
  crm_state: urlValue(CrmState),
  from: urlValue(z.iso.date()),
  to: urlValue(z.iso.date()),
};

export function HistoryPage() {
  const may = useMay();
  const { filters: chosen, set, clear, isFiltered } = useUrlFilters(FILTERS);
  const { openCall } = useDrawers();
  const agents = useAgents();
  const queues = useQueues();
  const dispositions = useDispositions();
  const syncAll = useSyncAll();
  const exportCsv = useExportHistory();
  const mayAll = may('calls.any');

  const filters: HistoryFilters = {
    ...chosen,
    q: chosen.q === '' ? undefined : chosen.q,
    outcome: chosen.outcome.length > 0 ? chosen.outcome : undefined,
    from: startOfDay(chosen.from ?? null),
    to: startOfDay(chosen.to ?? null, 1),
  };
  const list = useHistory(filters);

  return (
    <>
      <PageHeader
        title="History"
        description={mayAll ? 'All calls and their results.' : 'Your calls and their results.'}
        actions={
          <>
            {may('crm.manage') && (
              <Button
                variant="default"
                leftSection={<IconRefresh size={16} />}
                loading={syncAll.isPending}
                onClick={() => syncAll.mutate()}
              >
                Retry failed syncs
              </Button>
            )}
            {mayAll && (
              <Button
                variant="default"
                leftSection={<IconDownload size={16} />}
                loading={exportCsv.isPending}
                onClick={() => exportCsv.mutate(filters)}
              >
                Export CSV
              </Button>
            )}
          </>
        }
      />
      <Group gap={8} mb="sm" align="flex-start">
        <SearchField
          label="Search calls"
          placeholder="Name or number"
          value={chosen.q}
          onSearch={(q) => set({ q })}
          width={170}
        />
        <MultiSelect
          aria-label="Outcome"
          placeholder={chosen.outcome.length === 0 ? 'Outcome' : ''}
          data={OUTCOMES.map((value) => ({ value, label: OUTCOME_WORDS[value] }))}
          value={chosen.outcome}
          onChange={(values) => set({ outcome: values as Outcome[] })}
          clearable
          w={130}
        />
        <Select
          aria-label="Disposition"
          placeholder="Disposition"
          data={dispositions.data?.dispositions.map((d) => d.label) ?? []}
          value={filters.disposition ?? null}
          onChange={(value) => set({ disposition: value ?? undefined })}
          clearable
          searchable
          w={136}
        />
        {mayAll && agents.data && (
          <Select
            aria-label="Agent"
            placeholder="Agent"
            data={agents.data.agents.map((a) => ({ value: a.id, label: a.name }))}
            value={filters.agent_id ?? null}
            onChange={(value) => set({ agent_id: value ?? undefined })}
            clearable
            w={110}
          />
        )}
        <Select
          aria-label="Queue"
          placeholder="Queue"
          data={queues.data?.queues.map((queue) => ({ value: queue.id, label: queue.name })) ?? []}
          value={filters.queue_id ?? null}
          onChange={(value) => set({ queue_id: value ?? undefined })}
          clearable
          w={110}
        />
        <Select
          aria-label="CRM state"
          placeholder="CRM"
          data={Object.entries(CRM_WORDS).map(([value, { word }]) => ({ value, label: word }))}
          value={filters.crm_state ?? null}
          onChange={(value) => set({ crm_state: FILTERS.crm_state.read(value ? [value] : []) })}
          clearable
          w={104}
        />
        <Group gap={8} wrap="nowrap">
          <TextInput
            type="date"
            aria-label="From day"
            leftSection={
              <Text size="xs" c="dimmed">
                From
              </Text>
            }
            leftSectionWidth={46}
            value={chosen.from ?? ''}
            onChange={(event) => set({ from: event.currentTarget.value })}
            w={166}
          />
          <TextInput
            type="date"
            aria-label="To day"
            leftSection={
              <Text size="xs" c="dimmed">
                To
              </Text>
            }
            leftSectionWidth={32}
            value={chosen.to ?? ''}
            onChange={(event) => set({ to: event.currentTarget.value })}
            w={158}
          />
        </Group>
        {isFiltered && (
          <Button variant="subtle" color="gray" onClick={clear}>
            Clear filters
          </Button>
        )}
      </Group>
      <DataTable
        label="Calls"
        noun={['call', 'calls']}
        columns={COLUMNS}
        list={list}
        rowId={(call) => call.id}
        onOpen={(call) => openCall(call.id)}
        empty={
          isFiltered ? (
            <EmptyState
              title="No calls match these filters"
              action={
                <Button variant="default" onClick={clear}>
                  Clear filters
                </Button>
              }
            />
          ) : (
            <EmptyState title="No calls yet">
              Calls appear here as soon as they are over, from every session.
            </EmptyState>
          )
        }
      />
    </>
  );
}
