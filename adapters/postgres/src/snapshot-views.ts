import type { Kysely } from 'kysely';
import { type AgentStore, createAgentStore } from './accounts/agents.js';
import { createSessionViews, type SessionViews } from './dialing/session-views.js';
import type { Database } from './engine/database.js';
import { inSnapshot } from './engine/snapshot.js';
import { createImportStore, type ImportStore } from './leads/imports.js';
import { createQueueItemStore, type QueueItemStore } from './queues/queue-items.js';
import { createQueueStore, type QueueStore } from './queues/queues.js';

/** What one response may show together. */
export interface SnapshotViews {
  readonly agents: Pick<AgentStore, 'get'>;
  readonly imports: Pick<ImportStore, 'get' | 'lines' | 'groups'>;
  readonly queueItems: Pick<QueueItemStore, 'upNext'>;
  readonly queues: Pick<QueueStore, 'get'>;
  readonly sessions: SessionViews;
}

/**
 * Reads several views as of one moment, for a response that shows them side by side. `read` must use only the views that it
 * is given (see `inSnapshot`), and asks nothing but the database: the snapshot is open as long as it runs.
 */
export type Snapshot = <T>(read: (views: SnapshotViews) => Promise<T>) => Promise<T>;

export const createSnapshot =
  (db: Kysely<Database>): Snapshot =>
  (read) =>
    inSnapshot(db, (snapshot) =>
      read({
        agents: createAgentStore(snapshot),
        imports: createImportStore(snapshot),
        queueItems: createQueueItemStore(snapshot),
        queues: createQueueStore(snapshot),
        sessions: createSessionViews(snapshot),
      }),
    );
