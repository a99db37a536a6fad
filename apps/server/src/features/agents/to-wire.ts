import type { AgentView } from '@outdial/postgres';
import type * as wire from '@outdial/protocol';
import { iso } from '../../operations/to-time.js';
import type { CampaignView } from '../http-ports.js';

export const toWireAgent = (agent: AgentView): wire.Agent => ({
  id: agent.id,
  name: agent.name,
  email: agent.email,
  status: agent.status,
  status_since: iso(agent.since),
  session_id: agent.sessionId,
  identities: Object.entries(agent.identities).map(([connectionId, { userId, numberId }]) => ({
    connection_id: connectionId,
    user_id: userId,
    number_id: numberId,
  })),
  connection_id: agent.connectionId,
});

export function toWireCampaign(campaign: CampaignView): wire.Campaign {
  const called = campaign.numbers.filter((number) => number.called).length;
  return {
    agent_id: campaign.agentId,
    queue_id: campaign.queueId,
    queue_name: campaign.queueName,
    created_at: iso(campaign.createdAt),
    numbers: campaign.numbers.map((number) => ({
      phone_number: number.phone,
      called: number.called,
      lead_id: number.leadId,
      lead_name: number.leadName,
    })),
    called,
    waiting: campaign.numbers.length - called,
    refused: campaign.refused.map(({ phone, reason }) => ({ phone_number: phone, reason })),
  };
}
