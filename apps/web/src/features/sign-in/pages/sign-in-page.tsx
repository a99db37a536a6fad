import { Entrance } from '../components/entrance.js';
import { type Credentials, SignInForm } from '../components/sign-in-form.js';

interface SignInPageProps {
  onSignIn: (credentials: Credentials) => Promise<void>;
  /** expired: the sign-in has ended, and the unsaved work is kept. */
  because: 'not_signed_in' | 'signed_out' | 'expired';
  email?: string | undefined;
}

const NOTES = {
  not_signed_in: null,
  signed_out: 'You are signed out.',
  expired: 'Your sign-in has ended. Sign in again to continue. The page is as you left it.',
};

export function SignInPage({ onSignIn, because, email }: SignInPageProps) {
  return (
    <Entrance title="Sign in" note={NOTES[because]}>
      <SignInForm onSignIn={onSignIn} email={email} />
    </Entrance>
  );
}
