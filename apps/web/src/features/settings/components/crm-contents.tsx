import { Group, NumberInput, Paper, Stack, Switch, Text, Title } from '@mantine/core';
import type { CrmActivityList, CrmContactList } from '@outdial/protocol';
import { OutcomeBadge } from '../../../components/badges.js';
import { type Column, DataTable } from '../../../components/data-table.js';
import { LeadLink, useDrawers } from '../../../components/drawer-links.js';
import { ErrorNote } from '../../../components/error-state.js';
import { Moment } from '../../../components/moment.js';
import { PhoneNumber } from '../../../components/phone-number.js';
import { useMay } from '../../../data/account-context.js';
import { EmptyState } from '../../../ui/empty-state.js';
import { useCrmActivities } from '../api/use-crm-activities.js';
import { useCrmContacts } from '../api/use-crm-contacts.js';
import { useCrmFaults, useSetCrmFaults } from '../api/use-crm-faults.js';

type Contact = CrmContactList['contacts'][number];
type Activity = CrmActivityList['activities'][number];

const CONTACTS: ReadonlyArray<Column<Contact>> = [
  { key: 'id', header: 'Contact', render: (c) => c.external_id },
  {
    key: 'name',
    header: 'Name',
    render: (c) => <LeadLink id={c.lead_id}>{c.name}</LeadLink>,
  },
  { key: 'company', header: 'Company', render: (c) => c.company ?? '–' },
  { key: 'phone', header: 'Phone', render: (c) => <PhoneNumber value={c.phone_number} /> },
  { key: 'updated', header: 'Updated', render: (c) => <Moment at={c.updated_at} /> },
];

const ACTIVITIES: ReadonlyArray<Column<Activity>> = [
  { key: 'id', header: 'Activity', render: (a) => a.id },
  { key: 'contact', header: 'Contact', render: (a) => a.contact_external_id },
  { key: 'outcome', header: 'Outcome', render: (a) => <OutcomeBadge outcome={a.outcome} /> },
  { key: 'disposition', header: 'Disposition', render: (a) => a.disposition },
  { key: 'notes', header: 'Notes', render: (a) => a.notes },
  { key: 'ended', header: 'Ended', render: (a) => <Moment at={a.ended_at} /> },
];

/** The CRM that comes with Outdial, for trying things out: what it holds, and how it may fail. */
export function CrmContents() {
  const contacts = useCrmContacts();
  const activities = useCrmActivities();
  const { openCall } = useDrawers();
  const may = useMay();
  return (
    <Stack gap="lg">
      {may('crm.manage') && <Faults />}
      <section aria-label="Activities">
        <Title order={2} mb="xs">
          Activities
        </Title>
        <DataTable
          label="Activities"
          noun={['activity', 'activities']}
          columns={ACTIVITIES}
          list={activities}
          rowId={(a) => a.id}
          onOpen={(a) => openCall(a.call_id)}
          empty={<EmptyState title="No activities yet">Each logged call creates one.</EmptyState>}
        />
      </section>
      <section aria-label="Contacts">
        <Title order={2} mb="xs">
          Contacts
        </Title>
        <DataTable
          label="Contacts"
          noun={['contact', 'contacts']}
          columns={CONTACTS}
          list={contacts}
          rowId={(c) => c.external_id}
          empty={
            <EmptyState title="No contacts yet">
              A lead becomes a contact with its first logged call.
            </EmptyState>
          }
        />
      </section>
    </Stack>
  );
}

function Faults() {
  const faults = useCrmFaults();
  const set = useSetCrmFaults();
  const it = faults.data;
  return (
    <Paper p="md" component="section" aria-label="Faults">
      <Title order={2}>Faults</Title>
      <Text size="sm" c="dimmed" mb="sm">
        Simulate a broken CRM. Calls continue; their CRM records wait as pending or failed.
      </Text>
      <ErrorNote error={faults.error} />
      {it && (
        <Group gap="xl" align="flex-end">
          <Switch
            label="The CRM is down"
            checked={it.down}
            onChange={(event) => set.mutate({ ...it, down: event.currentTarget.checked })}
            pb={8}
          />
          <Percent
            label="Requests that fail"
            value={it.fail_rate}
            onSet={(fail_rate) => set.mutate({ ...it, fail_rate })}
          />
          <Percent
            label="Written, but the response is lost"
            value={it.lose_answer_rate}
            onSet={(lose_answer_rate) => set.mutate({ ...it, lose_answer_rate })}
          />
        </Group>
      )}
    </Paper>
  );
}

function Percent({
  label,
  value,
  onSet,
}: {
  label: string;
  value: number;
  onSet: (value: number) => void;
}) {
  return (
    <NumberInput
      label={label}
      key={value}
      defaultValue={Math.round(value * 100)}
      min={0}
      max={100}
      suffix="%"
      w={200}
      onBlur={(event) => {
        const next =
          Math.min(100, Math.max(0, Number.parseInt(event.currentTarget.value, 10) || 0)) / 100;
        if (next !== value) onSet(next);
      }}
    />
  );
}
