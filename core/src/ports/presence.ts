/**
 * Which agents have a live screen: a page whose live connection is up, at any node. Kept in rows and not in the memory of a
 * node, because screens move from node to node, and because nodes end. Without a row an agent never had a screen, such as
 * one who works through the API alone.
 */
export interface PresenceStore {
  /** Screens of these agents are connected to this node. Repeated more often than `SCREEN_LEASE_MS` while they are. */
  seen(nodeId: string, agentIds: readonly string[], at: Date): Promise<void>;

  /** The last screens of these agents at this node are gone. A node that dies does not say so: its rows run out. */
  left(nodeId: string, agentIds: readonly string[], at: Date): Promise<void>;

  /** When the agent last had a live screen: `now` while one is connected; null: never. */
  lastLive(agentId: string, now: Date): Promise<Date | null>;

  /**
   * RUNNING sessions on these connections that have gone on without a live screen of their agent, counted from the last one or from their start,
   * for as long as their settings allow (`pauseWhenAwaySeconds`; 0: for ever); the longest first.
   */
  absent(
    connectionIds: readonly string[],
    now: Date,
    limit: number,
  ): Promise<readonly AbsentAgent[]>;
}

export interface AbsentAgent {
  readonly sessionId: string;
  readonly agentId: string;
  /** When the last live screen was there, else when the session started. */
  readonly since: Date;
}
