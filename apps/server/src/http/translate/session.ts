import type { SessionReason, TelephonyCapabilities } from '@outdial/core';
import type { SessionHeader, SessionView } from '@outdial/postgres';
import type * as wire from '@outdial/protocol';
import { toWireCall } from './call.js';
import { iso, isoOrNull } from './time.js';

export const toWireSessionHeader = (session: SessionHeader): wire.SessionHeader => ({
  id: session.id,
  agent_id: session.agentId,
  agent_name: session.agentName,
  queue_id: session.queueId,
  queue_name: session.queueName,
  ad_hoc: session.adHoc,
  provider: session.provider,
  status: session.status,
  phase: session.phase,
  phase_since: iso(session.phaseSince),
  reason: session.reason,
  message: sessionMessage(session),
  lines: session.lines,
  concurrency: session.lines,
  after_connect: session.afterConnect,
  round: session.round,
  winner_call_id: session.winnerCallId,
  active_call_ids: [...session.activeCallIds],
  wrap_up_until: isoOrNull(session.wrapUpUntil),
  next_round_at: isoOrNull(session.nextRoundAt),
  trouble: session.trouble && {
    since: iso(session.trouble.since),
    failures: session.trouble.failures,
    message: session.trouble.message,
    retry_at: iso(session.trouble.retryAt),
  },
  metrics: {
    attempted: session.metrics.attempted,
    connected: session.metrics.connected,
    failed: session.metrics.failed,
    canceled: session.metrics.canceled,
  },
  started_at: iso(session.startedAt),
  stopped_at: isoOrNull(session.stoppedAt),
});

export const toWireSession = (session: SessionView): wire.Session => ({
  ...toWireSessionHeader(session),
  lead_queue: [...session.leadQueue],
  calls: session.calls.map(toWireCall),
});

const MESSAGES: Readonly<Record<SessionReason, string>> = {
  by_person: 'Somebody did this by hand.',
  first_connect: 'Stopped at the first conversation, as asked for when it was started.',
  queue_dry:
    'Stopped, because nobody can be called now. Leads that wait for their time are called by a later session.',
  agent_do_not_disturb: 'Paused, because the agent is on do not disturb. Change that, then resume.',
  agent_offline: 'Paused, because the agent is offline. Sign in at the provider, then resume.',
  agent_away:
    'Paused, because the agent was gone: no screen of theirs has been connected for a while. Resume when you are back.',
  manual_call:
    "Paused, because the agent dialed by hand in the provider's own app. Resume when that call is over.",
  waiting_for_due_item:
    'Nobody may be called at this moment; waiting for the next lead to become due.',
  agent_busy: 'The agent is busy on the phone; the dialer looks again in a few seconds.',
  provider_trouble: 'The provider does not answer; the dialer tries again by itself.',
  provider_changed: 'Paused, because calls go through another provider now.',
  provider_refused:
    'Paused, because the provider refuses to place calls. Mend its settings, then resume.',
};

/** Why the session is paused, stopped or waiting, for people; with the provider's own words where there are any. */
function sessionMessage(session: SessionHeader): string | null {
  const { reason, status, trouble } = session;
  if (reason === null) return trouble?.message ?? null;
  if (reason === 'by_person') return status === 'PAUSED' ? 'Paused by hand.' : 'Stopped by hand.';
  if (
    trouble !== null &&
    (reason === 'provider_trouble' ||
      reason === 'provider_refused' ||
      reason === 'provider_changed')
  ) {
    return `${MESSAGES[reason]} ${trouble.message}`;
  }
  return MESSAGES[reason];
}

export const toWireProvider = (
  name: string,
  capabilities: TelephonyCapabilities,
): wire.DialerStatus['provider'] => ({
  name,
  max_lines_per_agent: capabilities.maxLinesPerAgent,
  can_hang_up: capabilities.canHangUp,
  detects_machines: capabilities.detectsMachines,
  reports_availability: capabilities.reportsAvailability,
  reaches_real_phones: capabilities.reachesRealPhones,
});
