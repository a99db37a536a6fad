import { Button, Group, MultiSelect, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type Lead, LeadListQuery } from '@outdial/protocol';
import { IconFileImport, IconPlus } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';
import { z } from 'zod';
import { type Column, DataTable } from '../../../components/data-table.js';
import { LeadLink, useDrawers } from '../../../components/drawer-links.js';
import { Moment } from '../../../components/moment.js';
import { PhoneNumber } from '../../../components/phone-number.js';
import { useMay } from '../../../data/account-context.js';
import { useTakesCalls } from '../../../data/use-takes-calls.js';
import { urlChoice, urlText, urlValues, useUrlFilters } from '../../../data/use-url-filters.js';
import { EmptyState } from '../../../ui/empty-state.js';
import { PageHeader } from '../../../ui/page-header.js';
import { SearchField } from '../../../ui/search-field.js';
import { useLeadOptions } from '../api/use-lead-options.js';
import { useLeads } from '../api/use-leads.js';
import { BulkBar } from '../components/bulk-bar.js';
import { LeadFormDialog } from '../components/lead-form.js';

const COLUMNS: ReadonlyArray<Column<Lead>> = [
  {
    key: 'name',
    header: 'Name',
    wide: true,
    sort: 'name',
    render: (lead) => (
      <>
        <LeadLink id={lead.id}>{lead.name}</LeadLink>
        <Text size="xs" c="dimmed">
          {lead.job_title ?? '\u00a0'}
        </Text>
      </>
    ),
  },
  {
    key: 'company',
    header: 'Company',
    wide: true,
    sort: 'company',
    render: (lead) => lead.company ?? '–',
  },
  { key: 'phone', header: 'Phone', render: (lead) => <PhoneNumber value={lead.phone_number} /> },
  { key: 'industry', header: 'Industry', render: (lead) => lead.industry ?? '–' },
  {
    key: 'headcount',
    header: 'Headcount',
    sort: 'headcount',
    render: (lead) => lead.headcount ?? '–',
  },
  { key: 'score', header: 'Score', sort: 'score', numeric: true, render: (lead) => lead.score },
  {
    key: 'added',
    header: 'Added',
    sort: 'created_at',
    render: (l) => <Moment at={l.created_at} />,
  },
];

const FILTERS = {
  q: urlText,
  industry: urlValues(z.string()),
  headcount: urlValues(z.string()),
  sort: urlChoice(LeadListQuery.shape.sort.removeDefault(), '-created_at'),
};

export function LeadsPage() {
  const { filters, set, clear } = useUrlFilters(FILTERS);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [isAdding, adding] = useDisclosure();
  const { openLead } = useDrawers();
  const may = useMay();
  const mayManage = may('leads.manage');
  const takesCalls = useTakesCalls();
  const maySelect = mayManage || takesCalls || may('queues.manage');
  const options = useLeadOptions();

  const { industry, headcount } = filters;
  const list = useLeads(filters);
  const isFiltered = filters.q !== '' || industry.length > 0 || headcount.length > 0;

  const names = useMemo(() => new Map(list.rows.map((l) => [l.id, l.name])), [list.rows]);
  // In the order of the table: that is the order they are called in.
  const chosenIds = useMemo(() => {
    const inTable = list.rows.filter((l) => chosen.has(l.id)).map((l) => l.id);
    const elsewhere = [...chosen].filter((id) => !names.has(id));
    return [...inTable, ...elsewhere];
  }, [list.rows, chosen, names]);

  return (
    <>
      <PageHeader
        title="Leads"
        description={
          mayManage
            ? 'Select leads to call, or add them to a queue.'
            : 'The leads in your queues. Select leads to call.'
        }
        actions={
          mayManage && (
            <>
              <Button
                component={Link}
                to="/import"
                variant="default"
                leftSection={<IconFileImport size={16} />}
              >
                Import
              </Button>
              <Button leftSection={<IconPlus size={16} />} onClick={adding.open}>
                Add lead
              </Button>
            </>
          )
        }
      />
      <Group gap="xs" mb="sm" align="flex-start">
        <SearchField
          label="Search leads"
          placeholder="Name, company, email or number"
          value={filters.q}
          onSearch={(q) => set({ q })}
          width={270}
        />
        <MultiSelect
          aria-label="Industry"
          placeholder={industry.length === 0 ? 'Industry' : ''}
          data={options.data?.industries ?? industry}
          value={industry}
          onChange={(values) => set({ industry: values })}
          clearable
          searchable
          miw={210}
          maw={380}
        />
        <MultiSelect
          aria-label="Headcount"
          placeholder={headcount.length === 0 ? 'Headcount' : ''}
          data={options.data?.headcounts ?? headcount}
          value={headcount}
          onChange={(values) => set({ headcount: values })}
          clearable
          miw={180}
          maw={320}
        />
        {isFiltered && (
          <Button variant="subtle" color="gray" onClick={clear}>
            Clear filters
          </Button>
        )}
      </Group>
      <DataTable
        label="Leads"
        noun={['lead', 'leads']}
        columns={COLUMNS}
        list={list}
        rowId={(lead) => lead.id}
        onOpen={(lead) => openLead(lead.id)}
        {...(maySelect && {
          selection: {
            ids: chosen,
            onChange: setChosen,
            label: (id) => `Select ${names.get(id) ?? 'lead'}`,
          },
        })}
        sort={filters.sort}
        onSort={(next) => set({ sort: FILTERS.sort.read([next]) })}
        empty={
          isFiltered ? (
            <EmptyState
              title="No leads match these filters"
              action={
                <Button variant="default" onClick={clear}>
                  Clear filters
                </Button>
              }
            />
          ) : !mayManage ? (
            <EmptyState title="There are no leads here yet">
              Leads of the queues that you work appear here.
            </EmptyState>
          ) : (
            <EmptyState
              title="There are no leads yet"
              action={
                <Group gap="xs">
                  <Button component={Link} to="/import">
                    Import a CSV
                  </Button>
                  <Button variant="default" onClick={adding.open}>
                    Add lead
                  </Button>
                </Group>
              }
            >
              Import a CSV file, or add leads one by one.
            </EmptyState>
          )
        }
      />
      {chosenIds.length > 0 && <BulkBar leadIds={chosenIds} onClear={() => setChosen(new Set())} />}
      <LeadFormDialog isOpen={isAdding} onClose={adding.close} />
    </>
  );
}
