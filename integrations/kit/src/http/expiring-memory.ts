import type { Clock } from '@outdial/core';

/** Remembers findings for a while. No timers: what has expired goes when it is asked for. */
export interface ExpiringMemory<T> {
  recall(key: string): T | undefined;
  remember(key: string, value: T): void;
  forget(key: string): void;
}

export function createExpiringMemory<T>(options: {
  readonly clock: Clock;
  readonly rememberForMs: number;
}): ExpiringMemory<T> {
  const nowMs = () => options.clock.now().getTime();
  const findings = new Map<string, { readonly value: T; readonly untilMs: number }>();
  return {
    recall(key) {
      const finding = findings.get(key);
      if (finding === undefined) return undefined;
      if (nowMs() < finding.untilMs) return finding.value;
      findings.delete(key);
      return undefined;
    },
    remember(key, value) {
      findings.set(key, { value, untilMs: nowMs() + options.rememberForMs });
    },
    forget(key) {
      findings.delete(key);
    },
  };
}
