import {
  Button,
  Drawer,
  Group,
  Select,
  Skeleton,
  Stack,
  Text,
  Textarea,
  Title,
} from '@mantine/core';
import type { Call } from '@outdial/protocol';
import { IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { useMay } from '../../../data/account-context.js';
import { useDispositions } from '../../../data/use-dispositions.js';
import { CALL_STATE_WORDS } from '../../../data/words.js';
import { CrmBadge, OutcomeBadge } from '../../../ui/badges.js';
import { LeadLink } from '../../../ui/drawer-links.js';
import { ErrorNote, ErrorState } from '../../../ui/error-state.js';
import { Facts } from '../../../ui/facts.js';
import { formatDuration } from '../../../ui/format-time.js';
import { Moment } from '../../../ui/moment.js';
import { notifyDone } from '../../../ui/notify.js';
import { PhoneNumber } from '../../../ui/phone-number.js';
import { useCall } from '../api/use-call.js';
import { useChangeDisposition } from '../api/use-change-disposition.js';
import { useSyncCall } from '../api/use-sync-call.js';

/** Everything about one call, beside whatever page one is on. */
export function CallDrawer({ callId, onClose }: { callId: string | null; onClose: () => void }) {
  const call = useCall(callId);
  return (
    <Drawer
      opened={callId !== null}
      onClose={onClose}
      position="right"
      size={480}
      closeButtonProps={{ 'aria-label': 'Close' }}
      aria-label="Call"
    >
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
    </Drawer>
  );
}

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
        {may('crm.manage') && call.crm_state !== null && call.crm_state !== 'SYNCED' && (
          <Button
            variant="default"
            size="compact-sm"
            leftSection={<IconRefresh size={14} />}
            loading={sync.isPending}
            onClick={() => sync.mutate(call.id)}
          >
            Replay CRM sync
          </Button>
        )}
      </Group>
      {call.crm_error && <ErrorNote error={`The CRM said: ${call.crm_error}`} />}
      <Facts
        facts={[
          ['Number', <PhoneNumber key="number" value={call.phone_number} />],
          ['State', CALL_STATE_WORDS[call.state]],
          ['Why', call.reason],
          ['Agent', call.agent_name],
          ['Queue', call.queue_name],
          ['Round, attempt', `${call.round}, ${call.attempt}`],
          ['Queued', <Moment key="queued" at={call.queued_at} />],
          ['Answered', <Moment key="answered" at={call.answered_at} />],
          ['Ended', <Moment key="ended" at={call.ended_at} />],
          ['Talk time', formatDuration(call.talk_seconds)],
          [
            'Allowed because',
            `${RULES[call.compliance.rule]}${call.compliance.zones.length > 0 ? ` (${call.compliance.zones.join(', ')})` : ''}`,
          ],
          ['Provider', [call.provider, call.provider_call_id].filter(Boolean).join(' · ')],
          ['CRM activity', call.crm_activity_id],
        ]}
      />
      <Verdict key={call.id} call={call} />
    </Stack>
  );
}

function Verdict({ call }: { call: Call }) {
  const dispositions = useDispositions();
  const change = useChangeDisposition(call.id);
  const [disposition, setDisposition] = useState(call.disposition);
  const [notes, setNotes] = useState(call.notes ?? '');
  const labels = dispositions.data?.dispositions.map((d) => d.label) ?? [];
  const choices =
    call.disposition && !labels.includes(call.disposition) ? [call.disposition, ...labels] : labels;
  const isChanged = disposition !== call.disposition || notes !== (call.notes ?? '');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!disposition) return;
        change.mutate(
          { disposition, notes: notes.trim() === '' ? null : notes.trim() },
          { onSuccess: () => notifyDone('Saved; the CRM follows.') },
        );
      }}
    >
      <Stack gap="sm">
        <Select
          label="Disposition"
          data={choices}
          value={disposition}
          onChange={setDisposition}
          allowDeselect={false}
          disabled={call.state === 'QUEUED'}
        />
        <Textarea
          label="Notes"
          autosize
          minRows={2}
          maxRows={10}
          value={notes}
          onChange={(event) => setNotes(event.currentTarget.value)}
        />
        <ErrorNote error={change.error} />
        <Group justify="flex-end">
          <Button type="submit" disabled={!isChanged || !disposition} loading={change.isPending}>
            Save
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
