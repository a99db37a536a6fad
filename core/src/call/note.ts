import type { CancelReason } from './call.js';
import { meaningOf, type Outcome } from './outcome.js';

/** Why the dialer cancelled, where it was not because another line connected. */
const CANCELED: Readonly<Partial<Record<CancelReason, string>>> = {
  session_stopped: 'Call was canceled because the session was stopped.',
  agent_hung_up: 'Call was canceled by the agent.',
};

/** What the CRM and the history say of a call where the agent wrote nothing: the outcome's sentence, where it is true. */
export function noteOf(call: {
  readonly outcome: Outcome;
  readonly cancelReason: CancelReason | null;
  readonly reason: string | null;
}): string {
  const usual = meaningOf(call.outcome).note;
  if (call.outcome !== 'CANCELED_BY_DIALER' || call.cancelReason === null) return usual;
  if (call.cancelReason === 'not_placed') {
    return `Call was not placed. ${call.reason ?? ''}`.trim();
  }
  return CANCELED[call.cancelReason] ?? usual;
}
