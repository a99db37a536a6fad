import type { SessionReason } from '@outdial/protocol';

/** How a reason reads in each state that a session can have for it; null: the state says enough by itself. */
interface ReasonWords {
  /** After "Paused: ". */
  readonly paused: string | null;
  /** After "Waiting: ". */
  readonly waiting: string | null;
  readonly stopped: string | null;
}

export const SESSION_REASON_WORDS: Record<SessionReason, ReasonWords> = {
  requested_by_user: { paused: null, waiting: null, stopped: 'Session stopped' },
  first_connect: {
    paused: null,
    waiting: null,
    stopped: 'Session over: first conversation reached',
  },
  queue_exhausted: {
    paused: null,
    waiting: null,
    stopped: 'Session over: no leads left to call now',
  },
  agent_do_not_disturb: {
    paused: 'agent is do-not-disturb',
    waiting: 'agent is do-not-disturb',
    stopped: null,
  },
  agent_offline: { paused: 'agent is offline', waiting: 'agent is offline', stopped: null },
  agent_absent: {
    paused: 'agent was away',
    waiting: 'the agent has no page of Outdial open',
    stopped: null,
  },
  manual_call: { paused: 'agent is on another call', waiting: null, stopped: null },
  waiting_for_due_item: { paused: null, waiting: 'the next lead is not due yet', stopped: null },
  agent_busy: {
    paused: 'agent is on another call',
    waiting: 'agent is on another call',
    stopped: null,
  },
  provider_unavailable: { paused: 'provider is down', waiting: null, stopped: null },
  provider_refused: {
    paused: 'the provider refused',
    waiting: null,
    stopped: 'Session stopped: the provider refused',
  },
  connection_unavailable: {
    paused: 'its connection carries no calls',
    waiting: null,
    stopped: null,
  },
};

/** The words of a reason in a state; null for none, and for a reason of a newer server. */
export const reasonWords = (
  reason: SessionReason | null,
  state: keyof ReasonWords,
): string | null => (reason === null ? null : (SESSION_REASON_WORDS[reason]?.[state] ?? null));
