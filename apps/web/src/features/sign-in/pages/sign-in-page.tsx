import { Entrance } from '../components/entrance.js';
import { type Credentials, SignInForm } from '../components/sign-in-form.js';

interface SignInPageProps {
  onSignIn: (credentials: Credentials) => Promise<void>;
  /** expired: somebody was at work here, and their work is kept. */
  because: 'nobody' | 'signed_out' | 'expired';
  email?: string | undefined;
}

const NOTES = {
  nobody: null,
  signed_out: 'You are signed out.',
  expired:
    'Your sign-in has ended. Sign in again and go on where you were: the page is kept as you left it.',
};

export function SignInPage({ onSignIn, because, email }: SignInPageProps) {
  return (
    <Entrance title="Sign in" note={NOTES[because]}>
      <SignInForm onSignIn={onSignIn} email={email} />
    </Entrance>
  );
}
