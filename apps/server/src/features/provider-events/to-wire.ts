import type { ProviderEvent } from '@outdial/core';
import type * as wire from '@outdial/protocol';
import type { z } from 'zod';
import { iso } from '../../operations/to-time.js';

export const toWireProviderEvent = (event: ProviderEvent): z.infer<typeof wire.ProviderEvent> => ({
  id: event.id,
  connection_id: event.provider,
  state: event.state,
  received_at: iso(event.receivedAt),
  attempts: event.attempts,
  note: event.note,
  call_id: event.callId,
  payload: event.payload,
});
