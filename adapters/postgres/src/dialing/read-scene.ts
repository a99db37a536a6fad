import type { Scene, SceneOfCall } from '@outdial/core';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type {
  AgentsTable,
  CallsTable,
  Database,
  QueueItemsTable,
  SessionsTable,
} from '../engine/database.js';
import {
  agentFromRow,
  callFromRow,
  itemFromRow,
  liveCallFromRow,
  type RowOf,
  sessionFromRow,
} from './map-rows.js';

/** A scene as one snapshot, and the version of the session that a decision about it must be written onto. */
export interface SceneRead<S extends Scene = Scene> {
  readonly scene: S;
  readonly version: number;
}

interface CallWithItemRow {
  readonly call: RowOf<CallsTable>;
  readonly item: RowOf<QueueItemsTable> | null;
}

interface SceneRow {
  readonly session: RowOf<SessionsTable>;
  readonly agent: RowOf<AgentsTable>;
  readonly live: readonly CallWithItemRow[];
  readonly busy_elsewhere: boolean;
}

export async function readScene(
  db: Kysely<Database>,
  sessionId: string,
): Promise<SceneRead | null> {
  const { rows } = await sql<SceneRow>`
    select ${sceneColumns} from sessions s join agents a on a.id = s.agent_id where s.id = ${sessionId}
  `.execute(db);
  return rows[0] === undefined ? null : sceneFrom(rows[0]);
}

/** `which`: a condition on `subject`, the call. */
export async function readSceneOfCall(
  db: Kysely<Database>,
  which: RawBuilder<unknown>,
): Promise<SceneRead<SceneOfCall> | null> {
  const { rows } = await sql<SceneRow & { readonly subject: CallWithItemRow }>`
    select ${sceneColumns}, json_build_object('call', subject, 'item', subject_item) as subject
    from calls subject
    join sessions s on s.id = subject.session_id
    join agents a on a.id = s.agent_id
    left join queue_items subject_item on subject_item.id = subject.queue_item_id
    where ${which}
  `.execute(db);
  const [row] = rows;
  if (row === undefined) return null;
  const { scene, version } = sceneFrom(row);
  const subject = {
    call: callFromRow(row.subject.call),
    item: row.subject.item === null ? null : itemFromRow(row.subject.item),
  };
  return { scene: { ...scene, subject }, version };
}

/** Live calls in the order of their claims, as UUIDv7 sorts; found by agent, who has few, through one index for both uses. */
const sceneColumns: RawBuilder<unknown> = sql`
  row_to_json(s) as session,
  row_to_json(a) as agent,
  (
    select coalesce(json_agg(json_build_object('call', c, 'item', i) order by c.id), '[]')
    from calls c left join queue_items i on i.id = c.queue_item_id
    where c.agent_id = s.agent_id and c.session_id = s.id and c.state <> 'COMPLETED'
  ) as live,
  exists (
    select from calls c where c.agent_id = s.agent_id and c.session_id <> s.id and c.state <> 'COMPLETED' and c.agent_left_at is null
  ) as busy_elsewhere`;

const sceneFrom = (row: SceneRow): SceneRead => ({
  version: row.session.version,
  scene: {
    session: sessionFromRow(row.session),
    agent: agentFromRow(row.agent),
    live: row.live.map(({ call, item }) => ({
      call: liveCallFromRow(call),
      item: item === null ? null : itemFromRow(item),
    })),
    busyElsewhere: row.busy_elsewhere,
  },
});
