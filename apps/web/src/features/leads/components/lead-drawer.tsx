import { Badge, Button, Divider, Group, Skeleton, Stack, Tabs, Text, Title } from '@mantine/core';
import type { Lead } from '@outdial/protocol';
import {
  IconPencil,
  IconPhone,
  IconPhoneCheck,
  IconPhoneOff,
  IconSparkles,
  IconTrash,
} from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { CrmBadge, ItemStateBadge, OutcomeBadge } from '../../../components/badges.js';
import { useDrawers } from '../../../components/drawer-links.js';
import { ErrorNote, ErrorState } from '../../../components/error-state.js';
import { Moment } from '../../../components/moment.js';
import { PhoneNumber } from '../../../components/phone-number.js';
import { useMay } from '../../../data/account-context.js';
import { useQueues } from '../../../data/use-queues.js';
import { useStartDialer } from '../../../data/use-start-dialer.js';
import { useTakesCalls } from '../../../data/use-takes-calls.js';
import { formatDuration } from '../../../domain/format-time.js';
import { confirm } from '../../../ui/confirm.js';
import { Facts } from '../../../ui/facts.js';
import { SidePanel } from '../../../ui/side-panel.js';
import { useAllowContact } from '../api/use-allow-contact.js';
import { useDeleteLead } from '../api/use-delete-lead.js';
import { useEnrichLeads } from '../api/use-enrich-leads.js';
import { useLead } from '../api/use-lead.js';
import { useLeadActivities } from '../api/use-lead-activities.js';
import { useLeadCalls } from '../api/use-lead-calls.js';
import { useLeadQueueItems } from '../api/use-lead-queue-items.js';
import { useSuppress } from '../api/use-suppress.js';
import { LeadFormDialog } from './lead-form.js';
import { PersonalData } from './personal-data.js';

/** Everything about one lead, beside whatever page one is on. */
export function LeadDrawer({ leadId, onClose }: { leadId: string | null; onClose: () => void }) {
  const lead = useLead(leadId);
  return (
    <SidePanel label="Lead" isOpen={leadId !== null} onClose={onClose}>
      {lead.data ? (
        <LeadDetails lead={lead.data} onClose={onClose} />
      ) : lead.error ? (
        <ErrorState error={lead.error} onRetry={() => void lead.refetch()} />
      ) : (
        <Stack gap="sm" aria-busy>
          <Skeleton height={28} width="60%" />
          <Skeleton height={160} />
        </Stack>
      )}
    </SidePanel>
  );
}

function LeadDetails({ lead, onClose }: { lead: Lead; onClose: () => void }) {
  const navigate = useNavigate();
  const [isEditing, setIsEditing] = useState(false);
  const enrich = useEnrichLeads();
  const suppress = useSuppress();
  const allow = useAllowContact();
  const remove = useDeleteLead();
  const start = useStartDialer();
  const may = useMay();
  const takesCalls = useTakesCalls();

  const call = () =>
    start.mutate(
      { lead_ids: [lead.id], lines: 1, after_connect: 'stop' },
      { onSuccess: () => void navigate('/dialer') },
    );
  return (
    <Stack gap="md">
      <div>
        <Title order={2} fz={20}>
          {lead.name}
        </Title>
        <Text c="dimmed" size="sm">
          {[lead.job_title, lead.company].filter(Boolean).join(' · ') || 'No company known'}
        </Text>
      </div>
      <Group gap="xs">
        {takesCalls && (
          <Button leftSection={<IconPhone size={16} />} onClick={call} loading={start.isPending}>
            Call
          </Button>
        )}
        {may('leads.edit') && (
          <Button
            variant="default"
            leftSection={<IconPencil size={16} />}
            onClick={() => setIsEditing(true)}
          >
            Edit
          </Button>
        )}
        {may('leads.manage') && (
          <Button
            variant="default"
            leftSection={<IconSparkles size={16} />}
            loading={enrich.isPending}
            onClick={() => enrich.mutate([lead.id])}
          >
            Enrich
          </Button>
        )}
      </Group>
      <ErrorNote error={start.error} />
      <Facts
        facts={[
          ['Phone', <PhoneNumber key="phone" value={lead.phone_number} />],
          [
            'Further numbers',
            lead.further_phone_numbers
              .map(({ phone_number, label }) => (label ? `${label} ${phone_number}` : phone_number))
              .join(', ') || null,
          ],
          ['Email', lead.email],
          ['Headcount', lead.headcount],
          ['Industry', lead.industry],
          ['Time zone', lead.time_zone ?? 'From the number'],
          ['Score', lead.score],
          ['CRM contact', lead.crm_external_id ?? 'Not in the CRM yet'],
          ['Added', <Moment key="added" at={lead.created_at} />],
        ]}
      />
      {lead.enrichment && (
        <>
          <Divider label={`Enriched by ${lead.enrichment.provider}`} labelPosition="left" />
          <Facts
            facts={Object.entries(lead.enrichment.data).map(([key, value]) => [
              asWords(key),
              asText(value),
            ])}
          />
        </>
      )}
      <Tabs defaultValue="calls" keepMounted={false}>
        <Tabs.List>
          <Tabs.Tab value="calls">Calls</Tabs.Tab>
          <Tabs.Tab value="crm">CRM activities</Tabs.Tab>
          <Tabs.Tab value="queues">Queues</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="calls" pt="sm">
          <LeadCalls leadId={lead.id} />
        </Tabs.Panel>
        <Tabs.Panel value="crm" pt="sm">
          <LeadActivities leadId={lead.id} />
        </Tabs.Panel>
        <Tabs.Panel value="queues" pt="sm">
          <LeadQueues leadId={lead.id} />
        </Tabs.Panel>
      </Tabs>
      <Divider />
      <Group gap="xs">
        {may('suppressions.add') && (
          <Button
            variant="subtle"
            color="rust"
            leftSection={<IconPhoneOff size={16} />}
            loading={suppress.isPending}
            onClick={() =>
              confirm({
                title: `Never call ${lead.name} again?`,
                children:
                  'The number is added to the do-not-call list, for every queue and session. It can be removed in the settings.',
                confirm: 'Do not call',
                onConfirm: () => suppress.mutate(lead.phone_number),
              })
            }
          >
            Do not call
          </Button>
        )}
        {may('leads.manage') && (
          <Button
            variant="subtle"
            leftSection={<IconPhoneCheck size={16} />}
            loading={allow.isPending}
            onClick={() =>
              confirm({
                title: `Allow calls to ${lead.name} again?`,
                children:
                  'Dispositions such as “Not Interested” no longer keep this person out of queues. Make sure that they agreed to be called. Numbers on the do-not-call list stay there.',
                confirm: 'Allow calls',
                onConfirm: () => allow.mutate(lead.id),
              })
            }
          >
            Allow calls again
          </Button>
        )}
        {may('leads.manage') && (
          <Button
            variant="subtle"
            color="rust"
            leftSection={<IconTrash size={16} />}
            loading={remove.isPending}
            onClick={() =>
              confirm({
                title: `Delete ${lead.name}?`,
                children: 'The lead is removed from every queue. Past calls stay in the history.',
                confirm: 'Delete lead',
                onConfirm: () => remove.mutate(lead.id, { onSuccess: onClose }),
              })
            }
          >
            Delete
          </Button>
        )}
      </Group>
      {may('people.manage') && <PersonalData lead={lead} onErased={onClose} />}
      <LeadFormDialog isOpen={isEditing} onClose={() => setIsEditing(false)} lead={lead} />
    </Stack>
  );
}

const asText = (value: string | number | boolean | null) =>
  typeof value === 'boolean' ? (value ? 'Yes' : 'No') : value;

const asWords = (key: string) => {
  const words = key.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

function LeadCalls({ leadId }: { leadId: string }) {
  const calls = useLeadCalls(leadId);
  const { openCall } = useDrawers();
  if (calls.error) return <ErrorNote error={calls.error} />;
  if (!calls.data) return <Skeleton height={60} />;
  if (calls.data.calls.length === 0) return <Nothing>Not called yet.</Nothing>;
  return (
    <Stack gap={2}>
      {calls.data.calls.map((call) => (
        <Button
          key={call.id}
          variant="subtle"
          color="gray"
          justify="space-between"
          fullWidth
          px="xs"
          fw={450}
          onClick={() => openCall(call.id)}
          rightSection={
            <Group gap={6}>
              <CrmBadge call={call} />
              <OutcomeBadge outcome={call.outcome} />
            </Group>
          }
        >
          <Moment at={call.ended_at} />
          {call.talk_seconds > 0 && ` · ${formatDuration(call.talk_seconds)}`}
        </Button>
      ))}
    </Stack>
  );
}

function LeadActivities({ leadId }: { leadId: string }) {
  const activities = useLeadActivities(leadId);
  if (activities.error) return <ErrorNote error={activities.error} />;
  if (!activities.data) return <Skeleton height={60} />;
  if (activities.data.activities.length === 0) return <Nothing>No CRM activities yet.</Nothing>;
  return (
    <Stack gap="sm">
      {activities.data.activities.map((activity) => (
        <div key={activity.id}>
          <Group justify="space-between" gap="xs">
            <Text size="sm" fw={560}>
              {activity.disposition}
            </Text>
            <Text size="xs" c="dimmed">
              <Moment at={activity.ended_at} />
            </Text>
          </Group>
          <Text size="sm">{activity.notes}</Text>
          <Text size="xs" c="dimmed">
            {activity.id} · {activity.agent_name}
          </Text>
        </div>
      ))}
    </Stack>
  );
}

function LeadQueues({ leadId }: { leadId: string }) {
  const items = useLeadQueueItems(leadId);
  const queues = useQueues();
  const navigate = useNavigate();
  if (items.error) return <ErrorNote error={items.error} />;
  if (!items.data) return <Skeleton height={60} />;
  if (items.data.items.length === 0) return <Nothing>Not in any queue.</Nothing>;
  return (
    <Stack gap={2}>
      {items.data.items.map((item) => (
        <Button
          key={item.id}
          variant="subtle"
          color="gray"
          justify="space-between"
          fullWidth
          px="xs"
          fw={450}
          onClick={() => void navigate(`/queues/${item.queue_id}`)}
          rightSection={
            <Group gap={6}>
              {item.callback && <Badge color="plum">Callback</Badge>}
              <ItemStateBadge state={item.state} />
            </Group>
          }
        >
          <span>
            {queues.data?.queues.find((q) => q.id === item.queue_id)?.name ?? 'Queue'} ·{' '}
            {item.state === 'PENDING' ? 'due ' : 'since '}
            <Moment at={item.state === 'PENDING' ? item.due_at : item.created_at} />
          </span>
        </Button>
      ))}
    </Stack>
  );
}

function Nothing({ children }: { children: string }) {
  return (
    <Text size="sm" c="dimmed">
      {children}
    </Text>
  );
}
