import type { AgentStore, AgentView } from '@outdial/postgres';
import type { Author } from '../../access/audit-trail.js';
import { changedFields } from '../../access/changed-fields.js';
import { notFound, Refusal } from '../../platform/refusal.js';
import type { HttpPorts } from '../http-ports.js';

type Ports = Pick<HttpPorts, 'changes' | 'announcements' | 'clock' | 'ids'>;
type Fields = Parameters<AgentStore['patch']>[1];

/** Adds an agent, records who did it and announces it. */
export async function createAgent(
  { changes, announcements, clock, ids }: Ports,
  fields: Fields & { readonly name: string; readonly email: string },
  author: Author,
): Promise<AgentView> {
  const agent = await changes.run(async (stores, record) => {
    const answer = await stores.agents.create({ id: ids.next(), ...fields }, clock.now());
    if (answer.kind === 'email_taken') throw emailTaken();
    record({
      ...author,
      action: 'agent_changed',
      target: { kind: 'agent', id: answer.agent.id },
      details: { ...changedFields({}, auditedOf(answer.agent)) },
    });
    return answer.agent;
  });
  announcements.announce({ kind: 'agent', agentId: agent.id });
  return agent;
}

/** Changes what is given, records who did it and announces it. */
export async function changeAgent(
  { changes, announcements }: Ports,
  agentId: string,
  fields: Fields,
  author: Author,
): Promise<AgentView> {
  const agent = await changes.run(async (stores, record) => {
    const before = await stores.agents.get(agentId);
    const answer = await stores.agents.patch(agentId, fields);
    if (before === null || answer.kind === 'not_found') throw notFound('agent');
    if (answer.kind === 'email_taken') throw emailTaken();
    record({
      ...author,
      action: 'agent_changed',
      target: { kind: 'agent', id: agentId },
      details: { ...changedFields(auditedOf(before), auditedOf(answer.agent)) },
    });
    return answer.agent;
  });
  announcements.announce({ kind: 'agent', agentId });
  return agent;
}

const emailTaken = (): Refusal =>
  new Refusal('duplicate_email', 'Another agent has this e-mail address. Use another one.', {
    errors: [{ field: 'email', message: 'is taken' }],
  });

const auditedOf = ({ name, email, identities, connectionId }: AgentView) => ({
  name,
  email,
  connection_id: connectionId,
  ...Object.fromEntries(
    Object.entries(identities).map(([id, { userId, numberId }]) => [
      `identity at ${id}`,
      `${userId ?? ''} ${numberId ?? ''}`.trim(),
    ]),
  ),
});
