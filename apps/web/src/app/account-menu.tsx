import { Menu, ScrollArea, UnstyledButton, useMantineColorScheme } from '@mantine/core';
import { ApiError } from '@outdial/client';
import type { DialerStatus, SetAgentStatus } from '@outdial/protocol';
import {
  IconCheck,
  IconLogout,
  IconMoon,
  IconSelector,
  IconSun,
  IconSunMoon,
  IconUserCircle,
} from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Link } from 'react-router';
import { notifyFailed } from '../components/notify.js';
import { useAccount, useMay } from '../data/account-context.js';
import { useConnection } from '../data/client-context.js';
import { keys } from '../data/keys.js';
import { useNotebook } from '../data/notebook/notebook-context.js';
import { useAgents } from '../data/use-agents.js';
import { useDialerStatus } from '../data/use-dialer-status.js';
import { AGENT_WORDS, count, ROLE_WORDS } from '../domain/catalogue/words.js';
import { confirm } from '../ui/confirm.js';
import classes from './shell.module.css';

const STATUSES: readonly SetAgentStatus['status'][] = ['AVAILABLE', 'DO_NOT_DISTURB', 'OFFLINE'];
const SCHEMES = [
  { value: 'light', label: 'Light', icon: IconSun },
  { value: 'dark', label: 'Dark', icon: IconMoon },
  { value: 'auto', label: 'System', icon: IconSunMoon },
] as const;

/** How long signing out waits for what is on its way to the server. */
const SEND_BEFORE_SIGN_OUT_MS = 3_000;
const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Who is signed in, their status where they take calls, the agent that they act for, and the theme. */
export function AccountMenu() {
  const { user, signOut } = useAccount();
  const { client, actingAgentId, actAs } = useConnection();
  const notebook = useNotebook();
  const queryClient = useQueryClient();
  const status = useDialerStatus();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const agent = status.data?.agent;
  const isOwn = actingAgentId === null;

  // The agent that this browser remembers may be gone, with the database it was in.
  const isGone = status.error instanceof ApiError && [400, 403, 404].includes(status.error.status);
  useEffect(() => {
    if (isGone && actingAgentId !== null) actAs(null);
  }, [isGone, actingAgentId, actAs]);

  const setStatus = useMutation({
    mutationFn: (status: SetAgentStatus['status']) => client.agents.setMyStatus({ status }),
    onSuccess: (result) =>
      queryClient.setQueryData<DialerStatus>(keys.dialer, (old) =>
        old ? { ...old, agent: result.agent } : old,
      ),
    onError: notifyFailed,
  });

  const leave = async () => {
    await Promise.race([notebook.send(), wait(SEND_BEFORE_SIGN_OUT_MS)]);
    const unsent = notebook.unsentCount();
    const goOn = () =>
      signOut().then(
        // What is about people that were called does not stay in a browser that others use.
        () => notebook.clear(),
        notifyFailed,
      );
    if (unsent === 0) return goOn();
    confirm({
      title: 'Sign out and lose what is not sent?',
      children: `${count(unsent, 'note or disposition', 'notes and dispositions')} on this device could not be sent to the server yet. Signing out removes ${unsent === 1 ? 'it' : 'them'} from this device.`,
      confirm: 'Sign out anyway',
      onConfirm: () => void goOn(),
    });
  };

  const word = agent ? AGENT_WORDS[agent.status] : null;
  const below = word?.word ?? ROLE_WORDS[user.role];
  return (
    <Menu position="top-start" width={230} shadow="md">
      <Menu.Target>
        <UnstyledButton className={classes.agent ?? ''}>
          <span
            className={classes.dot}
            style={{ background: `var(--mantine-color-${word?.color ?? 'gray'}-5)` }}
          />
          <span className={classes.agentName}>
            <span>{user.name}</span>
            <span className={classes.agentStatus}>
              {isOwn ? below : `for ${agent?.name ?? '…'}`}
            </span>
          </span>
          <IconSelector size={15} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        {agent && (
          <>
            <Menu.Label>{isOwn ? 'My status' : `Status of ${agent.name}`}</Menu.Label>
            {STATUSES.map((s) => (
              <Menu.Item
                key={s}
                onClick={() => setStatus.mutate(s)}
                rightSection={agent.status === s ? <IconCheck size={14} /> : null}
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
          </>
        )}
        <ActFor />
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
        <Menu.Divider />
        <Menu.Item component={Link} to="/profile" leftSection={<IconUserCircle size={14} />}>
          My profile
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout size={14} />} onClick={() => void leave()}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** Acting for another agent needs the permission to run all sessions. */
function ActFor() {
  const may = useMay();
  const { user } = useAccount();
  const { actingAgentId, actAs } = useConnection();
  const agents = useAgents();
  const others = (agents.data?.agents ?? []).filter((agent) => agent.id !== user.agent_id);
  if (!may('dialer.any') || others.length === 0) return null;
  return (
    <>
      <Menu.Label>Act for</Menu.Label>
      <Menu.Item
        onClick={() => actAs(null)}
        rightSection={actingAgentId === null ? <IconCheck size={14} /> : null}
      >
        Myself
      </Menu.Item>
      <ScrollArea.Autosize mah={170} type="auto">
        {others.map((agent) => (
          <Menu.Item
            key={agent.id}
            onClick={() => actAs(agent.id)}
            rightSection={agent.id === actingAgentId ? <IconCheck size={14} /> : null}
          >
            {agent.name}
          </Menu.Item>
        ))}
      </ScrollArea.Autosize>
      <Menu.Divider />
    </>
  );
}
