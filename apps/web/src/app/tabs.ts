import type { Me, SignedIn } from '@outdial/protocol';

/** What the tabs of one browser tell each other; it stays in their memory. */
export type TabMessage =
  | { readonly kind: 'signed_in'; readonly signedIn: SignedIn }
  | { readonly kind: 'refreshed'; readonly signedIn: SignedIn }
  | { readonly kind: 'changed'; readonly me: Me }
  | { readonly kind: 'signed_out' };

export interface Tabs {
  tell(message: TabMessage): void;
  /** Gives back how to stop listening. */
  listen(heard: (message: TabMessage) => void): () => void;
  /** Whether this browser is likely to have the cookie, which no script can read; null: unknown. */
  likelySignedIn(): boolean | null;
  rememberSignedIn(isSignedIn: boolean): void;
  /** Runs one at a time over all tabs. */
  serialize<T>(work: () => Promise<T>): Promise<T>;
}

const CHANNEL = 'outdial.account';
const LOCK = 'outdial.refresh';
const MARK = 'outdial.refreshing';
const SIGNED_IN = 'outdial.signed-in';
/** As long as an answer may take that a page asked for just before it was closed. */
const LEFT_BEHIND_MS = 2_000;

/** Every refresh token counts once, and all tabs share the one in the cookie: so only one of them may use it at a time. */
export function browserTabs(): Tabs {
  const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(CHANNEL);
  return {
    tell: (message) => channel?.postMessage(message),
    listen(heard) {
      const listener = (event: MessageEvent<TabMessage>) => heard(event.data);
      channel?.addEventListener('message', listener);
      return () => channel?.removeEventListener('message', listener);
    },
    likelySignedIn() {
      try {
        return localStorage.getItem(SIGNED_IN) !== null;
      } catch {
        return null;
      }
    },
    rememberSignedIn: (isSignedIn) => write(SIGNED_IN, isSignedIn ? 'yes' : null),
    async serialize(work) {
      const marked = () => afterWhatWasLeftBehind(work);
      // There are none on a page that came over plain http from another machine; then there is one tab, we hope.
      if (typeof navigator === 'undefined' || !navigator.locks) return marked();
      return (await navigator.locks.request(LOCK, marked)) as Awaited<ReturnType<typeof work>>;
    },
  };
}

/**
 * A page that is reloaded lets go of its lock while its refresh is still on the way. The mark it left says so, and the next one
 * waits until the cookie of that answer has come.
 */
async function afterWhatWasLeftBehind<T>(work: () => Promise<T>): Promise<T> {
  const since = Date.now() - Number(read() ?? 0);
  if (since >= 0 && since < LEFT_BEHIND_MS) {
    await new Promise((resolve) => setTimeout(resolve, LEFT_BEHIND_MS - since));
  }
  write(MARK, String(Date.now()));
  try {
    return await work();
  } finally {
    write(MARK, null);
  }
}

function read(): string | null {
  try {
    return localStorage.getItem(MARK);
  } catch {
    return null;
  }
}

function write(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Private windows may refuse; then nothing is remembered.
  }
}
