import { ActionIcon, Button, Group, Text, Tooltip } from '@mantine/core';
import type { Agent, SessionHeader } from '@outdial/protocol';
import {
  IconHeadset,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
  IconPlus,
} from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { AgentStatusBadge, PhaseBadge } from '../../../components/badges.js';
import { type Column, DataTable } from '../../../components/data-table.js';
import { Timer } from '../../../components/timer.js';
import { useAccount, useMay } from '../../../data/account-context.js';
import { useConnection } from '../../../data/client-context.js';
import { useAgents } from '../../../data/use-agents.js';
import { count } from '../../../domain/catalogue/words.js';
import { confirm } from '../../../ui/confirm.js';
import { EmptyState } from '../../../ui/empty-state.js';
import { PageHeader } from '../../../ui/page-header.js';
import { useControlSession } from '../api/use-control-session.js';
import { useOpenSessions } from '../api/use-open-sessions.js';
import { AgentFormDialog } from '../components/agent-form.js';

/** Who is on, doing what, since when; and a hand on every session. */
export function TeamPage() {
  const agents = useAgents();
  const sessions = useOpenSessions();
  const control = useControlSession();
  const may = useMay();
  const { user } = useAccount();
  const { actAs } = useConnection();
  const navigate = useNavigate();
  const [edited, setEdited] = useState<Agent | 'new' | null>(null);
  const sessionOf = (agent: Agent) =>
    sessions.data?.sessions.find((session) => session.agent_id === agent.id);

  const columns: ReadonlyArray<Column<Agent>> = [
    {
      key: 'agent',
      header: 'Agent',
      wide: true,
      render: (agent) => (
        <>
          <Text size="sm" fw={560}>
            {agent.name}
          </Text>
          <Text size="xs" c="dimmed">
            {agent.email}
          </Text>
        </>
      ),
    },
    {
      key: 'status',
      header: 'Status',
      render: (agent) => <AgentStatusBadge status={agent.status} />,
    },
    { key: 'since', header: 'For', numeric: true, render: (a) => <Timer since={a.status_since} /> },
    {
      key: 'session',
      header: 'Session',
      wide: true,
      render: (agent) => <SessionCell session={sessionOf(agent)} />,
    },
    {
      key: 'metrics',
      header: 'Attempted / connected',
      numeric: true,
      render: (agent) => {
        const metrics = sessionOf(agent)?.metrics;
        return metrics
          ? `${metrics.attempted.toLocaleString('en')} / ${metrics.connected.toLocaleString('en')}`
          : '–';
      },
    },
    {
      key: 'actions',
      header: '',
      width: 166,
      render: (agent) => (
        <Group gap={4} justify="flex-end" wrap="nowrap">
          {may('dialer.any') && (
            <>
              <SessionActions
                agent={agent}
                session={sessionOf(agent)}
                onAct={(id, verb) => control.mutate({ id, verb })}
              />
              <Tooltip
                label={agent.id === user.agent_id ? 'Open my dialer' : `Act for ${agent.name}`}
              >
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={
                    agent.id === user.agent_id ? 'Open my dialer' : `Act for ${agent.name}`
                  }
                  onClick={() => {
                    actAs(agent.id === user.agent_id ? null : agent.id);
                    void navigate('/dialer');
                  }}
                >
                  <IconHeadset size={16} />
                </ActionIcon>
              </Tooltip>
            </>
          )}
          {may('agents.manage') && (
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={`Edit ${agent.name}`}
              onClick={() => setEdited(agent)}
            >
              <IconPencil size={16} />
            </ActionIcon>
          )}
        </Group>
      ),
    },
  ];

  return (
    <>
      <PageHeader
        title="Team"
        description={
          sessions.data
            ? count(sessions.data.sessions.length, 'active session')
            : 'Agents and what they are doing now'
        }
        actions={
          may('agents.manage') && (
            <Button leftSection={<IconPlus size={16} />} onClick={() => setEdited('new')}>
              Add agent
            </Button>
          )
        }
      />
      <DataTable
        label="Agents"
        noun={['agent', 'agents']}
        columns={columns}
        list={{
          rows: agents.data?.agents ?? [],
          total: agents.data?.total ?? 0,
          isLoading: agents.isPending,
          error: agents.error,
          retry: () => void agents.refetch(),
        }}
        rowId={(agent) => agent.id}
        empty={<EmptyState title="There are no agents yet" />}
      />
      <AgentFormDialog
        isOpen={edited !== null}
        onClose={() => setEdited(null)}
        agent={edited === 'new' || edited === null ? undefined : edited}
      />
    </>
  );
}

function SessionCell({ session }: { session: SessionHeader | undefined }) {
  if (!session) {
    return (
      <Text size="sm" c="dimmed">
        None
      </Text>
    );
  }
  return (
    <Group gap={8} wrap="nowrap">
      <PhaseBadge phase={session.phase} />
      <Text size="sm">
        {session.queue_name} · {count(session.lines, 'line')}
        {session.message && (
          <Text size="xs" c="dimmed">
            {session.message}
          </Text>
        )}
      </Text>
    </Group>
  );
}

function SessionActions({
  agent,
  session,
  onAct,
}: {
  agent: Agent;
  session: SessionHeader | undefined;
  onAct: (id: string, verb: 'pause' | 'resume' | 'stop') => void;
}) {
  if (!session) return null;
  const isPaused = session.status === 'PAUSED';
  const verb = isPaused ? 'Resume' : 'Pause';
  return (
    <>
      <Tooltip label={verb}>
        <ActionIcon
          variant="default"
          aria-label={`${verb} the session of ${agent.name}`}
          onClick={() => onAct(session.id, isPaused ? 'resume' : 'pause')}
        >
          {isPaused ? <IconPlayerPlay size={15} /> : <IconPlayerPause size={15} />}
        </ActionIcon>
      </Tooltip>
      <Tooltip label="Stop">
        <ActionIcon
          variant="default"
          c="rust"
          aria-label={`Stop the session of ${agent.name}`}
          onClick={() =>
            confirm({
              title: `Stop the session of ${agent.name}?`,
              children: 'Unanswered calls are canceled. A conversation continues and is recorded.',
              confirm: 'Stop session',
              onConfirm: () => onAct(session.id, 'stop'),
            })
          }
        >
          <IconPlayerStop size={15} />
        </ActionIcon>
      </Tooltip>
    </>
  );
}
