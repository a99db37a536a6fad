import type { Session } from '../session/session.js';

/** What an agent says of themselves; the rest of their status comes from their session. */
export type AgentPresence = 'OFFLINE' | 'AVAILABLE' | 'DO_NOT_DISTURB';

export type AgentStatus =
  | 'OFFLINE'
  | 'AVAILABLE'
  | 'DIALING'
  | 'ON_CALL'
  | 'WRAP_UP'
  | 'PAUSED'
  | 'DO_NOT_DISTURB';

/** A user who takes calls. */
export interface Agent {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly presence: AgentPresence;
  readonly presenceSince: Date;
  /** The agent's user at the provider, where the e-mail does not find it. */
  readonly providerUserId: string | null;
  /** The provider's number (line) to call from, where the provider should not choose the first one. */
  readonly providerNumberId: string | null;
}

/** One word and since when, for a supervisor's screen. `session`: the one that says most, see the agent store. */
export function agentStatus(
  agent: Pick<Agent, 'presence' | 'presenceSince'>,
  session: Pick<Session, 'status' | 'phase' | 'phaseSince'> | null,
): { readonly status: AgentStatus; readonly since: Date } {
  const idle = (since: Date) => ({ status: agent.presence, since });
  if (session === null) return idle(agent.presenceSince);
  // A stopped session leaves its conversation alone, and the agent is still in it.
  if (session.status === 'STOPPED' && session.phase !== 'ON_CALL') {
    const { presenceSince } = agent;
    return idle(session.phaseSince > presenceSince ? session.phaseSince : presenceSince);
  }
  switch (session.phase) {
    case 'ON_CALL':
      return { status: 'ON_CALL', since: session.phaseSince };
    case 'WRAP_UP':
      return { status: 'WRAP_UP', since: session.phaseSince };
    case 'PAUSED':
      return { status: 'PAUSED', since: session.phaseSince };
    case 'DIALING':
    case 'DELAY':
    case 'WAITING':
      return { status: 'DIALING', since: session.phaseSince };
    case 'STOPPED':
      return idle(session.phaseSince);
    default: {
      const never: never = session.phase;
      return never;
    }
  }
}
