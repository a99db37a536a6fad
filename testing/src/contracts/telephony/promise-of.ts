import { test } from 'vitest';
import type { TelephonyExceptions, TelephonyHarness } from './telephony-harness.js';
import { Trial } from './telephony-trial.js';

/** Writes a test of the suite; `unless` names the exception that lets a carrier skip it, with the carrier's reason as its sentence. */
export type PromiseOf = (
  title: string,
  keep: (trial: Trial) => Promise<void>,
  unless?: keyof TelephonyExceptions,
) => void;

/** Each test has a harness of its own, closed at its end. */
export function promiseOf(createHarness: () => Promise<TelephonyHarness>): PromiseOf {
  return (title, keep, unless) => {
    test(title, async ({ skip }) => {
      const harness = await createHarness();
      try {
        const exception = unless && harness.exceptions[unless];
        skip(exception !== undefined, exception);
        await keep(new Trial(harness));
      } finally {
        await harness.close();
      }
    });
  };
}
