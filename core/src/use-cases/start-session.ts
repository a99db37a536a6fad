import type { AfterConnect, Session } from '../session/session.js';
import type { DialingSettings } from '../settings/settings.js';
import type { DialerPorts } from './dialer-ports.js';

export interface StartSession {
  readonly agentId: string;
  readonly queueId: string;
  /** The connection that its calls go through. */
  readonly connectionId: string;
  readonly lines: number;
  readonly afterConnect: AfterConnect;
  readonly settings: DialingSettings;
}

export type SessionStarted =
  | { readonly kind: 'started'; readonly session: Session }
  | { readonly kind: 'too_many_lines'; readonly max: number }
  /** No call may go through the connection: why, in words. */
  | { readonly kind: 'connection_unavailable'; readonly message: string }
  | { readonly kind: 'agent_busy' | 'unknown_agent' | 'unknown_queue' };

/** Writes the session as RUNNING; its first round is filled by the job that this wakes. */
export async function startSession(
  ports: Pick<
    DialerPorts,
    'store' | 'carriers' | 'jobs' | 'announcements' | 'journal' | 'clock' | 'ids'
  >,
  input: StartSession,
): Promise<SessionStarted> {
  const { store, carriers, jobs, announcements, journal, clock, ids } = ports;
  const closedBecause = carriers.closedBecause(input.connectionId);
  if (closedBecause !== null) return { kind: 'connection_unavailable', message: closedBecause };
  const { maxLinesPerAgent } = carriers.of(input.connectionId).capabilities;
  if (input.lines > maxLinesPerAgent) return { kind: 'too_many_lines', max: maxLinesPerAgent };

  const now = clock.now();
  const session: Session = {
    id: ids.next(),
    agentId: input.agentId,
    queueId: input.queueId,
    provider: input.connectionId,
    lines: input.lines,
    afterConnect: input.afterConnect,
    status: 'RUNNING',
    reason: null,
    actor: null,
    phase: 'DIALING',
    phaseSince: now,
    round: 1,
    winnerCallId: null,
    wrapUpUntil: null,
    nextRoundAt: null,
    outage: null,
    drySince: null,
    wakeAt: now,
    metrics: { attempted: 0, connected: 0, failed: 0, canceled: 0 },
    settings: input.settings,
    startedAt: now,
    stoppedAt: null,
  };
  const created = await store.createSession(session);
  if (created !== 'created') return { kind: created };

  journal.note({
    level: 'info',
    event: 'session started',
    sessionId: session.id,
    agentId: session.agentId,
    details: {
      lines: session.lines,
      after_connect: session.afterConnect,
      provider: session.provider,
    },
  });
  jobs.wake({ job: 'advance-session', id: session.id });
  announcements.announce({ kind: 'session', sessionId: session.id, agentId: session.agentId });
  announcements.announce({ kind: 'agent', agentId: session.agentId });
  return { kind: 'started', session };
}
