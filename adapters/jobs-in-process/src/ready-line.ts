/**
 * Who runs next: each kind of job stands in a line of its own, first come, first served, and the lines take turns. So ten
 * thousand calls waiting for the CRM delay a hang-up by one job, not by ten thousand.
 */
export interface ReadyLine<T> {
  add(kind: string, entry: T): void;
  /** The next one of a kind that may run now; undefined when there is none. */
  take(mayRun: (kind: string) => boolean): T | undefined;
  clear(): void;
}

export function createReadyLine<T>(): ReadyLine<T> {
  /** In the order of turns. A `Set` is a line whose head is taken without moving the rest. */
  const lines = new Map<string, Set<T>>();

  return {
    add(kind, entry) {
      const line = lines.get(kind);
      if (line === undefined) lines.set(kind, new Set([entry]));
      else line.add(entry);
    },
    take(mayRun) {
      for (const [kind, line] of lines) {
        if (!mayRun(kind)) continue;
        const [next] = line;
        if (next === undefined) continue;
        line.delete(next);
        // To the end of the turns, or out of them.
        lines.delete(kind);
        if (line.size > 0) lines.set(kind, line);
        return next;
      }
      return undefined;
    },
    clear: () => lines.clear(),
  };
}
