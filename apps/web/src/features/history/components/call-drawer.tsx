import { Button, Group, Skeleton, Stack, Text, Title } from '@mantine/core';
import type { Call } from '@outdial/protocol';
import { IconRefresh } from '@tabler/icons-react';
import { CrmBadge, OutcomeBadge } from '../../../components/badges.js';
import { LeadLink } from '../../../components/drawer-links.js';
import { ErrorNote, ErrorState } from '../../../components/error-state.js';
import { Moment } from '../../../components/moment.js';
import { PhoneNumber } from '../../../components/phone-number.js';
import { useMay } from '../../../data/account-context.js';
import { CALL_STATE_WORDS } from '../../../domain/catalogue/words.js';
import { formatDuration } from '../../../domain/format-time.js';
import { Facts } from '../../../ui/facts.js';
import { SidePanel } from '../../../ui/side-panel.js';
import { useCall } from '../api/use-call.js';
import { useSyncCall } from '../api/use-sync-call.js';
import { DispositionForm } from './disposition-form.js';

/** Everything about one call, beside whatever page one is on. */
export function CallDrawer({ callId, onClose }: { callId: string | null; onClose: () => void }) {
  const call = useCall(callId);
  return (
    <SidePanel label="Call" isOpen={callId !== null} onClose={onClose}>
      {call.data ? (
        <CallDetails call={call.data} />
      ) : call.error ? (
        <ErrorState error={call.error} onRetry={() => void call.refetch()} />
      ) : (
        <Stack gap="sm" aria-busy>
          <Skeleton height={28} width="60%" />
          <Skeleton height={160} />
        </Stack>
      )}
    </SidePanel>
  );
}

const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

const RULES = {
  inside_window: 'Inside the calling window',
  window_off: 'No calling window applies',
};

function CallDetails({ call }: { call: Call }) {
  const sync = useSyncCall();
  const may = useMay();
  return (
    <Stack gap="md">
      <div>
        <Title order={2} fz={20}>
          <LeadLink id={call.lead_id}>
            <Text span fz={20} fw={620}>
              {call.lead.name}
            </Text>
          </LeadLink>
        </Title>
        <Text c="dimmed" size="sm">
          {[call.lead.job_title, call.lead.company].filter(Boolean).join(' · ')}
        </Text>
      </div>
      <Group gap="xs">
        <OutcomeBadge outcome={call.outcome} />
        <CrmBadge call={call} />
        {may('crm.manage') && (call.crm_state === 'PENDING' || call.crm_state === 'FAILED') && (
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconRefresh size={14} />}
            loading={sync.isPending}
            onClick={() => sync.mutate(call.id)}
          >
            Retry CRM sync
          </Button>
        )}
      </Group>
      {call.crm_error && <ErrorNote error={`The CRM said: ${call.crm_error}`} />}
      <Facts
        facts={[
          ['Number', <PhoneNumber key="number" value={call.phone_number} />],
          ['State', CALL_STATE_WORDS[call.state]],
          ['Ended because', call.reason && capitalized(call.reason)],
          ['Agent', call.agent_name],
          ['Queue', call.queue_name],
          ['Attempt', `${call.attempt}`],
          ['Queued', <Moment key="queued" at={call.queued_at} />],
          ['Answered', <Moment key="answered" at={call.answered_at} />],
          ['Ended', <Moment key="ended" at={call.ended_at} />],
          ['Talk time', formatDuration(call.talk_seconds)],
          [
            'Compliance',
            `${RULES[call.compliance.rule]}${call.compliance.zones.length > 0 ? ` (${call.compliance.zones.join(', ')})` : ''}`,
          ],
          ['Connection', [call.connection_id, call.provider_call_id].filter(Boolean).join(' · ')],
          ['CRM activity', call.crm_activity_id],
        ]}
      />
      <DispositionForm key={call.id} call={call} />
    </Stack>
  );
}
