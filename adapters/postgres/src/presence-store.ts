import { DEFAULT_DIALING_SETTINGS, type PresenceStore } from '@outdial/core';
import { type Kysely, sql } from 'kysely';
import type { Database } from './database.js';

/** When agents were last seen, on PostgreSQL; each method is one statement. The session's version stays as it is. */
export function createPresenceStore(db: Kysely<Database>): PresenceStore {
  // A session that was started before the setting came has the default.
  const pauseWhenAway = sql`coalesce((settings ->> 'pause_when_away_seconds')::integer,
    ${DEFAULT_DIALING_SETTINGS.pauseWhenAwaySeconds}::integer)`;

  return {
    /** In one order, because an agent may have screens on two nodes, and these must not wait for each other. */
    async seen(agentIds, at) {
      if (agentIds.length === 0) return;
      await sql`
        with open as (
          select id from sessions where agent_id = any(${agentIds}::uuid[]) and status <> 'STOPPED'
          order by id for no key update
        )
        update sessions s set agent_seen_at = ${at} from open where s.id = open.id
      `.execute(db);
    },

    async absent(now, limit) {
      const { rows } = await sql<{ id: string; agent_id: string; agent_seen_at: Date }>`
        select id, agent_id, agent_seen_at from sessions
        where status <> 'STOPPED' and agent_seen_at is not null and ${pauseWhenAway} > 0
          and agent_seen_at + make_interval(secs => ${pauseWhenAway}) <= ${now}
        order by agent_seen_at limit ${limit}
      `.execute(db);
      return rows.map((row) => ({
        sessionId: row.id,
        agentId: row.agent_id,
        seenAt: row.agent_seen_at,
      }));
    },

    async forget(sessionIds, until) {
      await sql`
        update sessions set agent_seen_at = null
        where id = any(${sessionIds}::uuid[]) and agent_seen_at <= ${until}
      `.execute(db);
    },
  };
}
