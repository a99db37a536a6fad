import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../engine/database.js';

const named = (agentId: string) =>
  sql`exists (select from queue_agents where queue_agents.queue_id = queues.id and queue_agents.agent_id = ${agentId}::uuid)`;

/** Who is no agent works nothing, not even a queue that every agent may work. */
const isAgent = (agentId: string) =>
  sql`exists (select from agents where agents.id = ${agentId}::uuid)`;

/** Whether an agent may work a queue, as a condition on `queues`; left out: true. An archived queue cannot be worked. */
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
 * The leads that an agent may see, as a condition on `leads`: those in queues that they may work, and leads that they called.
 * Calls are asked for in two halves, because their indexes by agent are.
 */
export interface VisibleLeads {
  /** Looks at each lead by itself: for leads whose ids are known, and for a walk that ends soon because many are visible. */
  readonly each: RawBuilder<boolean>;
  /**
   * Gathers their ids first: for what looks at all of them anyway. `union`, because the planner then expects as many leads as
   * there are; of a `union all` it expects 200, and looks every one up by itself.
   */
  readonly all: RawBuilder<boolean>;
  /** Whether so many are visible that a walk over the leads in any order meets one soon. */
  areMany(): Promise<boolean>;
}

const EVERYTHING: VisibleLeads = { each: sql`true`, all: sql`true`, areMany: async () => true };
/**
 * From then on gathering them takes longer than a walk that meets, of 200,000 leads, each tenth. With 200,000 leads and 300,000
 * calls, on two busy cores, a page and its total took 50 ms for a user who sees all, and 0.1 to 0.25 s for agents who see 300,
 * 100,000 or all of them, by another order than that of an index 0.5 s; gathered always, it was 2 s.
 */
const MANY_LEADS_COUNT = 20_000;

/** `agentId` left out: all leads, and nothing is asked. */
export async function visibleLeads(
  db: Kysely<Database>,
  agentId: string | undefined,
): Promise<VisibleLeads> {
  if (agentId === undefined) return EVERYTHING;
  const queueIds = sql`${[...(await workableQueues(db, agentId))]}::uuid[]`;
  const agent = sql`${agentId}::uuid`;
  return {
    each: sql<boolean>`(
      exists (select from queue_items i where i.lead_id = leads.id and i.queue_id = any(${queueIds}))
      or exists (select from calls c where c.lead_id = leads.id and c.agent_id = ${agent}))`,
    all: sql<boolean>`leads.id in (
      select lead_id from queue_items where queue_id = any(${queueIds})
      union select lead_id from calls where agent_id = ${agent} and state = 'COMPLETED'
      union select lead_id from calls where agent_id = ${agent} and state <> 'COMPLETED')`,
    async areMany() {
      const { rows } = await sql<{ many: boolean }>`
        select count(*) > ${MANY_LEADS_COUNT} as many
        from (select from queue_items where queue_id = any(${queueIds}) limit ${MANY_LEADS_COUNT + 1}) first`.execute(
        db,
      );
      return rows[0]?.many ?? false;
    },
  };
}
