import type { SetDisposition } from '@outdial/protocol';

/** A note that the server has not confirmed. */
export interface StoredNote {
  readonly callId: string;
  readonly text: string;
  /** `agent_note.revision` that it was written on. */
  readonly revision: number;
  /** When it was typed, in milliseconds since 1970. */
  readonly at: number;
}

/** A disposition that the server has not confirmed. */
export interface StoredDisposition {
  readonly callId: string;
  /** For people, should the server refuse it. */
  readonly leadName: string;
  /** What the disposition was called when it was chosen; entries of before have only `body.disposition`. */
  readonly label?: string;
  readonly body: SetDisposition & { readonly request_id: string };
  readonly at: number;
}

/**
 * What a person typed or chose and the server does not have yet, in this browser: it outlives a reload, a crash and a lost network.
 * It is about the people they call, so it is kept by user, goes when they sign out, and after a week.
 */
export interface NoteStorage {
  notes(): StoredNote[];
  note(callId: string): StoredNote | null;
  putNote(note: StoredNote): void;
  removeNote(callId: string): void;
  /** In the order they were chosen. */
  outbox(): StoredDisposition[];
  putOutbox(outbox: readonly StoredDisposition[]): void;
  /** Everything of this person. */
  clear(): void;
}

const KEPT_MS = 7 * 24 * 3600_000;
const NOTES = 'outdial.note.';
const OUTBOX = 'outdial.outbox.';

/** What `localStorage` does for this; a private window may refuse each of it, then things last as long as the page. */
export type KeyValues = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

export function createNoteStorage(
  userId: string,
  storage: KeyValues = window.localStorage,
  now: () => number = Date.now,
): NoteStorage {
  const inMemory = new Map<string, string>();
  const read = (key: string): unknown => {
    try {
      const text = inMemory.get(key) ?? storage.getItem(key);
      return text === null ? null : (JSON.parse(text) as unknown);
    } catch {
      return null;
    }
  };
  const write = (key: string, value: unknown) => {
    const text = JSON.stringify(value);
    try {
      storage.setItem(key, text);
      inMemory.delete(key);
    } catch {
      inMemory.set(key, text);
    }
  };
  const remove = (key: string) => {
    inMemory.delete(key);
    try {
      storage.removeItem(key);
    } catch {
      // Nothing was kept either.
    }
  };
  const prefix = `${NOTES}${userId}.`;
  const keys = (start: string): string[] => {
    const all = new Set([...inMemory.keys()]);
    try {
      for (let i = 0; i < storage.length; i += 1) all.add(storage.key(i) ?? '');
    } catch {
      // As above.
    }
    return [...all].filter((key) => key.startsWith(start)).sort();
  };
  const isStored = (value: unknown): value is { at: number } =>
    typeof value === 'object' && value !== null && 'at' in value && typeof value.at === 'number';
  /** Of every user of this browser: what was left behind. */
  for (const key of keys(NOTES)) {
    const value = read(key);
    if (!isStored(value) || now() - value.at > KEPT_MS) remove(key);
  }
  const outboxOf = (key: string): StoredDisposition[] => {
    const value = read(key);
    if (!Array.isArray(value)) return [];
    return (value as StoredDisposition[]).filter((e) => isStored(e) && now() - e.at <= KEPT_MS);
  };
  for (const key of keys(OUTBOX)) if (outboxOf(key).length === 0) remove(key);

  const outboxKey = `${OUTBOX}${userId}`;
  return {
    notes: () => keys(prefix).flatMap((key) => (read(key) as StoredNote | null) ?? []),
    note: (callId) => read(`${prefix}${callId}`) as StoredNote | null,
    putNote: (note) => write(`${prefix}${note.callId}`, note),
    removeNote: (callId) => remove(`${prefix}${callId}`),
    outbox: () => outboxOf(outboxKey),
    putOutbox(outbox) {
      if (outbox.length === 0) remove(outboxKey);
      else write(outboxKey, outbox);
    },
    clear() {
      for (const key of keys(prefix)) remove(key);
      remove(outboxKey);
    },
  };
}
