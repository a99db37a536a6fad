import { Button, Group } from '@mantine/core';
import { IconHeadsetOff } from '@tabler/icons-react';
import { Link } from 'react-router';
import { useMay } from '../../../data/account-context.js';
import { EmptyState } from '../../../ui/empty-state.js';

/** What the dialer is for those who take no calls. */
export function NoCallsHere() {
  const may = useMay();
  const mayStandIn = may('dialer.any') && may('agents.read');
  return (
    <EmptyState
      title="You take no calls"
      icon={<IconHeadsetOff size={28} />}
      action={
        <Group gap="xs">
          {mayStandIn && (
            <Button component={Link} to="/team">
              To the team’s sessions
            </Button>
          )}
          {may('users.manage') && (
            <Button component={Link} to="/users" variant="default">
              To the users
            </Button>
          )}
        </Group>
      }
    >
      {mayStandIn
        ? 'Your account belongs to no agent. On the team page you see who is on, pause or stop their sessions, and act for somebody.'
        : 'Your account belongs to no agent yet. An admin of your team can change that.'}
    </EmptyState>
  );
}
