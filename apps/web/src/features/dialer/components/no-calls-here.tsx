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
      isPage
      title="This account isn’t set up to make calls"
      icon={<IconHeadsetOff size={28} />}
      action={
        <Group gap="xs">
          {mayStandIn && (
            <Button component={Link} to="/team">
              View team
            </Button>
          )}
          {may('users.manage') && (
            <Button component={Link} to="/users" variant="default">
              Manage users
            </Button>
          )}
        </Group>
      }
    >
      {may('users.manage')
        ? 'To make calls, link your user to an agent under Users. To help out, open Team and act for an agent.'
        : mayStandIn
          ? 'Open Team to see who is calling, to pause or stop sessions, or to act for an agent. An admin can link your user to an agent.'
          : 'Ask an admin to link your user to an agent under Users. Then sign in again.'}
    </EmptyState>
  );
}
