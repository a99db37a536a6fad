import type { Call, Outcome, QueueItem, Session } from '@outdial/core';
import type { Database } from '@outdial/postgres';
import { callFromRow, itemFromRow, sessionFromRow } from '@outdial/postgres/map-rows';
import type { Kysely } from 'kysely';
import type { SeenActivity, Snapshot } from '../worlds/index.js';
import { type KeptCount, readKeptCounts } from './kept-counts.js';

/** Everything that the dialer has written, at one moment. */
export interface Rows {
  readonly now: Date;
  readonly sessions: readonly Session[];
  readonly calls: readonly Call[];
  readonly counts: readonly KeptCount[];
  readonly items: readonly QueueItem[];
  readonly suppressions: readonly { readonly phone: string; readonly since: Date }[];
  readonly contactRules: Snapshot['contactRules'];
  readonly earlierCalls: readonly Call[];
  readonly events: readonly {
    readonly dedupeKey: string;
    readonly state: string;
    readonly payload: unknown;
  }[];
  readonly activities: readonly SeenActivity[];
  readonly leads: readonly { readonly id: string; readonly phone: string }[];
  readonly queueIds: readonly string[];
  readonly agentIds: readonly string[];
  readonly imports: readonly {
    readonly id: string;
    readonly state: string;
    readonly rowsTotal: number;
    readonly rowsDone: number;
  }[];
}

/** One consistent look, so that what belongs together is seen together however busy the nodes are. */
export function readRows(db: Kysely<Database>): Promise<Rows> {
  return db
    .transaction()
    .setIsolationLevel('repeatable read')
    .setAccessMode('read only')
    .execute(async (tx) => {
      const sessions = await tx.selectFrom('sessions').selectAll().execute();
      const calls = await tx.selectFrom('calls').selectAll().orderBy('id').execute();
      const counts = await readKeptCounts(tx);
      const items = await tx.selectFrom('queue_items').selectAll().execute();
      const suppressions = await tx
        .selectFrom('suppressions')
        .select(['phone', 'created_at as since'])
        .execute();
      const stops = await tx.selectFrom('contact_stops').selectAll().execute();
      const events = await tx
        .selectFrom('provider_events')
        .select(['dedupe_key as dedupeKey', 'state', 'payload'])
        .execute();
      const activities = await tx.selectFrom('mock_crm_activities').selectAll().execute();
      const leads = await tx.selectFrom('leads').select(['id', 'phone']).execute();
      const queues = await tx.selectFrom('queues').select('id').execute();
      const agents = await tx.selectFrom('agents').select('id').execute();
      const imports = await tx
        .selectFrom('imports')
        .select(['id', 'state', 'rows_total as rowsTotal', 'rows_done as rowsDone'])
        .execute();
      return {
        now: new Date(),
        sessions: sessions.map(sessionFromRow),
        calls: calls.map(callFromRow),
        counts,
        items: items.map(itemFromRow),
        suppressions,
        contactRules: stops.map((row) => ({
          effect: row.effect,
          leadId: row.lead_id,
          phones: [row.phone],
          since: row.created_at,
        })),
        earlierCalls: calls.map(callFromRow),
        events,
        activities: activities.map((row) => ({
          callId: row.source_activity_id,
          activityId: row.id,
          outcome: row.outcome as Outcome,
          disposition: row.disposition,
        })),
        leads,
        queueIds: queues.map(({ id }) => id),
        agentIds: agents.map(({ id }) => id),
        imports,
      };
    });
}
