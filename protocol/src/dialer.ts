import { z } from 'zod';
import { Agent } from './agents.js';
import { Call } from './calls.js';
import { Id, PageQuery, pageOf, Timestamp } from './common.js';
import { Connection, ConnectionId } from './connections.js';
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

/** Every code of why a session is paused, stopped or waiting. */
export const SESSION_REASONS = [
  'requested_by_user',
  'first_connect',
  'queue_exhausted',
  'agent_do_not_disturb',
  'agent_offline',
  'agent_absent',
  'manual_call',
  'waiting_for_due_item',
  'agent_busy',
  'provider_unavailable',
  'provider_refused',
  'connection_unavailable',
] as const;
export const SessionReason = z.enum(SESSION_REASONS).meta({ id: 'SessionReason' });
export type SessionReason = z.infer<typeof SessionReason>;

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

/** A session without its calls: the data of the live event `session.updated`. */
export const SessionHeader = z
  .object({
    id: Id,
    agent_id: Id,
    agent_name: z.string(),
    queue_id: Id,
    queue_name: z.string(),
    ad_hoc: z.boolean().describe('Started from a selection of leads rather than a stored queue.'),
    connection_id: z.string().describe('The connection that its calls go through.'),
    status: SessionStatus,
    phase: SessionPhase,
    phase_since: Timestamp,
    reason: SessionReason.nullable().describe(
      'Code of the reason why the session is paused, stopped or waiting.',
    ),
    message: z.string().nullable().describe('The reason as a sentence.'),
    actor: z
      .object({ id: Id, name: z.string() })
      .nullable()
      .describe(
        'The user or API key that paused or stopped the session, with its name at that time; null: the dialer did.',
      ),
    lines: z.number().int(),
    concurrency: z.number().int().describe('Equal to lines.'),
    after_connect: AfterConnect,
    round: z.number().int(),
    winner_call_id: Id.nullable(),
    active_call_ids: z.array(Id),
    wrap_up_until: Timestamp.nullable(),
    next_round_at: Timestamp.nullable(),
    outage: z
      .object({
        since: Timestamp,
        failures: z.number().int(),
        message: z.string(),
        retry_at: Timestamp,
      })
      .nullable()
      .describe('Set during an outage of the provider; the session waits and retries.'),
    metrics: Metrics,
    started_at: Timestamp,
    stopped_at: Timestamp.nullable(),
  })
  .meta({ id: 'SessionHeader' });
export type SessionHeader = z.infer<typeof SessionHeader>;

export const Session = SessionHeader.extend({
  lead_queue: z
    .array(Id)
    .describe('Ids of the leads in calling order; for a stored queue the next 100.'),
  calls: z
    .array(Call)
    .describe(
      'Newest first, at most 200, including all live calls. Older calls are in the history.',
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
  // The provider's own limit, 10 at most, has another error: 422, which names the limit.
  lines: z.number().int().min(1).max(1000).optional().describe('1 to 10; left out: the setting.'),
  after_connect: AfterConnect.optional().describe('Left out: the setting.'),
  connection_id: ConnectionId.optional().describe(
    'Left out: the queue’s connection, else the agent’s, else the default, else the only real one, else Practice.',
  ),
};
const oneOfBoth = (body: { queue_id?: string | undefined; lead_ids?: string[] | undefined }) =>
  (body.queue_id === undefined) !== (body.lead_ids === undefined);
const ONE_OF_BOTH = { message: 'give either queue_id or lead_ids', path: ['queue_id'] };

const WHAT_TO_CALL = 'Either queue_id or lead_ids: exactly one of the two.';

export const StartDialer = z
  .object(whatToCall)
  .refine(oneOfBoth, ONE_OF_BOTH)
  .meta({ id: 'StartDialer', description: WHAT_TO_CALL });
export type StartDialer = z.infer<typeof StartDialer>;
export const CreateSession = z
  .object({ agent_id: Id, ...whatToCall })
  .refine(oneOfBoth, ONE_OF_BOTH)
  .meta({ id: 'CreateSession', description: WHAT_TO_CALL });
export type CreateSession = z.infer<typeof CreateSession>;

export const SessionListQuery = PageQuery.extend({
  agent_id: Id.optional(),
  queue_id: Id.optional(),
  status: SessionStatus.optional(),
});
export const SessionList = pageOf('sessions', SessionHeader).meta({ id: 'SessionList' });
export type SessionList = z.infer<typeof SessionList>;

/** Everything that the dialer page shows. */
export const DialerStatus = z
  .object({
    agent: Agent,
    session: Session.nullable().describe("The agent's open session, else the last one."),
    up_next: z.array(QueueItem).describe('The next leads of its queue.'),
    connection: Connection.nullable().describe(
      'That of the session, else the one that the agent’s next session would run on where the queue names none; null: several are connected, and none is chosen.',
    ),
  })
  .meta({ id: 'DialerStatus' });
export type DialerStatus = z.infer<typeof DialerStatus>;
