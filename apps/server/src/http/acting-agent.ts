import type { AgentView } from '@outdial/postgres';
import type { HttpPorts } from './http-ports.js';
import { ProblemError } from './problems.js';

/** The agent that the header `X-Agent-Id` names, else the one who was created first. */
export async function actingAgent(
  { agents }: Pick<HttpPorts, 'agents'>,
  headers: { readonly 'x-agent-id'?: string | undefined },
): Promise<AgentView> {
  const named = headers['x-agent-id'];
  const agent =
    named === undefined ? (await agents.list({ limit: 1 })).rows[0] : await agents.get(named);
  if (agent) return agent;
  throw new ProblemError(
    'not_found',
    named === undefined
      ? 'There is no agent yet. Create one with POST /api/agents.'
      : 'The header X-Agent-Id names no agent. GET /api/agents lists them.',
  );
}
