import type { AgentView } from '@outdial/postgres';
import type { FastifyRequest } from 'fastify';
import { may, principalOf } from '../../access/principal.js';
import { Refusal } from '../../platform/refusal.js';
import type { HttpPorts } from '../http-ports.js';

/** The agent that the user takes calls as; with the permission `dialer.any` also the one that the header `X-Agent-Id` names. */
export async function actingAgent(
  { agents }: { readonly agents: Pick<HttpPorts['agents'], 'get'> },
  request: Pick<FastifyRequest, 'principal' | 'headers'>,
): Promise<AgentView> {
  const { agentId: own } = principalOf(request);
  const named = request.headers['x-agent-id'];
  if (typeof named === 'string' && named !== own && !may(request, 'dialer.any')) {
    throw new Refusal(
      'forbidden',
      'You may act for yourself only. Leave the header X-Agent-Id out.',
    );
  }
  const agentId = typeof named === 'string' ? named : own;
  const agent = agentId === null ? null : await agents.get(agentId);
  if (agent !== null) return agent;
  throw new Refusal(
    'not_found',
    typeof named === 'string'
      ? 'The header X-Agent-Id names no agent. GET /api/agents lists them.'
      : 'You take no calls. Name an agent in the header X-Agent-Id, or have an admin make you one.',
  );
}
