import { isConversation, isHandedOn } from '../call/call.js';
import type { CallWithItem } from '../ports/dialer-store.js';
import type { Session, SessionPhase } from './session.js';

/** What a session is doing, in one word. A stopped session whose conversation goes on is still ON_CALL. */
export function phaseOf(
  session: Session,
  live: readonly Pick<CallWithItem, 'call'>[],
  now: Date,
): SessionPhase {
  if (live.some(({ call }) => isConversation(call))) return 'ON_CALL';
  if (session.status === 'STOPPED') return 'STOPPED';
  if (session.wrapUpUntil !== null && session.wrapUpUntil > now) return 'WRAP_UP';
  if (session.status === 'PAUSED') return 'PAUSED';
  if (session.nextRoundAt !== null && session.nextRoundAt > now) return 'DELAY';
  if (session.outage !== null) return 'WAITING';
  if (live.every(({ call }) => isHandedOn(call)) && session.reason !== null) return 'WAITING';
  return 'DIALING';
}
