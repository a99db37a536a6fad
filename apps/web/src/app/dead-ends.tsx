import { Button } from '@mantine/core';
import { Link, useNavigate } from 'react-router';
import { EmptyState } from '../ui/empty-state.js';

export function NotFoundPage() {
  return (
    <EmptyState
      title="There is no such page"
      action={
        <Button component={Link} to="/dialer" variant="default">
          To the dialer
        </Button>
      }
    >
      The address may be mistyped, or what it named is gone.
    </EmptyState>
  );
}

export function NotAllowedPage() {
  return (
    <EmptyState
      title="This page is not for your role"
      action={
        <Button component={Link} to="/dialer" variant="default">
          To the dialer
        </Button>
      }
    >
      If you need it for your work, ask an admin of your team.
    </EmptyState>
  );
}

/** A page that broke takes nothing else with it: the navigation stays, and so does the session at the server. */
export function PageCrashed() {
  const navigate = useNavigate();
  return (
    <EmptyState
      title="This page broke"
      action={
        <Button variant="default" onClick={() => navigate(0)}>
          Reload
        </Button>
      }
    >
      A mistake on our side. Your session is not affected: it runs at the server.
    </EmptyState>
  );
}
