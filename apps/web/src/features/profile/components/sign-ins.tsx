import { Badge, Button, Group, Text, Title } from '@mantine/core';
import type { SignInEntries } from '@outdial/protocol';
import { type Column, DataTable } from '../../../components/data-table.js';
import { Moment } from '../../../components/moment.js';
import { confirm } from '../../../ui/confirm.js';
import { EmptyState } from '../../../ui/empty-state.js';
import { useEndSignIn, useSignIns } from '../api/use-sign-ins.js';
import { useSignOutEverywhere } from '../api/use-sign-out-everywhere.js';
import { deviceName } from '../device-name.js';

type Entry = SignInEntries['sign_ins'][number];

/** Where one is signed in: what one does not know, one ends. */
export function SignIns() {
  const signIns = useSignIns();
  const end = useEndSignIn();
  const everywhere = useSignOutEverywhere();
  const rows = signIns.data?.sign_ins ?? [];
  const columns: ReadonlyArray<Column<Entry>> = [
    {
      key: 'device',
      header: 'Where',
      wide: true,
      render: (entry) => (
        <Group gap={8} wrap="nowrap">
          <Text size="sm" fw={560} title={entry.user_agent ?? undefined}>
            {deviceName(entry.user_agent)}
          </Text>
          {entry.current && <Badge color="signal">Here</Badge>}
        </Group>
      ),
    },
    { key: 'address', header: 'Address', render: (entry) => entry.address },
    { key: 'since', header: 'Since', render: (entry) => <Moment at={entry.started_at} /> },
    { key: 'used', header: 'Last used', render: (entry) => <Moment at={entry.last_used_at} /> },
    {
      key: 'actions',
      header: '',
      width: 96,
      render: (entry) =>
        !entry.current && (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={`Sign out ${deviceName(entry.user_agent)}, ${entry.address}`}
            loading={end.isPending && end.variables === entry.id}
            onClick={() => end.mutate(entry.id)}
          >
            Sign out
          </Button>
        ),
    },
  ];
  return (
    <section aria-label="Where I am signed in">
      <Group justify="space-between" align="flex-end" mb="xs">
        <Title order={2}>Where I am signed in</Title>
        <Button
          variant="subtle"
          color="rust"
          size="compact-sm"
          loading={everywhere.isPending}
          onClick={() =>
            confirm({
              title: 'Sign out everywhere?',
              children: 'Every device is signed out at once, this one too.',
              confirm: 'Sign out everywhere',
              cancel: 'Cancel',
              onConfirm: () => everywhere.mutate(),
            })
          }
        >
          Sign out everywhere
        </Button>
      </Group>
      <DataTable
        label="Where I am signed in"
        noun={['sign-in', 'sign-ins']}
        columns={columns}
        list={{
          rows,
          total: rows.length,
          isLoading: signIns.isPending,
          error: signIns.error,
          retry: () => void signIns.refetch(),
        }}
        rowId={(entry) => entry.id}
        empty={<EmptyState title="Nowhere" />}
      />
    </section>
  );
}
