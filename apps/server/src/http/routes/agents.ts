import type { AgentView } from '@outdial/postgres';
import {
  Agent,
  AgentList,
  AgentResult,
  Campaign,
  CreateAgent,
  Message,
  PageQuery,
  PatchAgent,
  SetAgentStatus,
  StartCampaign,
} from '@outdial/protocol';
import { changedFields } from '../../access/changed-fields.js';
import { principalOf } from '../../access/principal.js';
import { actingAgent } from '../acting-agent.js';
import type { CampaignPorts, HttpPorts } from '../http-ports.js';
import { AgentHeader, type App, ById, operation } from '../operation.js';
import { notFound, ProblemError } from '../problems.js';
import { announceQueues } from '../queue-changes.js';
import { record } from '../record.js';
import { findWorkableQueue } from '../start-dialing.js';
import { toWireAgent, toWireCampaign } from '../translate/agent.js';
import { fromWirePage, pageFields } from '../translate/page.js';

type Ports = Pick<
  HttpPorts,
  | 'agents'
  | 'campaigns'
  | 'dialer'
  | 'queues'
  | 'sessions'
  | 'telephony'
  | 'clock'
  | 'ids'
  | 'announcements'
  | 'audit'
>;

export function agentRoutes(app: App, ports: Ports): void {
  const { agents, announcements, clock, ids } = ports;

  app.get(
    '/api/agents',
    {
      schema: operation(
        {
          id: 'listAgents',
          tag: 'agents',
          summary: 'Who is on, doing what, since when',
          errors: ['invalid_cursor'],
        },
        { querystring: PageQuery, response: { 200: AgentList } },
      ),
    },
    async ({ query }) => {
      const page = await agents.list(fromWirePage(query));
      return { agents: page.rows.map(toWireAgent), ...pageFields(page) };
    },
  );

  app.post(
    '/api/agents',
    {
      schema: operation(
        {
          id: 'createAgent',
          tag: 'agents',
          summary: 'Adds somebody who takes calls',
          errors: ['duplicate_email'],
        },
        { body: CreateAgent, response: { 201: AgentResult } },
      ),
    },
    async (request, reply) => {
      const { body } = request;
      const answer = await agents.create(
        { id: ids.next(), ...fieldsOf(body), name: body.name, email: body.email },
        clock.now(),
      );
      if (answer.kind === 'email_taken') throw emailTaken();
      announcements.announce({ kind: 'agent', agentId: answer.agent.id });
      await record(ports, request, {
        action: 'agent_changed',
        target: { kind: 'agent', id: answer.agent.id },
        details: { ...changedFields({}, auditedOf(answer.agent)) },
      });
      reply.status(201);
      return { message: `${answer.agent.name} was added.`, agent: toWireAgent(answer.agent) };
    },
  );

  app.put(
    '/api/agents/me/status',
    {
      schema: operation(
        {
          id: 'setMyStatus',
          tag: 'agents',
          summary: 'What the calling agent says of themselves',
          description:
            'While a session is open, the status follows from the session. Do-not-disturb and offline pause it.',
          errors: ['not_found'],
        },
        { headers: AgentHeader, body: SetAgentStatus, response: { 200: AgentResult } },
      ),
    },
    async (request) => {
      const { body } = request;
      const { id, sessionId } = await actingAgent(ports, request);
      const session = sessionId === null ? null : await ports.sessions.header(sessionId);
      if ((await agents.setPresence(id, body.status, clock.now())) === null) {
        throw notFound('agent');
      }
      if (body.status === 'DO_NOT_DISTURB') await ports.dialer.stepAway(id, 'agent_do_not_disturb');
      if (body.status === 'OFFLINE') await ports.dialer.stepAway(id, 'agent_offline');
      const agent = await findAgent(ports, id);
      announcements.announce({ kind: 'agent', agentId: id });
      const isAway = body.status !== 'AVAILABLE';
      if (isAway && session?.status === 'RUNNING' && principalOf(request).agentId !== id) {
        await record(ports, request, {
          action: 'session_paused_by_other',
          target: { kind: 'session', id: session.id },
          details: { agent_id: id, because: body.status },
        });
      }
      return { message: 'Your status was saved.', agent: toWireAgent(agent) };
    },
  );

  app.get(
    '/api/agents/:id',
    {
      schema: operation(
        { id: 'getAgent', tag: 'agents', summary: 'One agent', errors: ['not_found'] },
        { params: ById, response: { 200: Agent } },
      ),
    },
    async ({ params }) => toWireAgent(await findAgent(ports, params.id)),
  );

  app.patch(
    '/api/agents/:id',
    {
      schema: operation(
        {
          id: 'updateAgent',
          tag: 'agents',
          summary: 'Changes what is given',
          errors: ['not_found', 'duplicate_email'],
        },
        { params: ById, body: PatchAgent, response: { 200: AgentResult } },
      ),
    },
    async (request) => {
      const { params, body } = request;
      const before = await findAgent(ports, params.id);
      const answer = await agents.patch(params.id, fieldsOf(body));
      if (answer.kind === 'not_found') throw notFound('agent');
      if (answer.kind === 'email_taken') throw emailTaken();
      announcements.announce({ kind: 'agent', agentId: params.id });
      await record(ports, request, {
        action: 'agent_changed',
        target: { kind: 'agent', id: params.id },
        details: { ...changedFields(auditedOf(before), auditedOf(answer.agent)) },
      });
      return { message: `${answer.agent.name} was saved.`, agent: toWireAgent(answer.agent) };
    },
  );

  campaignRoutes(app, ports);
}

/** A queue in the provider's own dialer, for agents who prefer that. */
function campaignRoutes(app: App, ports: Ports): void {
  const path = '/api/agents/:id/campaign';

  app.get(
    path,
    {
      schema: operation(
        {
          id: 'getCampaign',
          tag: 'agents',
          summary: "What was called of the agent's campaign at the provider",
          errors: ['not_found', 'provider_cannot', 'provider_unavailable'],
        },
        { params: ById, response: { 200: Campaign } },
      ),
    },
    async ({ params }) => {
      await findAgent(ports, params.id);
      const campaign = await campaignsOf(ports).find(params.id);
      if (campaign === null) throw noCampaign();
      if (campaign.kind === 'unavailable') throw unavailable(campaign.message);
      return toWireCampaign(campaign);
    },
  );

  app.post(
    path,
    {
      schema: operation(
        {
          id: 'startCampaign',
          tag: 'agents',
          summary: "Hands a queue over to the agent's campaign at the provider",
          errors: [
            'not_found',
            'agent_has_campaign',
            'nothing_to_call',
            'provider_cannot',
            'provider_unavailable',
          ],
        },
        { params: ById, body: StartCampaign, response: { 201: Campaign } },
      ),
    },
    async (request, reply) => {
      const { params, body } = request;
      await findAgent(ports, params.id);
      const queue = await findWorkableQueue(ports, request, {
        queueId: body.queue_id,
        agentId: params.id,
      });
      const answer = await campaignsOf(ports).start(params.id, queue.id);
      switch (answer.kind) {
        case 'campaign':
          announceQueues(ports, [queue.id]);
          reply.status(201);
          return toWireCampaign(answer);
        case 'already_open':
          throw new ProblemError(
            'agent_has_campaign',
            `The agent has the campaign of another queue (${answer.queueId}). Take that one back first.`,
          );
        case 'nothing_to_call':
          throw new ProblemError(
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
    },
  );

  app.delete(
    path,
    {
      schema: operation(
        {
          id: 'endCampaign',
          tag: 'agents',
          summary: "Takes the agent's campaign back from the provider",
          errors: ['not_found', 'provider_cannot', 'provider_unavailable'],
        },
        { params: ById, response: { 200: Message } },
      ),
    },
    async ({ params }) => {
      await findAgent(ports, params.id);
      const answer = await campaignsOf(ports).end(params.id);
      if (answer === 'none') throw noCampaign();
      if (answer !== 'ended') throw unavailable(answer.message);
      return { message: 'The campaign was taken back.' };
    },
  );
}

function campaignsOf({ campaigns, telephony }: Ports): CampaignPorts {
  if (campaigns !== undefined) return campaigns;
  throw new ProblemError(
    'provider_cannot',
    `The provider (${telephony.name}) has no campaigns of its own. Start a session instead.`,
  );
}

const noCampaign = (): ProblemError =>
  new ProblemError(
    'not_found',
    'The agent has no campaign at the provider. Hand a queue over first.',
  );

const unavailable = (message: string): ProblemError =>
  new ProblemError('provider_unavailable', `The provider did not do it. ${message}`);

const emailTaken = (): ProblemError =>
  new ProblemError('duplicate_email', 'Another agent has this e-mail address. Use another one.', {
    errors: [{ field: 'email', message: 'is taken' }],
  });

async function findAgent({ agents }: Pick<Ports, 'agents'>, agentId: string) {
  const agent = await agents.get(agentId);
  if (agent === null) throw notFound('agent');
  return agent;
}

const auditedOf = ({ name, email, providerUserId, providerNumberId }: AgentView) => ({
  name,
  email,
  provider_user_id: providerUserId,
  provider_number_id: providerNumberId,
});

const fieldsOf = (body: {
  name?: string | undefined;
  email?: string | undefined;
  provider_user_id?: string | null | undefined;
  provider_number_id?: string | null | undefined;
}) => ({
  name: body.name,
  email: body.email,
  providerUserId: body.provider_user_id,
  providerNumberId: body.provider_number_id,
});
