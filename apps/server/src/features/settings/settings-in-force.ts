import type { SystemSettings as WireSettings } from '@outdial/protocol';
import type { SystemSettings } from './system-settings.js';

/** Every claim and every call that ends asks for them; a change made on another node counts after so long. */
const KEPT_FOR_MS = 2_000;

/**
 * The settings for what asks with each call, read again at most every 2 s, and at once after a change that this process saved or
 * found. A read that fails is not kept.
 */
export function settingsInForce(
  settings: Pick<SystemSettings, 'current' | 'onChange'>,
  stopwatchMs: () => number,
): () => Promise<WireSettings> {
  let kept: { readonly atMs: number; readonly settings: Promise<WireSettings> } | null = null;
  settings.onChange(() => {
    kept = null;
  });
  return () => {
    if (kept !== null && stopwatchMs() - kept.atMs < KEPT_FOR_MS) return kept.settings;
    const reading = {
      atMs: stopwatchMs(),
      settings: settings.current().then((current) => current.settings),
    };
    kept = reading;
    reading.settings.catch(() => {
      if (kept === reading) kept = null;
    });
    return reading.settings;
  };
}
