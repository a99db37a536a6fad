import { Badge, Button, Code, Text, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { type ApiKey, PERMISSIONS } from '@outdial/protocol';
import { IconKey, IconPlus } from '@tabler/icons-react';
import { type Column, DataTable } from '../../../components/data-table.js';
import { Moment } from '../../../components/moment.js';
import { serverClock } from '../../../data/server-clock.js';
import { count } from '../../../domain/catalogue/words.js';
import { confirm } from '../../../ui/confirm.js';
import { EmptyState } from '../../../ui/empty-state.js';
import { PageHeader } from '../../../ui/page-header.js';
import { useApiKeys } from '../api/use-api-keys.js';
import { useRevokeApiKey } from '../api/use-revoke-api-key.js';
import { MakeKeyDialog } from '../components/make-key-dialog.js';

const isOver = (key: ApiKey) =>
  key.expires_at !== null && Date.parse(key.expires_at) <= serverClock.now();

/** Keys for programs: what they may do, who made them, when they were used. */
export function ApiKeysPage() {
  const list = useApiKeys();
  const revoke = useRevokeApiKey();
  const [isMaking, making] = useDisclosure();
  const columns: ReadonlyArray<Column<ApiKey>> = [
    {
      key: 'name',
      header: 'Key',
      render: (key) => (
        <>
          <Text size="sm" fw={560}>
            {key.name}
          </Text>
          <Code fz="xs">{key.prefix}…</Code>
        </>
      ),
    },
    {
      key: 'permissions',
      header: 'May do',
      render: (key) => (
        <Tooltip
          multiline
          maw={360}
          label={key.permissions.map((permission) => (
            <div key={permission}>{PERMISSIONS[permission]}</div>
          ))}
        >
          <Text size="sm" span>
            {key.permissions.length <= 2
              ? key.permissions.join(', ')
              : count(key.permissions.length, 'permission')}
          </Text>
        </Tooltip>
      ),
    },
    { key: 'by', header: 'Made by', render: (key) => key.created_by.name },
    { key: 'at', header: 'Made', render: (key) => <Moment at={key.created_at} /> },
    { key: 'used', header: 'Last used', render: (key) => <Moment at={key.last_used_at} /> },
    {
      key: 'state',
      header: 'State',
      render: (key) =>
        key.revoked_at !== null ? (
          <Badge color="rust">Revoked</Badge>
        ) : isOver(key) ? (
          <Badge color="gray">Ended</Badge>
        ) : (
          <>
            <Badge color="signal">Active</Badge>
            {key.expires_at !== null && (
              <Text size="xs" c="dimmed">
                until <Moment at={key.expires_at} />
              </Text>
            )}
          </>
        ),
    },
    {
      key: 'actions',
      header: '',
      width: 90,
      render: (key) =>
        key.revoked_at === null && (
          <Button
            size="compact-sm"
            variant="default"
            aria-label={`Revoke ${key.name}`}
            loading={revoke.isPending && revoke.variables === key.id}
            onClick={() =>
              confirm({
                title: `Revoke the key “${key.name}”?`,
                children: 'Whatever uses it is refused from now on. A key cannot be brought back.',
                confirm: 'Revoke',
                onConfirm: () => revoke.mutate(key.id),
              })
            }
          >
            Revoke
          </Button>
        ),
    },
  ];
  return (
    <>
      <PageHeader
        title="API keys"
        description="For programs that work with Outdial: exports, imports, a wallboard."
        actions={
          <Button leftSection={<IconPlus size={16} />} onClick={making.open}>
            Create key
          </Button>
        }
      />
      <DataTable
        label="API keys"
        noun={['key', 'keys']}
        columns={columns}
        list={list}
        rowId={(key) => key.id}
        empty={
          <EmptyState
            title="There are no API keys yet"
            icon={<IconKey size={28} />}
            action={<Button onClick={making.open}>Create key</Button>}
          >
            A key lets a program in with just the permissions it needs, under a name of its own.
          </EmptyState>
        }
      />
      <MakeKeyDialog isOpen={isMaking} onClose={making.close} />
    </>
  );
}
