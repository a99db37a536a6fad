import { Button, Group, Select, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { AUDIT_ACTIONS, type AuditAction, type AuditEntry } from '@outdial/protocol';
import { IconSearch, IconShieldCheck } from '@tabler/icons-react';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { type Column, DataTable } from '../../../ui/data-table.js';
import { EmptyState } from '../../../ui/empty-state.js';
import { formatFullMoment, startOfDay } from '../../../ui/format-time.js';
import { Moment } from '../../../ui/moment.js';
import { PageHeader } from '../../../ui/page-header.js';
import { type AuditFilters, useAudit } from '../api/use-audit.js';
import { useVerifyAudit } from '../api/use-verify-audit.js';
import { EntryDetails } from '../components/entry-details.js';
import { VerifyResult } from '../components/verify-result.js';
import { sentenceOf } from '../sentence.js';

const ACTIONS = Object.entries(AUDIT_ACTIONS)
  .map(([value, label]) => ({ value, label }))
  .toSorted((a, b) => a.label.localeCompare(b.label));

const isAction = (value: string | undefined): value is AuditAction =>
  value !== undefined && Object.hasOwn(AUDIT_ACTIONS, value);

/** Everything that matters, by whom and from where; nothing in it can be changed. */
export function AuditPage() {
  const [search, setSearch] = useSearchParams();
  const [typed, setTyped] = useState(search.get('q') ?? '');
  const [q] = useDebouncedValue(typed.trim(), 250);

  const get = (name: string) => search.get(name) ?? undefined;
  const action = get('action');
  const filters: AuditFilters = {
    q: q === '' ? undefined : q,
    action: isAction(action) ? action : undefined,
    actor_id: get('actor_id'),
    from: startOfDay(search.get('from')),
    to: startOfDay(search.get('to'), 1),
  };
  const list = useAudit(filters);
  const verify = useVerifyAudit();
  const isFiltered = Object.values(filters).some((value) => value !== undefined);
  const actor = list.rows.find((entry) => entry.actor.id === filters.actor_id)?.actor.name;

  const set = (name: string, value: string | null) =>
    setSearch(
      (old) => {
        const next = new URLSearchParams(old);
        next.delete(name);
        if (value) next.set(name, value);
        return next;
      },
      { replace: true },
    );
  const clear = () => {
    setTyped('');
    setSearch({}, { replace: true });
  };

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
            onClick={() => set('actor_id', id)}
          >
            {name}
          </Button>
        ),
    },
    { key: 'what', header: 'What', render: (entry) => <Text size="sm">{sentenceOf(entry)}</Text> },
    { key: 'address', header: 'From', width: 150, render: (entry) => entry.address ?? '–' },
  ];

  return (
    <>
      <PageHeader
        title="Audit"
        description="What happened, by whom and from where. Nothing here can be changed or removed."
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
        <TextInput
          aria-label="Search the log"
          placeholder="Name, address or detail"
          leftSection={<IconSearch size={15} />}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          w={230}
        />
        <Select
          aria-label="What happened"
          placeholder="What happened"
          data={ACTIONS}
          value={filters.action ?? null}
          onChange={(value) => set('action', value)}
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
          value={search.get('from') ?? ''}
          onChange={(event) => set('from', event.currentTarget.value)}
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
          onChange={(event) => set('to', event.currentTarget.value)}
          w={158}
        />
        {filters.actor_id !== undefined && (
          <Button variant="default" onClick={() => set('actor_id', null)}>
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
              title="No entry fits these filters"
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
