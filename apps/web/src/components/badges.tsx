import { Badge, Tooltip } from '@mantine/core';
import type { Agent, Call, Outcome, QueueItem, SessionHeader } from '@outdial/protocol';
import { IconAlertTriangle, IconCheck, IconClock, IconMinus } from '@tabler/icons-react';
import {
  AGENT_WORDS,
  CRM_WORDS,
  ITEM_STATE_WORDS,
  OUTCOME_COLORS,
  OUTCOME_WORDS,
  PHASE_WORDS,
} from '../domain/catalogue/words.js';

export function OutcomeBadge({ outcome }: { outcome: Outcome | null }) {
  if (outcome === null) return null;
  return <Badge color={OUTCOME_COLORS[outcome]}>{OUTCOME_WORDS[outcome]}</Badge>;
}

const CRM_ICONS = {
  PENDING: <IconClock size={12} />,
  SYNCED: <IconCheck size={12} />,
  FAILED: <IconAlertTriangle size={12} />,
  NOT_LOGGED: <IconMinus size={12} />,
};

export function CrmBadge({
  call,
}: {
  call: Pick<Call, 'crm_state' | 'crm_error' | 'crm_activity_id'>;
}) {
  if (call.crm_state === null) return null;
  const { word, color } = CRM_WORDS[call.crm_state];
  const more = call.crm_error ?? (call.crm_activity_id ? `Activity ${call.crm_activity_id}` : null);
  return (
    <Tooltip label={more} disabled={more === null} multiline maw={320}>
      <Badge variant="outline" color={color} leftSection={CRM_ICONS[call.crm_state]}>
        {word}
      </Badge>
    </Tooltip>
  );
}

export function AgentStatusBadge({ status }: { status: Agent['status'] }) {
  const { word, color } = AGENT_WORDS[status];
  return (
    <Badge color={color} variant="dot">
      {word}
    </Badge>
  );
}

export function PhaseBadge({ phase }: { phase: SessionHeader['phase'] }) {
  const { word, color } = PHASE_WORDS[phase];
  return <Badge color={color}>{word}</Badge>;
}

export function ItemStateBadge({ state }: { state: QueueItem['state'] }) {
  const { word, color } = ITEM_STATE_WORDS[state];
  return <Badge color={color}>{word}</Badge>;
}
