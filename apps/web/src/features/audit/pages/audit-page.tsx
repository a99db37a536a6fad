import { Button, Group, Select, Text, TextInput } from '@mantine/core';
import { AuditAction, type AuditEntry, Id } from '@outdial/protocol';
import { IconShieldCheck } from '@tabler/icons-react';
import { z } from 'zod';
import { type Column, DataTable } from '../../../components/data-table.js';
import { Moment } from '../../../components/moment.js';
import { urlText, urlValue, useUrlFilters } from '../../../data/use-url-filters.js';
import { sentenceOf } from '../../../domain/audit-sentence.js';
import { AUDIT_ACTION_WORDS } from '../../../domain/catalogue/audit-words.js';
import { formatFullMoment, startOfDay } from '../../../domain/format-time.js';
import { EmptyState } from '../../../ui/empty-state.js';
import { PageHeader } from '../../../ui/page-header.js';
import { SearchField } from '../../../ui/search-field.js';
import { type AuditFilters, useAudit } from '../api/use-audit.js';
import { useVerifyAudit } from '../api/use-verify-audit.js';
import { EntryDetails } from '../components/entry-details.js';
import { VerifyResult } from '../components/verify-result.js';

const ACTIONS = Object.entries(AUDIT_ACTION_WORDS)
  .map(([value, label]) => ({ value, label }))
  .toSorted((a, b) => a.label.localeCompare(b.label));

const FILTERS = {
  q: urlText,
  action: urlValue(AuditAction),
  actor_id: urlValue(Id),
  from: urlValue(z.iso.date()),
  to: urlValue(z.iso.date()),
};

/** The audit log: what was done, by which user and from where. Entries cannot be changed. */
export function AuditPage() {
  const { filters: chosen, set, clear, isFiltered } = useUrlFilters(FILTERS);
  const filters: AuditFilters = {
    ...chosen,
    q: chosen.q === '' ? undefined : chosen.q,
    from: startOfDay(chosen.from ?? null),
    to: startOfDay(chosen.to ?? null, 1),
  };
  const list = useAudit(filters);
  const verify = useVerifyAudit();
  const actor = list.rows.find((entry) => entry.actor.id === filters.actor_id)?.actor.name;

  const columns: ReadonlyArray<Column<AuditEntry>> = [
    { key: 'at', header: 'When', width: 110, render: (entry) => <Moment at={entry.at} /> },
    {
      key: 'actor',
      header: 'Who',
      width: 190,
      render: ({ actor: { id, name } }) =>
        id === null ? (
          <Text size="sm" c="dimmed">
            {name}
          </Text>
        ) : (
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            c="inherit"
            fw={560}
            px={4}
            ml={-4}
            title={`Only what ${name} did`}
            onClick={() => set({ actor_id: id })}
          >
            {name}
          </Button>
        ),
    },
    {
      key: 'what',
      header: 'What',
      wide: true,
      render: (entry) => <Text size="sm">{sentenceOf(entry)}</Text>,
    },
    { key: 'address', header: 'From', width: 150, render: (entry) => entry.address ?? '–' },
  ];

  return (
    <>
      <PageHeader
        title="Audit"
        description="Who did what, when and from where. Entries cannot be changed or removed."
        actions={
          <Button
            variant="default"
            leftSection={<IconShieldCheck size={16} />}
            loading={verify.isPending}
            onClick={() => verify.mutate()}
          >
            Verify the log
          </Button>
        }
      />
      {verify.data && <VerifyResult result={verify.data} onClose={verify.reset} />}
      <Group gap="xs" mb="sm" align="flex-start">
        <SearchField
          label="Search the log"
          placeholder="Name, address or detail"
          value={chosen.q}
          onSearch={(q) => set({ q })}
          width={230}
        />
        <Select
          aria-label="What happened"
          placeholder="What happened"
          data={ACTIONS}
          value={filters.action ?? null}
          onChange={(value) => set({ action: FILTERS.action.read(value ? [value] : []) })}
          clearable
          searchable
          w={260}
        />
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
          value={chosen.to ?? ''}
          onChange={(event) => set({ to: event.currentTarget.value })}
          w={158}
        />
        {filters.actor_id !== undefined && (
          <Button variant="default" onClick={() => set({ actor_id: undefined })}>
            Only {actor ?? 'one person'} ×
          </Button>
        )}
        {isFiltered && (
          <Button variant="subtle" color="gray" onClick={clear}>
            Clear filters
          </Button>
        )}
      </Group>
      <DataTable
        label="Audit log"
        noun={['entry', 'entries']}
        columns={columns}
        list={list}
        rowId={(entry) => String(entry.seq)}
        details={{
          label: (entry) => `Details of ${sentenceOf(entry)}, ${formatFullMoment(entry.at)}`,
          render: (entry) => <EntryDetails entry={entry} />,
        }}
        empty={
          isFiltered ? (
            <EmptyState
              title="No entries match these filters"
              action={
                <Button variant="default" onClick={clear}>
                  Clear filters
                </Button>
              }
            />
          ) : (
            <EmptyState title="Nothing has happened yet" />
          )
        }
      />
    </>
  );
}
