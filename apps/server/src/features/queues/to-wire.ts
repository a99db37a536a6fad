import type { QueueItemView, QueueView, Suppression } from '@outdial/postgres';
import type * as wire from '@outdial/protocol';
import { iso, isoOrNull } from '../../operations/to-time.js';
import { toWireLeadSummary } from '../leads/to-wire.js';
import { toWireOverrides } from '../settings/translate-dialing.js';

export const toWireQueue = (queue: QueueView): wire.Queue => ({
  id: queue.id,
  name: queue.name,
  restricted: queue.restricted,
  settings: toWireOverrides(queue.settings),
  connection_id: queue.connectionId,
  counts: {
    total: queue.counts.total,
    callable: queue.counts.callable,
    pending: queue.counts.pending,
    claimed: queue.counts.claimed,
    done: queue.counts.done,
    exhausted: queue.counts.exhausted,
    suppressed: queue.counts.suppressed,
  },
  next_due_at: isoOrNull(queue.nextDueAt),
  created_at: iso(queue.createdAt),
  archived_at: isoOrNull(queue.archivedAt),
});

export const toWireQueueItem = (item: QueueItemView): wire.QueueItem => ({
  id: item.id,
  queue_id: item.queueId,
  lead_id: item.leadId,
  lead: toWireLeadSummary(item.lead),
  state: item.state,
  priority: item.priority,
  due_at: iso(item.dueAt),
  callback: item.callback,
  attempts: item.attempts,
  last_outcome: item.lastOutcome,
  held_reason: item.heldReason,
  created_at: iso(item.createdAt),
});

export const toWireSuppression = (suppression: Suppression): wire.Suppression => ({
  phone_number: suppression.phone,
  reason: suppression.reason,
  source: suppression.source,
  created_at: iso(suppression.createdAt),
});
