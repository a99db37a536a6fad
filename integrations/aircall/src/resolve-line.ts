import type { AgentAtCarrier, Clock } from '@outdial/core';
import { createExpiringMemory } from '@outdial/kit';
import type { AircallClient } from './aircall-client.js';
import { LineError } from './line-error.js';

/** What an order for a call needs besides the number to dial (reference 3.1). */
export interface Line {
  readonly userId: string;
  readonly numberId: string;
}

/** Which Aircall user an agent is, and which number they call from. Throws `LineError` or `AircallError`. */
export interface Lines {
  userOf(agent: AgentAtCarrier): Promise<string>;
  lineOf(agent: AgentAtCarrier): Promise<Line>;
  /** Asks Aircall anew next time: it refused what we remembered. */
  forget(agent: AgentAtCarrier): void;
}

/**
 * The agent's own settings go first; what they leave open is found by e-mail, and the first of the user's numbers is
 * taken. Findings are remembered for `rememberForMs`, as every call would otherwise cost two more requests.
 * Failures are not cached: they end as soon as their cause is fixed.
 */
export function createLines(options: {
  readonly client: Pick<AircallClient, 'findUser' | 'numbersOfUser'>;
  readonly clock: Clock;
  readonly rememberForMs: number;
}): Lines {
  const { client } = options;
  const userIds = createExpiringMemory<string>(options);
  const numberIds = createExpiringMemory<string>(options);
  const emailOf = (agent: AgentAtCarrier) => agent.email.trim().toLowerCase();

  async function userOf(agent: AgentAtCarrier): Promise<string> {
    if (agent.providerUserId !== null) return agent.providerUserId;
    const remembered = userIds.recall(emailOf(agent));
    if (remembered !== undefined) return remembered;
    // As it was typed: whether Aircall minds capitals is not documented.
    const user = await client.findUser(agent.email.trim());
    if (user === null) {
      throw new LineError(
        'no_user',
        "Aircall has no user with this agent's e-mail. Invite them in Aircall, or set the agent's Aircall user id.",
      );
    }
    userIds.remember(emailOf(agent), user.id);
    return user.id;
  }

  async function numberOf(agent: AgentAtCarrier, userId: string): Promise<string> {
    if (agent.providerNumberId !== null) return agent.providerNumberId;
    const remembered = numberIds.recall(userId);
    if (remembered !== undefined) return remembered;
    const [first] = await client.numbersOfUser(userId);
    if (first === undefined) {
      throw new LineError(
        'no_number',
        "The agent's Aircall user has no number to call from. Assign one to them in Aircall.",
      );
    }
    numberIds.remember(userId, first.id);
    return first.id;
  }

  return {
    userOf,
    async lineOf(agent) {
      const userId = await userOf(agent);
      const numberId = await numberOf(agent, userId);
      if (!/^\d+$/.test(numberId)) {
        throw new LineError(
          'bad_number_id',
          "The agent's Aircall number id is not a whole number.",
        );
      }
      return { userId, numberId };
    },
    forget(agent) {
      const userId = agent.providerUserId ?? userIds.recall(emailOf(agent));
      if (userId !== undefined) numberIds.forget(userId);
      userIds.forget(emailOf(agent));
    },
  };
}
