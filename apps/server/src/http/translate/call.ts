import type { CallView } from '@outdial/postgres';
import type * as wire from '@outdial/protocol';
import { toWireLeadSummary } from './lead.js';
import { iso, isoOrNull } from './time.js';

export const toWireCall = (call: CallView): wire.Call => ({
  id: call.id,
  session_id: call.sessionId,
  agent_id: call.agentId,
  agent_name: call.agentName,
  queue_id: call.queueId,
  queue_name: call.queueName,
  lead_id: call.leadId,
  lead: toWireLeadSummary(call.lead),
  phone_number: call.phone,
  state: call.state,
  outcome: call.outcome,
  disposition: call.disposition,
  notes: call.note,
  reason: call.reason,
  round: call.round,
  attempt: call.attempt,
  winner: call.winner,
  provider: call.provider,
  provider_call_id: call.providerCallId,
  placement: call.placement,
  cancel_reason: call.cancelReason,
  queued_at: iso(call.queuedAt),
  dialed_at: isoOrNull(call.dialedAt),
  ringing_at: isoOrNull(call.ringingAt),
  answered_at: isoOrNull(call.answeredAt),
  answered_by: call.answeredBy,
  ended_at: isoOrNull(call.endedAt),
  talk_seconds: call.talkSeconds,
  compliance: {
    rule: call.clearance.rule,
    decided_at: iso(call.clearance.decidedAt),
    zones: [...call.clearance.zones],
    until: isoOrNull(call.clearance.until),
  },
  crm_state: call.crm?.state ?? null,
  crm_activity_id: call.crm?.activityId ?? null,
  crm_error: call.crm?.lastError ?? null,
});
