/**
 * When agents were last seen at a live screen while a session of theirs was open. Kept with the session and not in the
 * memory of a node, because screens move from node to node, and because nodes end.
 *
 * Who works through the API alone is never seen, and so is never missed.
 */
export interface PresenceStore {
  /** Marks the open sessions of these agents, in one statement. */
  seen(agentIds: readonly string[], at: Date): Promise<void>;

  /**
   * Open sessions whose agent was seen, and then not for as long as the session's settings allow
   * (`pauseWhenAwaySeconds`, 0: for ever); the longest ago first.
   */
  absent(now: Date, limit: number): Promise<readonly AbsentAgent[]>;

  /** As if these sessions' agents had never been seen, except those seen after `until`. */
  forget(sessionIds: readonly string[], until: Date): Promise<void>;
}

export interface AbsentAgent {
  readonly sessionId: string;
  readonly agentId: string;
  readonly seenAt: Date;
}
