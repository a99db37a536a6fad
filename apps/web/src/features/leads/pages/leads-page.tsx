import { Button, Group, MultiSelect, Text, TextInput } from '@mantine/core';
import { useDebouncedValue, useDisclosure } from '@mantine/hooks';
import { type Lead, LeadListQuery } from '@outdial/protocol';
import { IconFileImport, IconPlus, IconSearch } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { Link, useSearchParams } from 'react-router';
import { useMay } from '../../../data/account-context.js';
import { useTakesCalls } from '../../../data/use-takes-calls.js';
import { type Column, DataTable } from '../../../ui/data-table.js';
import { LeadLink, useDrawers } from '../../../ui/drawer-links.js';
import { EmptyState } from '../../../ui/empty-state.js';
import { Moment } from '../../../ui/moment.js';
import { PageHeader } from '../../../ui/page-header.js';
import { PhoneNumber } from '../../../ui/phone-number.js';
import { useLeadOptions } from '../api/use-lead-options.js';
import { useLeads } from '../api/use-leads.js';
import { BulkBar } from '../components/bulk-bar.js';
import { LeadFormDialog } from '../components/lead-form.js';

const COLUMNS: ReadonlyArray<Column<Lead>> = [
  {
    key: 'name',
    header: 'Name',
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
  { key: 'company', header: 'Company', sort: 'company', render: (lead) => lead.company ?? '–' },
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

export function LeadsPage() {
  const [search, setSearch] = useSearchParams();
  const [typed, setTyped] = useState(search.get('q') ?? '');
  const [q] = useDebouncedValue(typed, 250);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [isAdding, adding] = useDisclosure();
  const { openLead } = useDrawers();
  const may = useMay();
  const mayManage = may('leads.manage');
  const takesCalls = useTakesCalls();
  const maySelect = mayManage || takesCalls || may('queues.manage');
  const options = useLeadOptions();

  const industry = search.getAll('industry');
  const headcount = search.getAll('headcount');
  const sort = LeadListQuery.shape.sort.catch('-created_at').parse(search.get('sort') ?? undefined);
  const filters = { q, industry, headcount, sort };
  const list = useLeads(filters);
  const isFiltered = q !== '' || industry.length > 0 || headcount.length > 0;

  const names = useMemo(() => new Map(list.rows.map((l) => [l.id, l.name])), [list.rows]);
  // In the order of the table: that is the order they are called in.
  const chosenIds = useMemo(() => {
    const inTable = list.rows.filter((l) => chosen.has(l.id)).map((l) => l.id);
    const elsewhere = [...chosen].filter((id) => !names.has(id));
    return [...inTable, ...elsewhere];
  }, [list.rows, chosen, names]);

  const setParam = (name: string, values: string[]) =>
    setSearch(
      (old) => {
        const next = new URLSearchParams(old);
        next.delete(name);
        for (const value of values) next.append(name, value);
        return next;
      },
      { replace: true },
    );
  const clearFilters = () => {
    setTyped('');
    setSearch({}, { replace: true });
  };

  return (
    <>
      <PageHeader
        title="Leads"
        description={
          mayManage
            ? 'Select whom to call, or put them into a queue.'
            : 'The people in the queues that you may work. Select whom to call.'
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
        <TextInput
          aria-label="Search leads"
          placeholder="Name, company, email or number"
          leftSection={<IconSearch size={15} />}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          w={270}
        />
        <MultiSelect
          aria-label="Industry"
          placeholder={industry.length === 0 ? 'Industry' : ''}
          data={options.data?.industries ?? industry}
          value={industry}
          onChange={(values) => setParam('industry', values)}
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
          onChange={(values) => setParam('headcount', values)}
          clearable
          miw={180}
          maw={320}
        />
        {isFiltered && (
          <Button variant="subtle" color="gray" onClick={clearFilters}>
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
        sort={sort}
        onSort={(next) => setParam('sort', [next])}
        empty={
          isFiltered ? (
            <EmptyState
              title="No lead fits these filters"
              action={
                <Button variant="default" onClick={clearFilters}>
                  Clear filters
                </Button>
              }
            />
          ) : !mayManage ? (
            <EmptyState title="There are no leads here yet">
              The people in the queues that you may work appear here.
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
              Bring a list as a CSV file, or add people one by one.
            </EmptyState>
          )
        }
      />
      {chosenIds.length > 0 && <BulkBar leadIds={chosenIds} onClear={() => setChosen(new Set())} />}
      <LeadFormDialog isOpen={isAdding} onClose={adding.close} />
    </>
  );
}
