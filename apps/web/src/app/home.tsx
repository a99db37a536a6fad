import { Navigate } from 'react-router';
import { useMay } from '../data/account-context.js';
import { useTakesCalls } from '../data/use-takes-calls.js';

/** Where each person's work is: at the phone, with the team, or in the accounts. */
export function useHome(): string {
  const may = useMay();
  const takesCalls = useTakesCalls();
  if (takesCalls) return '/dialer';
  if (may('dialer.any') && may('agents.read')) return '/team';
  if (may('users.manage')) return '/users';
  if (may('stats.any')) return '/statistics';
  return '/dialer';
}

export function Home() {
  return <Navigate to={useHome()} replace />;
}
