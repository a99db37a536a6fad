import type { Disposition } from '@outdial/core';
import type { StoredDispositionRetry } from './database.js';

export const retryFromStored = (stored: StoredDispositionRetry | null): Disposition['retry'] =>
  stored === null ? null : { delaySeconds: stored.delay_seconds, tries: stored.tries };

export const retryToStored = (retry: Disposition['retry']): StoredDispositionRetry | null =>
  retry === null ? null : { delay_seconds: retry.delaySeconds, tries: retry.tries };
