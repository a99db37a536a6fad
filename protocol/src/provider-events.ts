import { z } from 'zod';
import { Id, PageQuery, pageOf, Timestamp } from './common.js';

export const ProviderEventState = z.enum(['PENDING', 'PROCESSED', 'IGNORED', 'DEAD']);
export const ProviderEvent = z
  .object({
    id: Id,
    connection_id: z.string(),
    state: ProviderEventState,
    received_at: Timestamp,
    attempts: z.number().int(),
    note: z.string().nullable().describe('Why it was ignored, or the last error.'),
    call_id: Id.nullable(),
    payload: z.unknown(),
  })
  .meta({ id: 'ProviderEvent' });
export const ProviderEventQuery = PageQuery.extend({ state: ProviderEventState.optional() });
export const ProviderEventList = pageOf('events', ProviderEvent).meta({ id: 'ProviderEventList' });
export type ProviderEventList = z.infer<typeof ProviderEventList>;
export const ProviderEventResult = z
  .object({ message: z.string(), event: ProviderEvent })
  .meta({ id: 'ProviderEventResult' });
export const ReplayedProviderEvents = z
  .object({ message: z.string(), events: z.number().int() })
  .meta({ id: 'ReplayedProviderEvents' });
