import { Button, Group, MultiSelect, Select, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { type Call, OUTCOMES, type Outcome } from '@outdial/protocol';
import { IconDownload, IconRefresh, IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { useMay } from '../../../data/account-context.js';
import { useAgents } from '../../../data/use-agents.js';
import { useDispositions } from '../../../data/use-dispositions.js';
import { useQueues } from '../../../data/use-queues.js';
import { CRM_WORDS, OUTCOME_WORDS } from '../../../data/words.js';
import { CrmBadge, OutcomeBadge } from '../../../ui/badges.js';
import { type Column, DataTable } from '../../../ui/data-table.js';
import { LeadLink, useDrawers } from '../../../ui/drawer-links.js';
import { EmptyState } from '../../../ui/empty-state.js';
import { formatDuration, startOfDay } from '../../../ui/format-time.js';
import { Moment } from '../../../ui/moment.js';
import { PageHeader } from '../../../ui/page-header.js';
import { PhoneNumber } from '../../../ui/phone-number.js';
import { useExportHistory } from '../api/use-export-history.js';
import { type HistoryFilters, useHistory } from '../api/use-history.js';
import { useSyncAll } from '../api/use-sync-all.js';

const COLUMNS: ReadonlyArray<Column<Call>> = [
  {
    key: 'lead',
    header: 'Lead',
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
  { key: 'queue', header: 'Queue', render: (call) => call.queue_name },
  { key: 'crm', header: 'CRM', render: (call) => <CrmBadge call={call} /> },
  { key: 'ended', header: 'Ended', render: (call) => <Moment at={call.ended_at} /> },
];

export function HistoryPage() {
  const may = useMay();
  const [search, setSearch] = useSearchParams();
  const [typed, setTyped] = useState(search.get('q') ?? '');
  const [q] = useDebouncedValue(typed, 250);
  const { openCall } = useDrawers();
  const agents = useAgents();
  const queues = useQueues();
  const dispositions = useDispositions();
  const syncAll = useSyncAll();
  const exportCsv = useExportHistory();
  const mayAll = may('calls.any');

  const get = (name: string) => search.get(name) ?? undefined;
  const outcome = search
    .getAll('outcome')
    .filter((o): o is Outcome => OUTCOMES.includes(o as Outcome));
  const crmState = get('crm_state');
  const filters: HistoryFilters = {
    q: q === '' ? undefined : q,
    agent_id: get('agent_id'),
    queue_id: get('queue_id'),
    outcome: outcome.length > 0 ? outcome : undefined,
    disposition: get('disposition'),
    crm_state: crmState && crmState in CRM_WORDS ? (crmState as keyof typeof CRM_WORDS) : undefined,
    from: startOfDay(search.get('from')),
    to: startOfDay(search.get('to'), 1),
  };
  const list = useHistory(filters);
  const isFiltered = Object.values(filters).some((value) => value !== undefined);

  const set = (name: string, values: Array<string | null>) =>
    setSearch(
      (old) => {
        const next = new URLSearchParams(old);
        next.delete(name);
        for (const value of values) if (value) next.append(name, value);
        return next;
      },
      { replace: true },
    );
  const clear = () => {
    setTyped('');
    setSearch({}, { replace: true });
  };

  return (
    <>
      <PageHeader
        title="History"
        description={
          mayAll
            ? 'Every call that was made, and what came of it.'
            : 'The calls that you made, and what came of them.'
        }
        actions={
          <>
            {may('crm.manage') && (
              <Button
                variant="default"
                leftSection={<IconRefresh size={16} />}
                loading={syncAll.isPending}
                onClick={() => syncAll.mutate()}
              >
                Replay CRM sync
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
      <Group gap="xs" mb="sm" align="flex-start">
        <TextInput
          aria-label="Search calls"
          placeholder="Name or number"
          leftSection={<IconSearch size={15} />}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          w={165}
        />
        <MultiSelect
          aria-label="Outcome"
          placeholder={outcome.length === 0 ? 'Outcome' : ''}
          data={OUTCOMES.map((value) => ({ value, label: OUTCOME_WORDS[value] }))}
          value={outcome}
          onChange={(values) => set('outcome', values)}
          clearable
          w={150}
        />
        <Select
          aria-label="Disposition"
          placeholder="Disposition"
          data={dispositions.data?.dispositions.map((d) => d.label) ?? []}
          value={filters.disposition ?? null}
          onChange={(value) => set('disposition', [value])}
          clearable
          searchable
          w={145}
        />
        {mayAll && agents.data && (
          <Select
            aria-label="Agent"
            placeholder="Agent"
            data={agents.data.agents.map((a) => ({ value: a.id, label: a.name }))}
            value={filters.agent_id ?? null}
            onChange={(value) => set('agent_id', [value])}
            clearable
            w={130}
          />
        )}
        <Select
          aria-label="Queue"
          placeholder="Queue"
          data={queues.data?.queues.map((queue) => ({ value: queue.id, label: queue.name })) ?? []}
          value={filters.queue_id ?? null}
          onChange={(value) => set('queue_id', [value])}
          clearable
          w={130}
        />
        <Select
          aria-label="CRM state"
          placeholder="CRM"
          data={Object.entries(CRM_WORDS).map(([value, { word }]) => ({ value, label: word }))}
          value={filters.crm_state ?? null}
          onChange={(value) => set('crm_state', [value])}
          clearable
          w={126}
        />
        <Group gap="xs" wrap="nowrap">
          <TextInput
            type="date"
            aria-label="From day"
            leftSection={
              <Text size="xs" c="dimmed">
                From
              </Text>
            }
            leftSectionWidth={46}
            value={search.get('from') ?? ''}
            onChange={(event) => set('from', [event.currentTarget.value])}
            w={172}
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
            value={search.get('to') ?? ''}
            onChange={(event) => set('to', [event.currentTarget.value])}
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
              title="No call fits these filters"
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
