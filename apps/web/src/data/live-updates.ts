import type { LiveMessage } from '@outdial/client';

type LiveName = LiveMessage['name'];
type DataOf<N extends LiveName> = Extract<LiveMessage, { name: N }>['data'];

/** What a live update may do with the query cache. Keys are those of `data/keys.ts`. */
export interface LiveCache {
  read<T>(queryKey: readonly unknown[]): T | undefined;
  /** Changes what lies under exactly this key, if anything does; read once more when an older answer is on its way. */
  write<T>(queryKey: readonly unknown[], change: (old: T) => T): void;
  /** The exact keys of everything that lies under this one. */
  keysUnder(queryKey: readonly unknown[]): ReadonlyArray<readonly unknown[]>;
  /** Reads everything under this key again, at most once in this time, and only what is on the screen. */
  readAgain(queryKey: readonly unknown[], withinMs: number): void;
}

/** Which live events change which of a feature's queries; one per feature, composed by `app/live-bridge.ts`. */
export type LiveUpdates = {
  readonly [N in LiveName]?: (data: DataOf<N>, cache: LiveCache) => void;
};
