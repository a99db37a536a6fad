import { announceQueues } from '@outdial/core';
import { type AgentIdentity, operations } from '@outdial/protocol';
import { authorOf } from '../../access/audit-trail.js';
import { principalOf } from '../../access/principal.js';
import { type Handled, handle } from '../../operations/handle.js';
import { fromWirePage, pageFields } from '../../operations/to-page.js';
import { notFound, Refusal } from '../../platform/refusal.js';
import { refuseUnknownConnections } from '../connections/refuse-unknown.js';
import { actingAgent } from '../dialer/acting-agent.js';
import { findWorkableQueue } from '../dialer/start-dialing.js';
import type { HttpPorts } from '../http-ports.js';
import { changeAgent, createAgent } from './save-agent.js';
import { toWireAgent, toWireCampaign } from './to-wire.js';

type Ports = Pick<
  HttpPorts,
  | 'agents'
  | 'campaigns'
  | 'dialer'
  | 'queues'
  | 'sessions'
  | 'connections'
  | 'clock'
  | 'ids'
  | 'announcements'
  | 'changes'
>;

export function agentHandlers(ports: Ports): readonly Handled[] {
  const { agents, announcements, clock } = ports;
  return [
    handle(operations.agents.list, async ({ query }) => {
      const page = await agents.list(fromWirePage(query));
      return { agents: page.rows.map(toWireAgent), ...pageFields(page) };
    }),

    handle(operations.agents.create, async (request) => {
      const { body } = request;
      const fields = { ...fieldsOf(ports, body), name: body.name, email: body.email };
      const agent = await createAgent(ports, fields, authorOf(request));
      return { message: `${agent.name} was added.`, agent: toWireAgent(agent) };
    }),

    handle(operations.agents.setMyStatus, async (request) => {
      const { body } = request;
      const { id } = await actingAgent(ports, request);
      if ((await agents.setPresence(id, body.status, clock.now())) === null) {
        throw notFound('agent');
      }
      const by = { author: authorOf(request), agentId: principalOf(request).agentId };
      if (body.status === 'DO_NOT_DISTURB')
        await ports.dialer.stepAway(id, 'agent_do_not_disturb', by);
      if (body.status === 'OFFLINE') await ports.dialer.stepAway(id, 'agent_offline', by);
      const agent = await findAgent(ports, id);
      announcements.announce({ kind: 'agent', agentId: id });
      return { message: 'Your status was saved.', agent: toWireAgent(agent) };
    }),

    handle(operations.agents.get, async ({ params }) =>
      toWireAgent(await findAgent(ports, params.id)),
    ),

    handle(operations.agents.update, async (request) => {
      const { params, body } = request;
      const agent = await changeAgent(ports, params.id, fieldsOf(ports, body), authorOf(request));
      return { message: `${agent.name} was saved.`, agent: toWireAgent(agent) };
    }),

    ...campaignHandlers(ports),
  ];
}

/** A queue in the provider's own dialer, for agents who prefer that. */
function campaignHandlers(ports: Ports): readonly Handled[] {
  return [
    handle(operations.agents.campaign, async ({ params }) => {
      await findAgent(ports, params.id);
      const campaign = await ports.campaigns.find(params.id);
      if (campaign === null) throw noCampaign();
      if (campaign.kind === 'unavailable') throw unavailable(campaign.message);
      return toWireCampaign(campaign);
    }),

    handle(operations.agents.startCampaign, async (request) => {
      const { params, body } = request;
      await findAgent(ports, params.id);
      const queue = await findWorkableQueue(ports, request, {
        queueId: body.queue_id,
        agentId: params.id,
      });
      const answer = await ports.campaigns.start(params.id, queue.id);
      switch (answer.kind) {
        case 'campaign':
          announceQueues(ports, [queue.id]);
          return toWireCampaign(answer);
        case 'already_open':
          throw new Refusal(
            'agent_has_campaign',
            `The agent has the campaign of another queue (${answer.queueId}). Take that one back first.`,
          );
        case 'has_no_campaigns':
          throw new Refusal(
            'provider_cannot',
            `The connection ${answer.label} has no campaigns of its own. Start a session instead.`,
          );
        case 'nothing_to_call':
          throw new Refusal(
            'nothing_to_call',
            'No lead of this queue may be called at this moment. Hand it over later, or add leads.',
          );
        case 'unavailable':
          throw unavailable(answer.message);
        default: {
          const never: never = answer;
          return never;
        }
      }
    }),

    handle(operations.agents.endCampaign, async ({ params }) => {
      await findAgent(ports, params.id);
      const answer = await ports.campaigns.end(params.id);
      if (answer === 'none') throw noCampaign();
      if (answer !== 'ended') throw unavailable(answer.message);
      return { message: 'The campaign was taken back.' };
    }),
  ];
}

const noCampaign = (): Refusal =>
  new Refusal('not_found', 'The agent has no campaign at the provider. Hand a queue over first.');

const unavailable = (message: string): Refusal =>
  new Refusal('provider_unavailable', `The provider did not do it. ${message}`);

async function findAgent({ agents }: Pick<Ports, 'agents'>, agentId: string) {
  const agent = await agents.get(agentId);
  if (agent === null) throw notFound('agent');
  return agent;
}

/** Throws a `Refusal` for a connection that is not there. */
function fieldsOf(
  { connections }: Pick<Ports, 'connections'>,
  body: {
    readonly name?: string | undefined;
    readonly email?: string | undefined;
    readonly identities?: readonly AgentIdentity[] | undefined;
    readonly connection_id?: string | null | undefined;
  },
) {
  const { name, email, identities, connection_id: connectionId } = body;
  refuseUnknownConnections(connections, [
    ['connection_id', connectionId],
    ...(identities ?? []).map(
      (each, at) => [`identities.${at}.connection_id`, each.connection_id] as const,
    ),
  ]);
  return {
    name,
    email,
    connectionId,
    identities:
      identities &&
      Object.fromEntries(
        identities.map((each) => [
          each.connection_id,
          { userId: each.user_id, numberId: each.number_id },
        ]),
      ),
  };
}
