import { AppShell, Burger, Loader } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { Session } from '@outdial/protocol';
import {
  IconAddressBook,
  IconChartBar,
  IconFileImport,
  IconHistory,
  IconListDetails,
  IconPhone,
  IconSettings,
  IconUsers,
} from '@tabler/icons-react';
import { Suspense, useEffect, useState } from 'react';
import { NavLink, Outlet, ScrollRestoration, useLocation } from 'react-router';
import { useConnection } from '../data/client-context.js';
import { useDialerStatus } from '../data/use-dialer-status.js';
import { PHASE_WORDS } from '../data/words.js';
import { formatDuration } from '../ui/format-time.js';
import { Timer, useSecondsUntil } from '../ui/timer.js';
import { AgentMenu } from './agent-menu.js';
import { Drawers } from './drawers.js';
import classes from './shell.module.css';

const PLACES = [
  { to: '/dialer', label: 'Dialer', icon: IconPhone },
  { to: '/leads', label: 'Leads', icon: IconAddressBook },
  { to: '/import', label: 'Import', icon: IconFileImport },
  { to: '/queues', label: 'Queues', icon: IconListDetails },
  { to: '/history', label: 'History', icon: IconHistory },
  { to: '/statistics', label: 'Statistics', icon: IconChartBar },
  { to: '/team', label: 'Team', icon: IconUsers },
  { to: '/settings', label: 'Settings', icon: IconSettings },
];

/** The frame around every page: where one can go, who one acts as, and whether the live connection holds. */
export function Shell() {
  const [isOpen, { toggle, close }] = useDisclosure();
  const { pathname } = useLocation();
  // biome-ignore lint/correctness/useExhaustiveDependencies: going somewhere closes the menu on a phone
  useEffect(close, [pathname]);
  return (
    <AppShell
      navbar={{ width: 212, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      header={{ height: { base: 48, sm: 0 } }}
      padding="lg"
    >
      <AppShell.Header hiddenFrom="sm" className={classes.mobileBar ?? ''}>
        <Burger opened={isOpen} onClick={toggle} size="sm" color="white" aria-label="Navigation" />
        Outdial
      </AppShell.Header>
      <AppShell.Navbar className={classes.navbar ?? ''} aria-label="Main">
        <NavLink to="/dialer" className={classes.brand ?? ''} aria-label="Outdial, to the dialer">
          <img src="/favicon.svg" alt="" width={24} height={24} />
          Outdial
        </NavLink>
        {PLACES.map(({ to, label, icon: Icon }) => (
          <NavLink key={to} to={to} className={classes.link ?? ''}>
            <Icon size={17} stroke={1.7} aria-hidden />
            {label}
          </NavLink>
        ))}
        <div className={classes.spacer} />
        <PresentSession />
        <AgentMenu />
      </AppShell.Navbar>
      <AppShell.Main>
        <div className={classes.main}>
          <ConnectionBanner />
          <Suspense fallback={<Loader size="sm" m="xl" aria-label="Loading the page" />}>
            <Outlet />
          </Suspense>
        </div>
      </AppShell.Main>
      <Drawers />
      {/* By address: filters in the query string are no new page. */}
      <ScrollRestoration getKey={({ pathname }) => pathname} />
    </AppShell>
  );
}

/** What the agent's session is doing, visible from every page but the dialer itself. */
function PresentSession() {
  const { data } = useDialerStatus();
  const { pathname } = useLocation();
  const session = data?.session;
  const until = endOfPhase(session);
  const left = useSecondsUntil(until);
  if (!session || session.status === 'STOPPED' || pathname === '/dialer') return null;
  return (
    <NavLink
      to="/dialer"
      className={classes.session ?? ''}
      data-on-call={session.phase === 'ON_CALL' || undefined}
    >
      <span className={classes.sessionPhase}>
        {PHASE_WORDS[session.phase].word}
        {until ? (
          <span className="tabular">{formatDuration(left)}</span>
        ) : (
          <Timer since={session.phase_since} />
        )}
      </span>
      {session.queue_name}
    </NavLink>
  );
}

/** Where the dialer counts down, this does too. */
function endOfPhase(session: Session | null | undefined): string | null {
  if (session?.phase === 'WRAP_UP') return session.wrap_up_until;
  if (session?.phase === 'DELAY') return session.next_round_at;
  return null;
}

const PATIENCE_MS = 1_500;

/** A connection that breaks for a moment is nobody's business; one that stays away is. */
function ConnectionBanner() {
  const { live } = useConnection();
  const [isLate, setIsLate] = useState(false);
  useEffect(() => {
    if (live !== 'lost') {
      setIsLate(false);
      return;
    }
    const timer = setTimeout(() => setIsLate(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [live]);
  if (!isLate) return null;
  return (
    <div className={classes.banner} role="status">
      <Loader size={14} color="amber" aria-hidden />
      <span>
        <b>The live connection is lost.</b> What you see may be out of date. It is tried again by
        itself; your session goes on at the server.
      </span>
    </div>
  );
}
