import { Badge, Box, Button, Group, Text } from '@mantine/core';
import type { User } from '@outdial/protocol';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { type Column, DataTable } from '../../../components/data-table.js';
import { Moment } from '../../../components/moment.js';
import { notifyDone } from '../../../components/notify.js';
import { useAccount } from '../../../data/account-context.js';
import { useAgents } from '../../../data/use-agents.js';
import { urlText, useUrlFilters } from '../../../data/use-url-filters.js';
import { ROLE_WORDS } from '../../../domain/catalogue/words.js';
import { EmptyState } from '../../../ui/empty-state.js';
import { PageHeader } from '../../../ui/page-header.js';
import { SearchField } from '../../../ui/search-field.js';
import { useUsers } from '../api/use-users.js';
import { type GivenPassword, OneTimePasswordDialog } from '../components/one-time-password.js';
import { UserFormDialog } from '../components/user-form.js';
import { UserMenu } from '../components/user-menu.js';

const ROLE_COLORS: Record<User['role'], string> = {
  agent: 'gray',
  supervisor: 'gray',
  admin: 'ink',
};

const FILTERS = { q: urlText };

/** Who has an account, and what they may do. */
export function UsersPage() {
  const { user: me } = useAccount();
  const agents = useAgents();
  const { filters, set } = useUrlFilters(FILTERS);
  const list = useUsers(filters.q);
  const [edited, setEdited] = useState<User | 'new' | null>(null);
  const [given, setGiven] = useState<GivenPassword | null>(null);
  const agentName = (id: string | null) =>
    id === null ? null : (agents.data?.agents.find((agent) => agent.id === id)?.name ?? '…');

  const columns: ReadonlyArray<Column<User>> = [
    {
      key: 'name',
      header: 'User',
      wide: true,
      render: (user) => (
        <>
          <Group gap={8} wrap="nowrap">
            <Text size="sm" fw={560}>
              {user.name}
            </Text>
            {user.id === me.id && <Badge color="signal">You</Badge>}
          </Group>
          <Text size="xs" c="dimmed">
            {user.email}
          </Text>
        </>
      ),
    },
    {
      key: 'role',
      header: 'Role',
      render: (user) => <Badge color={ROLE_COLORS[user.role]}>{ROLE_WORDS[user.role]}</Badge>,
    },
    { key: 'agent', header: 'Takes calls as', render: (user) => agentName(user.agent_id) ?? '–' },
    {
      key: 'state',
      header: 'State',
      render: (user) => <UserState user={user} />,
    },
    {
      key: 'factor',
      header: 'Two-factor authentication',
      render: (user) => (user.has_second_factor ? 'On' : '–'),
    },
    {
      key: 'last',
      header: 'Last signed in',
      render: (user) => <Moment at={user.last_signed_in_at} />,
    },
    {
      key: 'actions',
      header: '',
      width: 48,
      render: (user) => (
        <UserMenu user={user} onEdit={() => setEdited(user)} onPassword={setGiven} />
      ),
    },
  ];

  return (
    <>
      <PageHeader
        title="Users"
        description="Who may sign in, and what they may do."
        actions={
          <Button leftSection={<IconPlus size={16} />} onClick={() => setEdited('new')}>
            Add user
          </Button>
        }
      />
      <Box mb="sm">
        <SearchField
          label="Search users"
          placeholder="Name or email address"
          value={filters.q}
          onSearch={(q) => set({ q })}
          width={290}
        />
      </Box>
      <DataTable
        label="Users"
        noun={['user', 'users']}
        columns={columns}
        list={list}
        rowId={(user) => user.id}
        onOpen={setEdited}
        empty={<EmptyState title="No user matches this search" />}
      />
      <UserFormDialog
        isOpen={edited !== null}
        onClose={() => setEdited(null)}
        user={edited === 'new' || edited === null ? undefined : edited}
        onSaved={({ message, user, one_time_password: password }) => {
          if (password === undefined) notifyDone(message);
          else setGiven({ user, password });
        }}
      />
      <OneTimePasswordDialog given={given} onClose={() => setGiven(null)} />
    </>
  );
}

function UserState({ user }: { user: User }) {
  if (user.disabled_at !== null) return <Badge color="rust">Disabled</Badge>;
  if (user.must_change_password) return <Badge color="amber">Has to choose a password</Badge>;
  return <Badge color="signal">Active</Badge>;
}
