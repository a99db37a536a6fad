import type { AgentView } from '@outdial/postgres';
import type { FastifyRequest } from 'fastify';
import { may, principalOf } from '../access/principal.js';
import type { HttpPorts } from './http-ports.js';
import { ProblemError } from './problems.js';

/** The agent as whom somebody takes calls; with the permission `dialer.any` also the one whom the header `X-Agent-Id` names. */
export async function actingAgent(
  { agents }: Pick<HttpPorts, 'agents'>,
  request: Pick<FastifyRequest, 'principal' | 'headers'>,
): Promise<AgentView> {
  const { agentId: own } = principalOf(request);
  const named = request.headers['x-agent-id'];
  if (typeof named === 'string' && named !== own && !may(request, 'dialer.any')) {
    throw new ProblemError(
      'forbidden',
      'You may act for yourself only. Leave the header X-Agent-Id out.',
    );
  }
  const agentId = typeof named === 'string' ? named : own;
  const agent = agentId === null ? null : await agents.get(agentId);
  if (agent !== null) return agent;
  throw new ProblemError(
    'not_found',
    typeof named === 'string'
      ? 'The header X-Agent-Id names no agent. GET /api/agents lists them.'
      : 'You take no calls. Name an agent in the header X-Agent-Id, or have an admin make you one.',
  );
}
