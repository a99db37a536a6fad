import { isLive } from '../call/call.js';
import type { Applied } from '../ports/dialer-store.js';
import type { JobHint } from '../ports/jobs.js';
import type { DialerPorts } from './dialer-ports.js';

/**
 * After a commit: wakes the jobs of the rows that it wrote, publishes the changes to subscribers, and writes the journal.
 * All hints follow from the rows, so a lost hint is found again by the sweeper.
 */
export function publishEffects<T>(
  { jobs, announcements, journal }: Pick<DialerPorts, 'jobs' | 'announcements' | 'journal'>,
  applied: Applied<T>,
): void {
  const { before, session, calls } = applied;
  for (const hint of hintsOf(applied)) jobs.wake(hint);

  const agentId = session.agentId;
  for (const call of calls) {
    announcements.announce({ kind: 'call', callId: call.id, sessionId: session.id, agentId });
    if (!isLive(call) && call.crm.revision === 0) {
      journal.note({
        level: 'info',
        event: 'call completed',
        sessionId: session.id,
        callId: call.id,
        details: { outcome: call.outcome, talk_seconds: call.talkSeconds, reason: call.reason },
      });
    }
  }
  if (session !== before) {
    announcements.announce({ kind: 'session', sessionId: session.id, agentId });
  }
  if (session.phase !== before.phase || session.status !== before.status) {
    announcements.announce({ kind: 'agent', agentId });
  }
  if (session.status !== before.status) {
    journal.note({
      level: 'info',
      event: 'session changed status',
      sessionId: session.id,
      agentId,
      details: { from: before.status, to: session.status, reason: session.reason },
    });
  }
  if (session.winnerCallId !== null && session.winnerCallId !== before.winnerCallId) {
    journal.note({
      level: 'info',
      event: 'round won',
      sessionId: session.id,
      callId: session.winnerCallId,
      details: { round: session.round },
    });
  }
  if (session.outage !== null && session.outage.failures !== before.outage?.failures) {
    journal.note({
      level: 'warn',
      event: 'provider outage',
      sessionId: session.id,
      details: { failures: session.outage.failures, message: session.outage.message },
    });
  }
  const queueIds = new Set(applied.contact?.queueIds ?? []);
  if (applied.queueChanged) queueIds.add(session.queueId);
  for (const queueId of queueIds) announcements.announce({ kind: 'queue', queueId });
}

function hintsOf<T>({ session, before, calls }: Applied<T>): JobHint[] {
  const hints: JobHint[] = [];
  for (const call of calls) {
    switch (call.state) {
      case 'QUEUED':
        hints.push({ job: 'place-call', id: call.id, at: call.placeAt });
        break;
      case 'DIALING':
      case 'RINGING':
      case 'IN_PROGRESS':
        hints.push({ job: 'check-call', id: call.id, at: call.deadlineAt });
        if (call.cancellation?.askAt) {
          hints.push({ job: 'hang-up-call', id: call.id, at: call.cancellation.askAt });
        }
        break;
      case 'COMPLETED':
        if (call.crm.dueAt !== null) {
          hints.push({ job: 'sync-call', id: call.id, at: call.crm.dueAt });
        }
        break;
      default: {
        const never: never = call;
        return never;
      }
    }
  }
  if (session.wakeAt !== null && (session !== before || calls.length > 0)) {
    hints.push({ job: 'advance-session', id: session.id, at: session.wakeAt });
  }
  return hints;
}
