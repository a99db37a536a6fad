import type { Journal, JournalEntry } from '@outdial/core';
import type { Logger } from 'pino';
import type { Metrics } from './metrics/metrics.js';

/** The core's story as log lines and counters. Personal data stays under `pii`, where the logger can redact it. */
export function createJournal(log: Logger, metrics: Pick<Metrics, 'noted'>): Journal {
  return {
    note(entry) {
      metrics.noted(entry);
      log[entry.level](fieldsOf(entry), entry.event);
    },
  };
}

function fieldsOf({ sessionId, callId, agentId, eventId, details, repaired, pii }: JournalEntry) {
  return {
    ...(sessionId === undefined ? {} : { session_id: sessionId }),
    ...(callId === undefined ? {} : { call_id: callId }),
    ...(agentId === undefined ? {} : { agent_id: agentId }),
    ...(eventId === undefined ? {} : { event_id: eventId }),
    ...details,
    ...(repaired === undefined ? {} : { repaired: repaired.kind, repaired_count: repaired.count }),
    ...(pii === undefined ? {} : { pii }),
  };
}
