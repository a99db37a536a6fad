import { AppShell, Burger, Button, Loader, ScrollArea } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { Session } from '@outdial/protocol';
import { Suspense, useEffect, useState } from 'react';
import { NavLink, Outlet, ScrollRestoration, useLocation } from 'react-router';
import { Timer, useSecondsUntil } from '../components/timer.js';
import { useMay } from '../data/account-context.js';
import { useConnection } from '../data/client-context.js';
import { NotebookProvider } from '../data/notebook/notebook-context.js';
import { useDialerStatus } from '../data/use-dialer-status.js';
import { PHASE_WORDS } from '../domain/catalogue/words.js';
import { formatDuration } from '../domain/format-time.js';
import { watchTyping } from '../ui/typing-guard.js';
import { AccountMenu } from './account-menu.js';
import { Drawers } from './drawers.js';
import { useHome } from './home.js';
import { CONNECTED } from './lazy-page.js';
import { PageLoading } from './page-loading.js';
import { PAGES, type PageEntry } from './pages.js';
import classes from './shell.module.css';

/** The frame around every page: where one can go, who one acts as, and whether the live connection holds. */
export function Shell() {
  return (
    <NotebookProvider>
      <Frame />
    </NotebookProvider>
  );
}

function Frame() {
  const [isOpen, { toggle, close }] = useDisclosure();
  const { pathname } = useLocation();
  const home = useHome();
  // biome-ignore lint/correctness/useExhaustiveDependencies: going somewhere closes the menu on a phone
  useEffect(close, [pathname]);
  useEffect(() => watchTyping(document), []);
  return (
    <>
      <a href="#main" className={classes.skip}>
        Skip to content
      </a>
      <AppShell
        navbar={{ width: 212, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
        header={{ height: { base: 48, sm: 0 } }}
        padding="lg"
      >
        <AppShell.Header hiddenFrom="sm" className={classes.mobileBar ?? ''}>
          <Burger
            opened={isOpen}
            onClick={toggle}
            size="sm"
            color="white"
            aria-label="Navigation"
          />
          Outdial
        </AppShell.Header>
        <AppShell.Navbar className={classes.navbar ?? ''} aria-label="Main">
          <NavLink to={home} className={classes.brand ?? ''} aria-label="Outdial, home">
            <img src="/favicon.svg" alt="" width={24} height={24} />
            Outdial
          </NavLink>
          <ScrollArea className={classes.places ?? ''} scrollbarSize={6} type="scroll">
            <Places group="work" />
            <Places group="administration" label="Administration" />
          </ScrollArea>
          <PresentSession />
          <AccountMenu />
        </AppShell.Navbar>
        <AppShell.Main id="main" tabIndex={-1}>
          <div className={classes.main}>
            <ConnectionBanner />
            <ActingBanner />
            {/* By place: a page that is not there yet says so at once, instead of leaving the one before on the screen. */}
            <Suspense key={pathname.split('/')[1]} fallback={<PageLoading />}>
              <Outlet />
            </Suspense>
          </div>
        </AppShell.Main>
        <Drawers />
        {/* By address: filters in the query string are no new page. */}
        <ScrollRestoration getKey={({ pathname }) => pathname} />
      </AppShell>
    </>
  );
}

type Navigation = NonNullable<PageEntry['navigation']>;

function Places({ group, label }: { group: Navigation['group']; label?: string }) {
  const may = useMay();
  const open = PAGES.flatMap(({ path, title, navigation, oneOf }) => {
    const needed = navigation?.oneOf ?? oneOf;
    const isShown = navigation?.group === group && (needed === null || may(...needed));
    return isShown ? [{ path, title, Icon: navigation.icon }] : [];
  });
  if (open.length === 0) return null;
  return (
    <>
      {label && <div className={classes.group}>{label}</div>}
      {open.map(({ path, title, Icon }) => (
        <NavLink key={path} to={`/${path}`} className={classes.link ?? ''}>
          <Icon size={17} stroke={1.7} aria-hidden />
          {title}
        </NavLink>
      ))}
    </>
  );
}

/** A person who acts for another agent must not forget it. */
function ActingBanner() {
  const { actingAgentId, actAs } = useConnection();
  const { data } = useDialerStatus();
  if (actingAgentId === null) return null;
  return (
    <div className={classes.banner} role="status">
      <span className={classes.bannerText}>
        You act for <b>{data?.agent.name ?? '…'}</b>. What you start, pause and stop here is theirs.
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

/** How long a lost connection goes unmentioned. */
const PATIENCE_MS = 1_500;

/** A connection that breaks for a moment is not worth a message; one that stays away is. */
function ConnectionBanner() {
  const { live } = useConnection();
  const session = useDialerStatus().data?.session;
  const [isLate, setIsLate] = useState(false);
  useEffect(() => {
    if (live === 'connected') window.dispatchEvent(new Event(CONNECTED));
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
        <b>The live connection is lost.</b> What you see may be out of date. Reconnecting.
        {session && session.status !== 'STOPPED' && ' Your session keeps running.'}
      </span>
    </div>
  );
}
