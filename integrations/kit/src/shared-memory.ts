/**
 * What the nodes of one installation share, for integrations that need it. None of these throws or waits long: where it cannot be
 * reached, the answers are those of a node that is alone.
 */
export interface SharedMemory {
  /** Keeps a text for so long. `ifAbsent`: the first one stays. */
  put(key: string, text: string, keepMs: number, options?: { ifAbsent?: boolean }): Promise<void>;
  /** null for each key that is not there. */
  get(keys: readonly string[]): Promise<readonly (string | null)[]>;
  /** To every node that listens at this time, this one included. */
  publish(channel: string, text: string): Promise<void>;
  /** Returns how to stop listening. */
  listen(channel: string, heard: (text: string) => void): () => void;
}
