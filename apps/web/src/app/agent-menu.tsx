import { Menu, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { ApiError, type SettableAgentStatus } from '@outdial/client';
import type { DialerStatus } from '@outdial/protocol';
import { IconCheck, IconMoon, IconSelector, IconSun, IconSunMoon } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useConnection } from '../data/client-context.js';
import { keys } from '../data/keys.js';
import { useAgents } from '../data/use-agents.js';
import { useDialerStatus } from '../data/use-dialer-status.js';
import { AGENT_WORDS } from '../data/words.js';
import { notifyFailed } from '../ui/notify.js';
import classes from './shell.module.css';

const STATUSES: readonly SettableAgentStatus[] = ['AVAILABLE', 'DO_NOT_DISTURB', 'OFFLINE'];
const SCHEMES = [
  { value: 'light', label: 'Light', icon: IconSun },
  { value: 'dark', label: 'Dark', icon: IconMoon },
  { value: 'auto', label: 'As the system', icon: IconSunMoon },
] as const;

/** Who one acts as, one's own status, and the theme. */
export function AgentMenu() {
  const { client, actingAgentId, actAs } = useConnection();
  const queryClient = useQueryClient();
  const status = useDialerStatus();
  const agents = useAgents();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const agent = status.data?.agent;

  // The agent that this browser remembers may be gone, with the database it was in.
  const isGone = status.error instanceof ApiError && [400, 403, 404].includes(status.error.status);
  useEffect(() => {
    if (isGone && actingAgentId !== null) actAs(null);
  }, [isGone, actingAgentId, actAs]);

  const setStatus = useMutation({
    mutationFn: (next: SettableAgentStatus) => client.agents.setMyStatus(next),
    onSuccess: (result) =>
      queryClient.setQueryData<DialerStatus>(keys.dialer, (old) =>
        old ? { ...old, agent: result.agent } : old,
      ),
    onError: notifyFailed,
  });

  const word = agent ? AGENT_WORDS[agent.status] : null;
  return (
    <Menu position="top-start" width={230} shadow="md">
      <Menu.Target>
        <UnstyledButton
          className={classes.agent ?? ''}
          aria-label={agent ? `Acting as ${agent.name}, ${word?.word}` : 'Acting agent'}
        >
          <span
            className={classes.dot}
            style={{ background: `var(--mantine-color-${word?.color ?? 'gray'}-5)` }}
          />
          <span className={classes.agentName}>
            <span>{agent?.name ?? '…'}</span>
            <span className={classes.agentStatus}>{word?.word ?? '\u00a0'}</span>
          </span>
          <IconSelector size={15} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>My status</Menu.Label>
        {STATUSES.map((s) => (
          <Menu.Item
            key={s}
            onClick={() => setStatus.mutate(s)}
            rightSection={agent?.status === s ? <IconCheck size={14} /> : null}
            leftSection={
              <span
                className={classes.dot}
                style={{
                  display: 'block',
                  background: `var(--mantine-color-${AGENT_WORDS[s].color}-5)`,
                }}
              />
            }
          >
            {AGENT_WORDS[s].word}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>Act as</Menu.Label>
        {agents.data?.agents.map((a) => (
          <Menu.Item
            key={a.id}
            onClick={() => actAs(a.id)}
            rightSection={a.id === agent?.id ? <IconCheck size={14} /> : null}
          >
            {a.name}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Label>Theme</Menu.Label>
        {SCHEMES.map(({ value, label, icon: Icon }) => (
          <Menu.Item
            key={value}
            onClick={() => setColorScheme(value)}
            leftSection={<Icon size={14} />}
            rightSection={colorScheme === value ? <IconCheck size={14} /> : null}
          >
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
