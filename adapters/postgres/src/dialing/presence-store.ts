import { DEFAULT_DIALING_SETTINGS, type PresenceStore, SCREEN_LEASE_MS } from '@outdial/core';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { Database } from '../engine/database.js';

/** Nodes get a new id with each start; what an earlier one said of an agent is of no use after this. */
const FORGET_AFTER_MS = 3_600_000;

/**
 * When the agent of `agentId` last had a live screen, as a scalar: `now` while one is there, null when they never had one.
 * Primary key first, of which an agent has a handful of rows.
 */
export const lastLiveScreen = (agentId: RawBuilder<unknown>, now: Date) => sql<Date | null>`(
  select max(case
    when p.left_at is not null then p.left_at
    when p.seen_at > ${now}::timestamptz - make_interval(secs => ${SCREEN_LEASE_MS / 1000}::float8)
      then ${now}::timestamptz
    else p.seen_at
  end)
  from agent_screens p where p.agent_id = ${agentId}
)`;

/** Which agents have a live screen, on PostgreSQL; each method is one statement. */
export function createPresenceStore(db: Kysely<Database>): PresenceStore {
  // A session that was started before the setting came has the default.
  const pauseWhenAway = sql`coalesce((s.settings ->> 'pause_when_away_seconds')::integer,
    ${DEFAULT_DIALING_SETTINGS.pauseWhenAwaySeconds}::integer)`;

  /** In one order, because an agent may have screens on two nodes, and these must not wait for each other. */
  async function put(
    nodeId: string,
    agentIds: readonly string[],
    { seenAt, leftAt }: { readonly seenAt: Date; readonly leftAt: Date | null },
  ): Promise<void> {
    if (agentIds.length === 0) return;
    await sql`
      with outdated as (
        delete from agent_screens
        where agent_id = any(${agentIds}::uuid[]) and node_id <> ${nodeId}::uuid
          and seen_at < ${new Date(seenAt.getTime() - FORGET_AFTER_MS)}
      )
      insert into agent_screens (agent_id, node_id, seen_at, left_at)
      select a.id, ${nodeId}::uuid, ${seenAt}::timestamptz, ${leftAt}::timestamptz
      from agents a where a.id = any(${agentIds}::uuid[]) order by a.id
      on conflict (agent_id, node_id) do update set seen_at = excluded.seen_at, left_at = excluded.left_at
    `.execute(db);
  }

  return {
    seen: (nodeId, agentIds, at) => put(nodeId, agentIds, { seenAt: at, leftAt: null }),

    left: (nodeId, agentIds, at) => put(nodeId, agentIds, { seenAt: at, leftAt: at }),

    async lastLive(agentId, now) {
      const { rows } = await sql<{ last: Date | null }>`
        select ${lastLiveScreen(sql`${agentId}::uuid`, now)} as last
      `.execute(db);
      return rows[0]?.last ?? null;
    },

    async absent(connectionIds, now, limit) {
      const { rows } = await sql<{ id: string; agent_id: string; since: Date }>`
        select o.id, o.agent_id, o.since
        from (
          select s.id, s.agent_id, ${pauseWhenAway} as seconds,
            -- Null is left out: of a session without any screen the start counts.
            greatest(s.started_at, ${lastLiveScreen(sql`s.agent_id`, now)}) as since
          from sessions s where s.status <> 'STOPPED' and s.status = 'RUNNING'
            and s.provider = any(${[...connectionIds]}::text[])
        ) o
        where o.seconds > 0 and o.since + make_interval(secs => o.seconds) <= ${now}
        order by o.since limit ${limit}
      `.execute(db);
      return rows.map((row) => ({ sessionId: row.id, agentId: row.agent_id, since: row.since }));
    },
  };
}
