import { describe } from 'vitest';
import type { TelephonyHarness } from './telephony-harness.js';

export type {
  AgentState,
  CapturedEvent,
  Fate,
  TelephonyExceptions,
  TelephonyHarness,
} from './telephony-harness.js';

/** The definition of "works" for a telephony adapter. See `TelephonyHarness` for what the adapter's test brings. */
export function telephonyContract(
  name: string,
  createHarness: () => Promise<TelephonyHarness>,
): void {
  describe(`${name} keeps the telephony contract`, () => {
    void createHarness;
  });
}
