import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../database.js';

const named = (agentId: string) =>
  sql`exists (select from queue_agents where queue_agents.queue_id = queues.id and queue_agents.agent_id = ${agentId}::uuid)`;

/** Who is no agent works nothing, not even a queue that every agent may work. */
const isAgent = (agentId: string) =>
  sql`exists (select from agents where agents.id = ${agentId}::uuid)`;

/** Whether an agent may work a queue, as a condition on `queues`; left out: true. What is archived is worked by nobody. */
export const mayWork = (agentId: string | undefined): RawBuilder<boolean> =>
  agentId === undefined
    ? sql<boolean>`true`
    : sql<boolean>`(queues.archived_at is null and ${isAgent(agentId)} and (not queues.restricted or ${named(agentId)}))`;

/**
 * The ids of the queues that an agent may work. Asked for before the query that needs them, because the planner knows how
 * many items given queues have, and so whether to walk the leads or the items; of a subquery it knows nothing. Both halves
 * have an index: the selections of leads, of which there are thousands, are all restricted.
 */
export async function workableQueues(
  db: Kysely<Database>,
  agentId: string,
): Promise<readonly string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from queues where not restricted and archived_at is null and ${isAgent(agentId)}
    union
    select queues.id from queue_agents join queues on queues.id = queue_agents.queue_id
    where queue_agents.agent_id = ${agentId}::uuid and queues.restricted and queues.archived_at is null`.execute(
    db,
  );
  return rows.map((row) => row.id);
}

/**
 * The leads that an agent may see, as a condition on `leads`: those in queues that they may work, and those whom they called.
 * Left out: all, and nothing is asked. One subquery of a `union all` rather than `exists … or exists …`: as such it can be
 * walked from the leads (many are visible, a page is wanted), or from the items (few are), and the planner chooses. Calls are
 * asked for in two halves, because their indexes by agent are.
 */
export async function visibleLeads(
  db: Kysely<Database>,
  agentId: string | undefined,
): Promise<RawBuilder<boolean>> {
  if (agentId === undefined) return sql<boolean>`true`;
  const queueIds = await workableQueues(db, agentId);
  return sql<boolean>`leads.id in (
    select lead_id from queue_items where queue_id = any(${[...queueIds]}::uuid[])
    union all
    select lead_id from calls where agent_id = ${agentId}::uuid and state = 'COMPLETED'
    union all
    select lead_id from calls where agent_id = ${agentId}::uuid and state <> 'COMPLETED')`;
}
