import type { Placement } from '../call/call.js';

/**
 * How long this process has known of a placed call that the provider does not show. The memory of one process, measured on
 * its own stopwatch, on purpose: deadlines in rows are compared with the clocks of several nodes, and a node whose clock is ahead,
 * or was set anew after its machine stood still, would close a call seconds after another node looked for it.
 */
export interface UnseenCalls {
  /**
   * Milliseconds since this process first learned that the call is placed in this way; 0 at the first question. Ask before
   * the provider is asked, so that what it then answers is at least this old.
   */
  knownForMs(call: { readonly id: string; readonly placement: Placement }): number;
  /** The call is known to the provider, or over. */
  forget(callId: string): void;
}

/** Forgetting the oldest beyond this only starts their wait anew. */
const REMEMBERED_AT_MOST = 10_000;

/** `stopwatchMs`: milliseconds on a clock that is never set; only differences count. */
export function unseenCalls(stopwatchMs: () => number): UnseenCalls {
  const learned = new Map<string, { readonly placement: Placement; readonly at: number }>();
  return {
    knownForMs({ id, placement }) {
      const at = stopwatchMs();
      const before = learned.get(id);
      if (before?.placement === placement) return at - before.at;
      learned.delete(id);
      learned.set(id, { placement, at });
      const [oldest] = learned.keys();
      if (learned.size > REMEMBERED_AT_MOST && oldest !== undefined) learned.delete(oldest);
      return 0;
    },
    forget: (callId) => void learned.delete(callId),
  };
}
