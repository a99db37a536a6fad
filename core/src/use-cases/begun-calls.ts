import type { Agent } from '../agent/agent.js';
import type { Call } from '../call/call.js';

/** A call that this process has taken for placing, in the commit that claimed it. */
export interface BegunCall {
  readonly call: Call;
  readonly agent: Agent;
  readonly ringSeconds: number;
  /** When taking it began, on the stopwatch. */
  readonly takenAtMs: number;
}

/**
 * The calls that this process has claimed and begun in one commit, until the provider is asked for them. Their rows are DIALING,
 * so no other process, and no second job of this one, may place them (P3): the caller of `take` is the only one that places it.
 * When the process dies with them, their deadlines bring `checkCall`, as for each call whose process died while placing it.
 */
export interface BegunCalls {
  add(begun: BegunCall): void;
  /** Returns each call once. null: another process has begun it, or this one asks the provider already. */
  take(callId: string): BegunCall | null;
  has(callId: string): boolean;
}

export function begunCalls(): BegunCalls {
  const waiting = new Map<string, BegunCall>();
  return {
    add: (begun) => void waiting.set(begun.call.id, begun),
    take(callId) {
      const begun = waiting.get(callId) ?? null;
      waiting.delete(callId);
      return begun;
    },
    has: (callId) => waiting.has(callId),
  };
}
