import { Button, Center, Loader, Modal } from '@mantine/core';
import { createClient } from '@outdial/client';
import { type ReactNode, useEffect, useMemo, useSyncExternalStore } from 'react';
import { ErrorState } from '../components/error-state.js';
import { notifyFailed } from '../components/notify.js';
import { ChoosePasswordPage } from '../features/sign-in/pages/choose-password-page.js';
import { SignInPage } from '../features/sign-in/pages/sign-in-page.js';
import type { AccountStore, SignedInState } from './account-store.js';

interface AccountGateProps {
  store: AccountStore;
  baseUrl: string;
  children: (signedIn: SignedInState) => ReactNode;
}

/**
 * Without a sign-in, every address shows the sign-in page, and afterwards the page that was asked for. Whose sign-in has
 * ended gets it over the page, which stays as they left it for the same person.
 */
export function AccountGate({ store, baseUrl, children }: AccountGateProps) {
  const state = useSyncExternalStore(store.subscribe, store.state);
  useEffect(() => store.start(), [store]);
  const auth = useMemo(() => createClient({ baseUrl, token: store.token }).auth, [baseUrl, store]);
  switch (state.kind) {
    case 'restoring':
      return (
        <Center h="100dvh">
          <Loader size="sm" aria-label="Loading Outdial" />
        </Center>
      );
    case 'unreachable':
      return (
        <Center h="100dvh">
          <ErrorState error={state.error} onRetry={() => void store.restore()} />
        </Center>
      );
    case 'out':
      return <SignInPage onSignIn={store.signIn} because={state.because} />;
    case 'in':
    case 'expired':
      if (state.user.must_change_password && state.kind === 'in') {
        return (
          <ChoosePasswordPage
            name={state.user.name}
            oneTimePassword={store.oneTimePassword()}
            onChoose={async (passwords) => {
              await auth.changePassword(passwords);
              store.setMe(await auth.me());
            }}
            onSignOut={() => void store.signOut().catch(notifyFailed)}
          />
        );
      }
      return (
        <>
          {children(state)}
          <SignInAgain store={store} email={state.user.email} isAsked={state.kind === 'expired'} />
        </>
      );
    default:
      return state satisfies never;
  }
}

/** A z-index above panels, dialogs and messages. */
const OVER_EVERYTHING = 1_000;

function SignInAgain({
  store,
  email,
  isAsked,
}: {
  store: AccountStore;
  email: string;
  isAsked: boolean;
}) {
  return (
    <Modal
      opened={isAsked}
      onClose={() => {}}
      fullScreen
      withCloseButton={false}
      closeOnEscape={false}
      transitionProps={{ duration: 0 }}
      zIndex={OVER_EVERYTHING}
      padding={0}
      // The name of the dialog, which has no head on the screen.
      title="Sign in"
      styles={{ content: { border: 0 }, header: { display: 'none' } }}
    >
      <SignInPage onSignIn={store.signIn} because="expired" email={email} />
      <Center pb="md" mt={-64}>
        <Button variant="subtle" color="gray" size="xs" onClick={store.wasSignedOut}>
          Discard it and sign in as another person
        </Button>
      </Center>
    </Modal>
  );
}
