import { AppShell, Burger, Button, Loader, ScrollArea } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { Permission, Session } from '@outdial/protocol';
import {
  IconAddressBook,
  IconChartBar,
  IconFileImport,
  IconHistory,
  IconKey,
  IconListDetails,
  IconPhone,
  IconSettings,
  IconShieldCheck,
  IconUserCog,
  IconUsers,
} from '@tabler/icons-react';
import { Suspense, useEffect, useState } from 'react';
import { NavLink, Outlet, ScrollRestoration, useLocation } from 'react-router';
import { useMay } from '../data/account-context.js';
import { useConnection } from '../data/client-context.js';
import { useDialerStatus } from '../data/use-dialer-status.js';
import { PHASE_WORDS } from '../data/words.js';
import { formatDuration } from '../ui/format-time.js';
import { Timer, useSecondsUntil } from '../ui/timer.js';
import { AccountMenu } from './account-menu.js';
import { Drawers } from './drawers.js';
import classes from './shell.module.css';

interface Place {
  readonly to: string;
  readonly label: string;
  readonly icon: typeof IconPhone;
  /** It is there for whoever has one of these. */
  readonly oneOf: readonly Permission[];
}

const PLACES: readonly Place[] = [
  { to: '/dialer', label: 'Dialer', icon: IconPhone, oneOf: ['dialer.own', 'dialer.any'] },
  { to: '/leads', label: 'Leads', icon: IconAddressBook, oneOf: ['leads.read'] },
  { to: '/import', label: 'Import', icon: IconFileImport, oneOf: ['leads.manage'] },
  { to: '/queues', label: 'Queues', icon: IconListDetails, oneOf: ['queues.read'] },
  { to: '/history', label: 'History', icon: IconHistory, oneOf: ['calls.own', 'calls.any'] },
  { to: '/statistics', label: 'Statistics', icon: IconChartBar, oneOf: ['stats.own', 'stats.any'] },
  { to: '/team', label: 'Team', icon: IconUsers, oneOf: ['agents.read'] },
  { to: '/settings', label: 'Settings', icon: IconSettings, oneOf: ['config.read'] },
];
const ADMIN_PLACES: readonly Place[] = [
  { to: '/users', label: 'Users', icon: IconUserCog, oneOf: ['users.manage'] },
  { to: '/api-keys', label: 'API keys', icon: IconKey, oneOf: ['api_keys.manage'] },
  { to: '/audit', label: 'Audit', icon: IconShieldCheck, oneOf: ['audit.read'] },
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
        <ScrollArea className={classes.places ?? ''} scrollbarSize={6} type="scroll">
          <Places places={PLACES} />
          <Places places={ADMIN_PLACES} label="Administration" />
        </ScrollArea>
        <PresentSession />
        <AccountMenu />
      </AppShell.Navbar>
      <AppShell.Main>
        <div className={classes.main}>
          <ConnectionBanner />
          <ActingBanner />
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

function Places({ places, label }: { places: readonly Place[]; label?: string }) {
  const may = useMay();
  const open = places.filter(({ oneOf }) => may(...oneOf));
  if (open.length === 0) return null;
  return (
    <>
      {label && <div className={classes.group}>{label}</div>}
      {open.map(({ to, label: name, icon: Icon }) => (
        <NavLink key={to} to={to} className={classes.link ?? ''}>
          <Icon size={17} stroke={1.7} aria-hidden />
          {name}
        </NavLink>
      ))}
    </>
  );
}

/** Whoever acts for somebody else must not forget it. */
function ActingBanner() {
  const { actingAgentId, actAs } = useConnection();
  const { data } = useDialerStatus();
  if (actingAgentId === null) return null;
  return (
    <div className={classes.banner} role="status">
      <span className={classes.bannerText}>
        You act for <b>{data?.agent.name ?? '…'}</b>: what you start, pause and stop here is theirs.
      </span>
      <Button size="compact-sm" variant="default" onClick={() => actAs(null)}>
        Back to myself
      </Button>
    </div>
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
