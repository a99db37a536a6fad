import { ApiError, createClient, createTokenKeeper } from '@outdial/client';
import type { Me, Permission, SignedIn, User } from '@outdial/protocol';
import { browserTabs, type TabMessage, type Tabs } from './tabs.js';

/**
 * restoring    the cookie is being traded for a token
 * unreachable  that could not be done, as the server did not answer
 * out          no user is signed in
 * in           a user is
 * expired      the sign-in has ended; the page still has the unsaved work
 */
export type AccountState =
  | { readonly kind: 'restoring' }
  | { readonly kind: 'unreachable'; readonly error: unknown }
  | { readonly kind: 'out'; readonly because: 'not_signed_in' | 'signed_out' }
  | SignedInState;
export interface SignedInState {
  readonly kind: 'in' | 'expired';
  readonly user: User;
  readonly permissions: ReadonlySet<Permission>;
}

export interface Credentials {
  readonly email: string;
  readonly password: string;
  readonly second_factor?: string;
}

export interface AccountStore {
  state(): AccountState;
  subscribe(listener: () => void): () => void;
  /** Follows the other tabs and finds out who is signed in. Gives back how to stop; may be started again. */
  start(): () => void;
  /** Tries again after `unreachable`. */
  restore(): Promise<void>;
  /** Fails as the API does. */
  signIn(credentials: Credentials): Promise<void>;
  /** Fails where the server could not be told; then the sign-in goes on, as its cookie does. */
  signOut(): Promise<void>;
  wasSignedOut(): void;
  setMe(me: Me): void;
  /** For the client and the live connection. */
  token(refused?: string): Promise<string | null>;
  /** The one-time password that was just typed, so that choosing another one does not ask for it again; null: none. */
  oneTimePassword(): string | null;
}

/**
 * Who is signed in in this browser. The access token is in the memory of the tabs and nowhere else; the refresh token in a cookie
 * that no script can read.
 */
export function createAccountStore(baseUrl: string, tabs: Tabs = browserTabs()): AccountStore {
  const { auth } = createClient({ baseUrl, checkAnswers: import.meta.env.DEV });
  const listeners = new Set<() => void>();
  let current: AccountState = { kind: 'restoring' };
  let typed: string | null = null;
  let restoring: Promise<void> | undefined;
  /** How many tokens other tabs have told of. */
  let heard = 0;

  const become = (next: AccountState) => {
    current = next;
    for (const tell of listeners) tell();
  };
  // The token first: listeners use it at once.
  const take = (signedIn: SignedIn) => {
    tabs.rememberSignedIn(true);
    keeper.take(signedIn);
    enter(signedIn);
  };
  const enter = ({ user, permissions }: Me) => {
    if (!user.must_change_password) typed = null;
    become({ kind: 'in', user, permissions: new Set(permissions) });
  };
  const leave = (because: 'not_signed_in' | 'signed_out') => {
    keeper.drop();
    tabs.rememberSignedIn(false);
    typed = null;
    become({ kind: 'out', because });
  };

  /** null: nothing new. While this tab waited for its turn another one may have done it. */
  async function refresh(): Promise<SignedIn | null> {
    const heardBefore = heard;
    return tabs.serialize(async () => {
      if (heard !== heardBefore) return null;
      try {
        const signedIn = await auth.refresh({}, { keepalive: true });
        take(signedIn);
        tabs.tell({ kind: 'refreshed', signedIn });
        return signedIn;
      } catch (error) {
        if (!(error instanceof ApiError) || error.status !== 401) throw error;
        if (current.kind === 'in') become({ ...current, kind: 'expired' });
        else if (current.kind !== 'expired') leave('not_signed_in');
        return null;
      }
    });
  }

  const keeper = createTokenKeeper({ renew: refresh });

  async function restoreNow(): Promise<void> {
    // Asking would be in vain, and browsers complain of a refusal.
    if (tabs.likelySignedIn() === false) return leave('not_signed_in');
    become({ kind: 'restoring' });
    try {
      await refresh();
    } catch (error) {
      if (current.kind === 'restoring') become({ kind: 'unreachable', error });
    }
  }
  const restore = () => {
    restoring ??= restoreNow().finally(() => {
      restoring = undefined;
    });
    return restoring;
  };

  const onOtherTab = (message: TabMessage) => {
    switch (message.kind) {
      case 'signed_in':
      case 'refreshed':
        heard += 1;
        take(message.signedIn);
        break;
      case 'changed':
        if (current.kind === 'in' && current.user.id === message.me.user.id) enter(message.me);
        break;
      case 'signed_out':
        leave('signed_out');
        break;
      default:
        message satisfies never;
    }
  };

  return {
    state: () => current,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start() {
      const stop = tabs.listen(onOtherTab);
      if (current.kind === 'restoring') void restore();
      return stop;
    },
    restore,
    async signIn(credentials) {
      const signedIn = await tabs.serialize(() =>
        auth.login({ ...credentials, keep_in: 'cookie' }),
      );
      typed = credentials.password;
      take(signedIn);
      tabs.tell({ kind: 'signed_in', signedIn });
    },
    async signOut() {
      await tabs.serialize(() => auth.logout({}, { keepalive: true }));
      leave('signed_out');
      tabs.tell({ kind: 'signed_out' });
    },
    wasSignedOut() {
      leave('signed_out');
      tabs.tell({ kind: 'signed_out' });
    },
    setMe(me) {
      enter(me);
      tabs.tell({ kind: 'changed', me });
    },
    token: keeper.token,
    oneTimePassword: () => typed,
  };
}
