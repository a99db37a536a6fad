import { isLive } from '../call/call.js';
import type { CallFacts } from '../call/facts.js';
import type { SceneOfCall } from '../ports/dialer-store.js';
import type { TelephonyCapabilities } from '../ports/telephony.js';
import type { Session } from '../session/session.js';

/** A node says this often which agents have a screen connected to it. */
export const SCREEN_HEARTBEAT_MS = 10_000;

/** A screen of which its node has said nothing for so long is gone: the node died. Two heartbeats may fail. */
export const SCREEN_LEASE_MS = 25_000;

/** A page that is loaded again, or a connection that broke and comes back, is no absence. */
export const SCREEN_GRACE_MS = 10_000;

/** Must the agent have a live screen for this session's calls? Not where the admin has chosen to work unattended (0). */
export const needsScreen = (
  { settings }: Session,
  { presenceBy, canHangUp }: TelephonyCapabilities,
): boolean => presenceBy === 'screen' && canHangUp && settings.pauseWhenAwaySeconds > 0;

/** Do these facts say that a person answers, so that it matters whether the agent is there? */
export function asksForAgent(
  { session, subject: { call } }: SceneOfCall,
  facts: CallFacts,
  capabilities: TelephonyCapabilities,
): boolean {
  return (
    needsScreen(session, capabilities) &&
    session.winnerCallId === null &&
    facts.answeredAt !== undefined &&
    facts.answeredBy !== 'MACHINE' &&
    isLive(call) &&
    call.state !== 'QUEUED' &&
    call.state !== 'IN_PROGRESS'
  );
}

/**
 * Was the agent there for the person who answered at `answeredAt`? Also when the answer is known only later, such as by a look-up
 * after a restart: an agent who has a screen now can talk, and one who had a screen then did.
 */
export function wasThere(lastLive: Date | null, answeredAt: Date, now: Date): boolean {
  if (lastLive === null) return false;
  const answered = Math.min(answeredAt.getTime(), now.getTime());
  return lastLive.getTime() >= answered - SCREEN_GRACE_MS;
}

/** May a call be placed, as far as the agent's presence goes (P17)? `since`: their last live screen. */
export const isWithinReach = (session: Session, lastLive: Date | null, now: Date): boolean =>
  lastLive !== null &&
  now.getTime() - lastLive.getTime() < session.settings.pauseWhenAwaySeconds * 1000;
