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
  /** Who the agent is at each carrier, by connection id; a carrier that is not listed finds them by e-mail. */
  readonly identities: Readonly<Record<string, AgentIdentity>>;
}

/** An agent at one carrier. */
export interface AgentIdentity {
  /** The carrier's user; null: found by e-mail. */
  readonly userId: string | null;
  /** The carrier's number (line) to call from; null: the carrier's first one. */
  readonly numberId: string | null;
}

/** What a carrier learns of the agent of a call. */
export interface AgentAtCarrier extends Pick<Agent, 'id' | 'name' | 'email'> {
  readonly providerUserId: string | null;
  readonly providerNumberId: string | null;
}

/** The agent as the carrier of this connection knows them. */
export function agentAt(
  { id, name, email, identities }: Pick<Agent, 'id' | 'name' | 'email' | 'identities'>,
  connectionId: string,
): AgentAtCarrier {
  const identity = identities[connectionId];
  return {
    id,
    name,
    email,
    providerUserId: identity?.userId ?? null,
    providerNumberId: identity?.numberId ?? null,
  };
}

/** What is known of an agent's screens. */
export interface AgentScreen {
  /** One is connected, or was a moment ago (`SCREEN_GRACE_MS`). */
  readonly isLive: boolean;
  /** When the last one was; null: never. */
  readonly lastLive: Date | null;
}

/**
 * One word and since when, for a supervisor's screen. `session`: the one that says most, see the agent store. Who has no
 * live screen and places no calls is OFFLINE, whatever they chose last.
 */
export function agentStatus(
  agent: Pick<Agent, 'presence' | 'presenceSince'>,
  session: Pick<Session, 'status' | 'phase' | 'phaseSince'> | null,
  screen: AgentScreen,
): { readonly status: AgentStatus; readonly since: Date } {
  const idle = (since: Date): { readonly status: AgentStatus; readonly since: Date } => {
    if (screen.isLive) return { status: agent.presence, since };
    const { lastLive } = screen;
    return { status: 'OFFLINE', since: lastLive !== null && lastLive > since ? lastLive : since };
  };
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
      return screen.isLive
        ? { status: 'PAUSED', since: session.phaseSince }
        : idle(session.phaseSince);
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
