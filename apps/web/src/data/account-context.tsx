import type { Me, Permission, User } from '@outdial/protocol';
import { createContext, type ReactNode, useContext } from 'react';

export interface Account {
  readonly user: User;
  readonly permissions: ReadonlySet<Permission>;
  /** Ends this sign-in, in all tabs. Fails where the server could not be told: then it goes on. */
  readonly signOut: () => Promise<void>;
  /** The server ended every sign-in of this person at their wish; this page follows. */
  readonly wasSignedOut: () => void;
  /** What the server says of this person by now. */
  readonly setMe: (me: Me) => void;
}

const AccountContext = createContext<Account | null>(null);

export function AccountProvider({ value, children }: { value: Account; children: ReactNode }) {
  return <AccountContext value={value}>{children}</AccountContext>;
}

/** Who is signed in. Only below the pages for signing in, so there always is a user. */
export function useAccount(): Account {
  const account = useContext(AccountContext);
  if (!account) throw new Error('There is no AccountProvider above this component.');
  return account;
}

/** Tells whether who is signed in has one of these permissions: what they may not do has no button. */
export function useMay(): (...oneOf: Permission[]) => boolean {
  const { permissions } = useAccount();
  return (...oneOf) => oneOf.some((permission) => permissions.has(permission));
}
