import { type Agent, agentAt } from '../agent/agent.js';
import type { LiveCall, QueuedCall } from '../call/call.js';
import type { ProviderCallRef } from '../ports/telephony.js';

/** All that may help a provider find this call again. */
export const providerRef = (
  call: Exclude<LiveCall, QueuedCall>,
  agent: Agent,
  ringSeconds: number,
): ProviderCallRef => ({
  callId: call.id,
  providerCallId: call.providerCallId,
  to: call.phone,
  agent: agentAt(agent, call.provider),
  dialedAt: call.dialedAt,
  ringSeconds,
  attempt: call.attempt,
});
