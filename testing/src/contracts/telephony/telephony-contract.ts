import { callProgressContract } from './call-progress.js';
import { capabilitiesContract } from './capabilities.js';
import { eventsContract } from './events.js';
import { failedPlacingContract } from './failed-placing.js';
import { hangingUpContract } from './hanging-up.js';
import { lookUpContract } from './look-up.js';
import { promiseOf } from './promise-of.js';
import type { TelephonyHarness } from './telephony-harness.js';

export type {
  AgentState,
  CapturedEvent,
  Fate,
  TelephonyExceptions,
  TelephonyHarness,
} from './telephony-harness.js';

/**
 * The definition of "works" for a telephony adapter; `TelephonyHarness` says what the adapter's test brings. Call it once,
 * at the top level of a test file.
 */
export function telephonyContract(
  name: string,
  createHarness: () => Promise<TelephonyHarness>,
): void {
  const promise = promiseOf(createHarness);
  capabilitiesContract(name, promise);
  callProgressContract(name, promise);
  failedPlacingContract(name, promise);
  hangingUpContract(name, promise);
  lookUpContract(name, promise);
  eventsContract(name, promise);
}
