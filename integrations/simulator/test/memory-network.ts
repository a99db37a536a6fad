import type { Timers } from '@outdial/core';
import { NOTHING_SHARED, type SharedCall, type SharedNetwork } from '../src/index.js';

/** What processes share, without Redis between them; subscribers receive a hang-up `lateMs` after it. */
export function createMemoryNetwork(timers: Timers, lateMs: number): SharedNetwork {
  const calls = new Map<string, SharedCall>();
  const listeners = new Set<(callId: string, at: Date) => void>();
  const change = (callId: string, more: Partial<SharedCall>): void =>
    void calls.set(callId, { ...(calls.get(callId) ?? NOTHING_SHARED), ...more });
  return {
    placed: (callId, providerCallId) => change(callId, { providerCallId }),
    async hungUp(callId, at) {
      if (calls.get(callId)?.hungUpAt) return;
      change(callId, { hungUpAt: at });
      timers.after(lateMs, () => {
        for (const listener of listeners) listener(callId, at);
      });
    },
    recall: async (callId) => calls.get(callId) ?? NOTHING_SHARED,
    onHangUp(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
