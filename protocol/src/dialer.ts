import { z } from 'zod';
import { Agent } from './agents.js';
import { Call } from './calls.js';
import { Id, PageQuery, pageOf, Timestamp } from './common.js';
import { QueueItem } from './queues.js';
import { AfterConnect } from './settings.js';

export const SessionStatus = z.enum(['RUNNING', 'PAUSED', 'STOPPED']);
export const SessionPhase = z.enum([
  'DIALING',
  'ON_CALL',
  'WRAP_UP',
  'DELAY',
  'WAITING',
  'PAUSED',
  'STOPPED',
]);

export const Metrics = z
  .object({
    attempted: z.number().int(),
    connected: z.number().int(),
    failed: z.number().int(),
    canceled: z.number().int(),
  })
  .describe('Sums over calls: attempted = connected + failed + canceled + still live.')
  .meta({ id: 'Metrics' });
export type Metrics = z.infer<typeof Metrics>;

/** A session without its calls: what the live event `session.updated` carries. */
export const SessionHeader = z
  .object({
    id: Id,
    agent_id: Id,
    agent_name: z.string(),
    queue_id: Id,
    queue_name: z.string(),
    ad_hoc: z.boolean().describe('Started from a selection of leads rather than a stored queue.'),
    provider: z.string(),
    status: SessionStatus,
    phase: SessionPhase,
    phase_since: Timestamp,
    reason: z.string().nullable().describe('Code of why it is paused, stopped or waiting.'),
    message: z.string().nullable().describe('The same for people.'),
    lines: z.number().int(),
    concurrency: z.number().int().describe('Equal to lines.'),
    after_connect: AfterConnect,
    round: z.number().int(),
    winner_call_id: Id.nullable(),
    active_call_ids: z.array(Id),
    wrap_up_until: Timestamp.nullable(),
    next_round_at: Timestamp.nullable(),
    trouble: z
      .object({
        since: Timestamp,
        failures: z.number().int(),
        message: z.string(),
        retry_at: Timestamp,
      })
      .nullable()
      .describe(
        'The provider cannot be worked with at the moment; the session waits and tries again.',
      ),
    metrics: Metrics,
    started_at: Timestamp,
    stopped_at: Timestamp.nullable(),
  })
  .meta({ id: 'SessionHeader' });
export type SessionHeader = z.infer<typeof SessionHeader>;

export const Session = SessionHeader.extend({
  lead_queue: z
    .array(Id)
    .describe('Ids of the leads it works through, in order; of a stored queue the next 100.'),
  calls: z
    .array(Call)
    .describe(
      'Newest first, at most 200; all live ones are among them. The rest is in the history.',
    ),
}).meta({ id: 'Session' });
export type Session = z.infer<typeof Session>;

const whatToCall = {
  queue_id: Id.optional(),
  lead_ids: z
    .array(Id)
    .min(1, 'names no lead')
    .max(10_000)
    .optional()
    .describe('In the order to call.'),
  // The provider's own limit, 10 at most, is another answer: 422, with how many it has.
  lines: z.number().int().min(1).max(1000).optional().describe('1 to 10; left out: the setting.'),
  after_connect: AfterConnect.optional().describe('Left out: the setting.'),
};
const oneOfBoth = (body: { queue_id?: string | undefined; lead_ids?: string[] | undefined }) =>
  (body.queue_id === undefined) !== (body.lead_ids === undefined);
const ONE_OF_BOTH = { message: 'give either queue_id or lead_ids', path: ['queue_id'] };

export const StartDialer = z
  .object(whatToCall)
  .refine(oneOfBoth, ONE_OF_BOTH)
  .meta({ id: 'StartDialer' });
export type StartDialer = z.infer<typeof StartDialer>;
export const CreateSession = z
  .object({ agent_id: Id, ...whatToCall })
  .refine(oneOfBoth, ONE_OF_BOTH)
  .meta({ id: 'CreateSession' });
export type CreateSession = z.infer<typeof CreateSession>;

export const SessionListQuery = PageQuery.extend({
  agent_id: Id.optional(),
  queue_id: Id.optional(),
  status: SessionStatus.optional(),
});
export const SessionList = pageOf('sessions', SessionHeader).meta({ id: 'SessionList' });
export type SessionList = z.infer<typeof SessionList>;

/** What the dialer page needs to draw itself. */
export const DialerStatus = z
  .object({
    agent: Agent,
    session: Session.nullable().describe(
      "The agent's session that is not stopped, else the last one.",
    ),
    up_next: z.array(QueueItem).describe('The next leads of its queue.'),
    provider: z.object({
      name: z.string(),
      max_lines_per_agent: z.number().int(),
      can_hang_up: z.boolean(),
      detects_machines: z.boolean(),
      reports_availability: z.boolean(),
      reaches_real_phones: z.boolean(),
    }),
  })
  .meta({ id: 'DialerStatus' });
export type DialerStatus = z.infer<typeof DialerStatus>;
