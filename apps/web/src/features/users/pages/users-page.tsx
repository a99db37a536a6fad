import { Badge, Button, Group, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { User } from '@outdial/protocol';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useAccount } from '../../../data/account-context.js';
import { useAgents } from '../../../data/use-agents.js';
import { ROLE_WORDS } from '../../../data/words.js';
import { type Column, DataTable } from '../../../ui/data-table.js';
import { EmptyState } from '../../../ui/empty-state.js';
import { Moment } from '../../../ui/moment.js';
import { notifyDone } from '../../../ui/notify.js';
import { PageHeader } from '../../../ui/page-header.js';
import { useUsers } from '../api/use-users.js';
import { type GivenPassword, OneTimePasswordDialog } from '../components/one-time-password.js';
import { UserFormDialog } from '../components/user-form.js';
import { UserMenu } from '../components/user-menu.js';

const ROLE_COLORS: Record<User['role'], string> = {
  agent: 'gray',
  supervisor: 'gray',
  admin: 'ink',
};

/** Who has an account, and what they may do. */
export function UsersPage() {
  const { user: me } = useAccount();
  const agents = useAgents();
  const [typed, setTyped] = useState('');
  const [q] = useDebouncedValue(typed.trim(), 250);
  const list = useUsers(q);
  const [edited, setEdited] = useState<User | 'new' | null>(null);
  const [given, setGiven] = useState<GivenPassword | null>(null);
  const agentName = (id: string | null) =>
    id === null ? null : (agents.data?.agents.find((agent) => agent.id === id)?.name ?? '…');

  const columns: ReadonlyArray<Column<User>> = [
    {
      key: 'name',
      header: 'User',
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
      header: 'Second factor',
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
      <TextInput
        aria-label="Search users"
        placeholder="Name or e-mail address"
        leftSection={<IconSearch size={15} />}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        maw={290}
        mb="sm"
      />
      <DataTable
        label="Users"
        noun={['user', 'users']}
        columns={columns}
        list={list}
        rowId={(user) => user.id}
        onOpen={setEdited}
        empty={<EmptyState title="Nobody has this in their name or address" />}
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
