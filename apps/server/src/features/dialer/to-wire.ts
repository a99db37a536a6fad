import type { SessionReason } from '@outdial/core';
import type { SessionHeader, SessionView } from '@outdial/postgres';
import type * as wire from '@outdial/protocol';
import { iso, isoOrNull } from '../../operations/to-time.js';
import { toWireCall } from '../calls/to-wire.js';

export const toWireSessionHeader = (session: SessionHeader): wire.SessionHeader => ({
  id: session.id,
  agent_id: session.agentId,
  agent_name: session.agentName,
  queue_id: session.queueId,
  queue_name: session.queueName,
  ad_hoc: session.adHoc,
  connection_id: session.provider,
  status: session.status,
  phase: session.phase,
  phase_since: iso(session.phaseSince),
  reason: session.reason,
  message: sessionMessage(session),
  actor: session.actor && { id: session.actor.id, name: session.actor.name },
  lines: session.lines,
  concurrency: session.lines,
  after_connect: session.afterConnect,
  round: session.round,
  winner_call_id: session.winnerCallId,
  active_call_ids: [...session.activeCallIds],
  wrap_up_until: isoOrNull(session.wrapUpUntil),
  next_round_at: isoOrNull(session.nextRoundAt),
  outage: session.outage && {
    since: iso(session.outage.since),
    failures: session.outage.failures,
    message: session.outage.message,
    retry_at: iso(session.outage.retryAt),
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
  requested_by_user: 'Paused or stopped by hand.',
  first_connect: 'Stopped after the first conversation, as set when it was started.',
  queue_exhausted:
    'Stopped because no lead can be called now. A later session calls the leads that become due later.',
  agent_do_not_disturb:
    'Paused because the agent is on do not disturb. Change the status, then resume.',
  agent_offline: 'Paused because the agent is offline. Sign in at the provider, then resume.',
  agent_absent:
    'Paused because the agent had no page of Outdial open. Open the dialer, then resume. Sessions that run without a page need pause_when_away_seconds 0.',
  manual_call:
    "Paused because the agent made a call by hand in the provider's own app. Resume when that call is over.",
  waiting_for_due_item:
    'No lead may be called right now. The session waits for the next one to become due.',
  agent_busy: 'The agent is busy on the phone. The dialer looks again in a few seconds.',
  provider_unavailable: 'The provider does not answer. The dialer tries again by itself.',
  connection_unavailable: 'Paused because no call can go through its connection.',
  provider_refused:
    "Paused because the provider refuses to place calls. Fix the provider's settings, then resume.",
};

/** Why the session is paused, stopped or waiting, for people; with the provider's own words where there are any. */
function sessionMessage(session: SessionHeader): string | null {
  const { reason, status, outage, actor } = session;
  if (reason === null) return outage?.message ?? null;
  if (reason === 'agent_absent' && status === 'RUNNING') {
    return 'No calls are placed because the agent has no page of Outdial open. Open the dialer. Sessions that run without a page need pause_when_away_seconds 0.';
  }
  if (reason === 'requested_by_user') {
    const what = status === 'PAUSED' ? 'Paused' : 'Stopped';
    return `${what} ${actor ? `by ${actor.name}` : 'by hand'}.`;
  }
  if (
    outage !== null &&
    (reason === 'provider_unavailable' ||
      reason === 'provider_refused' ||
      reason === 'connection_unavailable')
  ) {
    return `${MESSAGES[reason]} ${outage.message}`;
  }
  return MESSAGES[reason];
}
