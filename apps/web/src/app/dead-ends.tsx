import { Button } from '@mantine/core';
import { Link, useNavigate, useRouteError } from 'react-router';
import { EmptyState } from '../ui/empty-state.js';
import { NewRelease } from './lazy-page.js';

export function NotFoundPage() {
  return (
    <EmptyState
      isPage
      title="Page not found"
      action={
        <Button component={Link} to="/" variant="default">
          Go to start page
        </Button>
      }
    >
      Check the address, or go back to the start page.
    </EmptyState>
  );
}

export function NotAllowedPage() {
  return (
    <EmptyState
      isPage
      title="You do not have permission to open this page"
      action={
        <Button component={Link} to="/" variant="default">
          Go to start page
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
  const error = useRouteError();
  const isOld = error instanceof NewRelease;
  return (
    <EmptyState
      isPage
      title={isOld ? 'Outdial was updated' : 'This page couldn’t load'}
      action={
        <Button variant="default" onClick={() => navigate(0)}>
          Reload
        </Button>
      }
    >
      {isOld
        ? 'Reload to get the new version. Your session keeps running.'
        : 'Reload it. If it happens again, tell your administrator. Your session keeps running.'}
    </EmptyState>
  );
}
