import type { Behaviour, EventFaults } from '@outdial/aircall/mock';

export interface AccountPlan {
  readonly agents: number;
  readonly seed: number;
  /** So many seconds of the provider pass in one. */
  readonly speed: number;
  readonly requestsPerMinute: number;
  readonly fates: Partial<Behaviour['fates']>;
  readonly eventFaults: Partial<EventFaults>;
}

/** The line that everybody of the account may call from: the mock's first. */
export const AGENTS_LINE = 1234;

/** The agent at this place, as the account knows them; the dialer finds them by their e-mail address. */
export const agentNumber = (index: number) => ({
  id: 10_001 + index,
  name: `Agent ${index + 1}`,
  email: `agent-${index + 1}@outdial.example`,
});
