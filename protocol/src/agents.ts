import { z } from 'zod';
import { Id, pageOf, Timestamp } from './common.js';
import { ConnectionId } from './connections.js';

export const AgentStatus = z.enum([
  'OFFLINE',
  'AVAILABLE',
  'DIALING',
  'ON_CALL',
  'WRAP_UP',
  'PAUSED',
  'DO_NOT_DISTURB',
]);

/** An agent at one phone system. */
export const AgentIdentity = z
  .object({
    connection_id: ConnectionId,
    user_id: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .nullable()
      .describe('The user there; null: found by e-mail.'),
    number_id: z
      .string()
      .trim()
      .min(1)
      .max(100)
      .nullable()
      .describe('The number (line) to call from; null: the first one there.'),
  })
  .meta({ id: 'AgentIdentity' });
export type AgentIdentity = z.infer<typeof AgentIdentity>;

export const Agent = z
  .object({
    id: Id,
    name: z.string(),
    email: z.string(),
    status: AgentStatus,
    status_since: Timestamp,
    session_id: Id.nullable().describe("The agent's open session; null: none."),
    identities: z.array(AgentIdentity),
    connection_id: ConnectionId.nullable().describe(
      'Where the agent’s sessions go when the queue names no connection; null: the default.',
    ),
  })
  .meta({ id: 'Agent' });
export type Agent = z.infer<typeof Agent>;

export const AgentList = pageOf('agents', Agent).meta({ id: 'AgentList' });
export type AgentList = z.infer<typeof AgentList>;
export const SetAgentStatus = z
  .object({ status: z.enum(['OFFLINE', 'AVAILABLE', 'DO_NOT_DISTURB']) })
  .meta({ id: 'SetAgentStatus' });
export type SetAgentStatus = z.infer<typeof SetAgentStatus>;
const agentFields = {
  name: z.string().trim().min(1, 'must not be empty').max(200),
  email: z.email('is not an e-mail address').max(254),
  identities: z
    .array(AgentIdentity)
    .max(50)
    .refine(
      (all) => new Set(all.map((each) => each.connection_id)).size === all.length,
      'names a connection twice',
    )
    .describe('All of them; a connection that is not named finds the agent by e-mail.'),
  connection_id: ConnectionId.nullable(),
};
export const CreateAgent = z
  .object({
    name: agentFields.name,
    email: agentFields.email,
    identities: agentFields.identities.default([]),
    connection_id: agentFields.connection_id.default(null),
  })
  .meta({ id: 'CreateAgent' });
export const PatchAgent = z.object(agentFields).partial().meta({ id: 'PatchAgent' });
export const AgentResult = z
  .object({ message: z.string(), agent: Agent })
  .meta({ id: 'AgentResult' });
export type AgentResult = z.infer<typeof AgentResult>;

/** A queue's numbers in the provider's own dialer campaign of one agent. */
export const StartCampaign = z.object({ queue_id: Id }).meta({ id: 'StartCampaign' });
export const Campaign = z
  .object({
    agent_id: Id,
    queue_id: Id,
    queue_name: z.string(),
    created_at: Timestamp,
    numbers: z.array(
      z.object({
        phone_number: z.string(),
        called: z.boolean(),
        lead_id: Id.nullable(),
        lead_name: z.string().nullable(),
      }),
    ),
    called: z.number().int(),
    waiting: z.number().int(),
    refused: z
      .array(z.object({ phone_number: z.string(), reason: z.string() }))
      .describe('Only in the response that starts the campaign.'),
  })
  .meta({ id: 'Campaign' });
export type Campaign = z.infer<typeof Campaign>;
