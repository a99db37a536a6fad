import { z } from 'zod';
import { Id, pageOf, Timestamp } from './common.js';

export const AgentStatus = z.enum([
  'OFFLINE',
  'AVAILABLE',
  'DIALING',
  'ON_CALL',
  'WRAP_UP',
  'PAUSED',
  'DO_NOT_DISTURB',
]);

export const Agent = z
  .object({
    id: Id,
    name: z.string(),
    email: z.string(),
    status: AgentStatus,
    status_since: Timestamp,
    session_id: Id.nullable().describe("The agent's open session; null: none."),
    provider_user_id: z.string().nullable(),
    provider_number_id: z.string().nullable(),
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
  provider_user_id: z.string().trim().min(1).max(100).nullable(),
  provider_number_id: z.string().trim().min(1).max(100).nullable(),
};
export const CreateAgent = z
  .object({
    name: agentFields.name,
    email: agentFields.email,
    provider_user_id: agentFields.provider_user_id.default(null),
    provider_number_id: agentFields.provider_number_id.default(null),
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
