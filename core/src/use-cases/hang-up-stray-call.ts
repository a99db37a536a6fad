import { type Agent, agentAt } from '../agent/agent.js';
import type { Call, CompletedCall } from '../call/call.js';
import type { DialerPorts } from './dialer-ports.js';

/** A call that was closed because the provider did not know it: dialed, over, and without the provider's id. */
export const wasClosedUnseen = (
  call: Call,
): call is CompletedCall & { readonly dialedAt: Date; readonly providerCallId: null } =>
  call.state === 'COMPLETED' && call.dialedAt !== null && call.providerCallId === null;

/**
 * Ends a call at the provider that shows up after it was closed unseen, so that no phone rings for a call that the dialer has
 * given up. `MAY_SURFACE_FOR_MS` makes this impossible while every machine runs: what remains is a machine that stood still between
 * its last look at the stopwatch and its request. The history keeps what was written; the log says what happened.
 * Safe to run twice: a call that is over is `done` at every provider.
 */
export async function hangUpStrayCall(
  { carriers, journal }: Pick<DialerPorts, 'carriers' | 'journal'>,
  call: CompletedCall & { readonly dialedAt: Date },
  agent: Agent,
  providerCallId: string | null,
): Promise<void> {
  const { id, provider, phone, dialedAt, attempt, sessionId } = call;
  const answer = await carriers.of(provider).hangUp({
    callId: id,
    providerCallId,
    to: phone,
    agent: agentAt(agent, provider),
    dialedAt,
    ringSeconds: 0,
    attempt,
  });
  journal.note({
    level: 'error',
    event: 'call closed too early',
    callId: id,
    sessionId,
    agentId: agent.id,
    details: { provider_call_id: providerCallId, hang_up: answer.kind },
    repaired: { kind: 'call_closed_too_early', count: 1 },
  });
}
