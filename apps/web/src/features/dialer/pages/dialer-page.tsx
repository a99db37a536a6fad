import { Button, Skeleton, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { DialerStatus, Session } from '@outdial/protocol';
import { IconKeyboard } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { ErrorState } from '../../../components/error-state.js';
import { useDialerStatus } from '../../../data/use-dialer-status.js';
import { useDispositions } from '../../../data/use-dispositions.js';
import { useTakesCalls } from '../../../data/use-takes-calls.js';
import { callsByLine } from '../../../domain/calls-by-line.js';
import { confirm } from '../../../ui/confirm.js';
import { useHotkeys } from '../../../ui/hotkeys.js';
import { PageHeader } from '../../../ui/page-header.js';
import { useHangUp } from '../api/use-hang-up.js';
import { useSessionControl } from '../api/use-session-control.js';
import { ConnectionBadge } from '../components/connection-badge.js';
import classes from '../components/dialer.module.css';
import { DispositionPanel, NoAnswerYet } from '../components/disposition-panel.js';
import { LineCard } from '../components/line-card.js';
import { MetricsRow } from '../components/metrics-row.js';
import { NoCallsHere } from '../components/no-calls-here.js';
import { PhaseBanner } from '../components/phase-banner.js';
import { RecentResults } from '../components/recent-results.js';
import { Shortcuts } from '../components/shortcuts.js';
import { StartPanel } from '../components/start-panel.js';
import { UpNext } from '../components/up-next.js';
import { useOpenPanels } from '../use-open-panels.js';

/** The page an agent looks at for eight hours. */
export function DialerPage() {
  const takesCalls = useTakesCalls();
  const status = useDialerStatus();
  if (!takesCalls) return <NoCallsHere />;
  if (status.data) return <Dialer status={status.data} />;
  if (status.error)
    return <ErrorState error={status.error} onRetry={() => void status.refetch()} />;
  return (
    <Stack gap="md" aria-label="Loading the dialer" aria-busy>
      <Skeleton height={84} radius="lg" />
      <Skeleton height={58} radius="lg" />
      <Skeleton height={172} radius="lg" />
    </Stack>
  );
}

function Dialer({ status }: { status: DialerStatus }) {
  const { session, connection } = status;
  if (!session) {
    return (
      <>
        <PageHeader
          title="Dialer"
          description="Choose what to work through, and start calling."
          actions={connection && <ConnectionBadge connection={connection} />}
        />
        <StartPanel connection={connection} />
      </>
    );
  }
  return <SessionView session={session} status={status} />;
}

function SessionView({ session, status }: { session: Session; status: DialerStatus }) {
  const { connection } = status;
  const control = useSessionControl();
  const hangUp = useHangUp();
  const dispositions = useDispositions(session.queue_id);
  const notesRef = useRef<HTMLTextAreaElement>(null);
  const [isHelpOpen, help] = useDisclosure();

  // The start panel stands below what is left of the last session; the new one begins at the top.
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs once for each session
  useEffect(() => {
    // Newer browsers answer with a promise, which React would take for a clean-up.
    void window.scrollTo({ top: 0 });
  }, [session.id]);

  const isOpen = session.status !== 'STOPPED';
  const lines = callsByLine(session);
  const hasLive = session.calls.some((call) => call.state !== 'COMPLETED');
  const winner = session.calls.find((call) => call.id === session.winner_call_id);
  const isTalking = winner?.state === 'IN_PROGRESS';
  const { panels, onBusy, onDone } = useOpenPanels(winner, session.calls);

  const stop = () =>
    confirm({
      title: 'Stop this session?',
      cancel: 'Keep dialing',
      children: isTalking
        ? 'Unanswered calls are canceled. Your conversation continues and is recorded.'
        : 'Unanswered calls are canceled. A stopped session cannot be resumed.',
      confirm: 'Stop session',
      onConfirm: () => control.mutate('stop'),
    });
  const hangUpWinner = () => {
    if (winner && isTalking && connection?.capabilities.can_hang_up) hangUp.mutate(winner.id);
  };
  const mayDialNext =
    session.status === 'RUNNING' && (session.phase === 'WRAP_UP' || session.phase === 'DELAY');
  const dialNext = () => {
    if (mayDialNext && !control.isPending) control.mutate('dialNext');
  };
  useHotkeys({
    d: dialNext,
    space: () => {
      if (isOpen && !control.isPending)
        control.mutate(session.status === 'RUNNING' ? 'pause' : 'resume');
    },
    'shift+s': () => isOpen && stop(),
    n: () => notesRef.current?.focus(),
    'shift+h': hangUpWinner,
    '?': help.open,
  });

  return (
    <div className={classes.stack}>
      {connection && <ConnectionBadge connection={connection} />}
      <PhaseBanner
        session={session}
        isBusy={control.isPending}
        onPause={() => control.mutate('pause')}
        onResume={() => control.mutate('resume')}
        onStop={stop}
        onDialNext={mayDialNext ? dialNext : undefined}
        onHangUp={isTalking && connection?.capabilities.can_hang_up ? hangUpWinner : undefined}
      />
      <MetricsRow session={session} />
      <div className={classes.columns}>
        <div className={classes.stack}>
          {(isOpen || hasLive) && (
            <ul
              className={classes.lines}
              data-single={session.lines === 1 || undefined}
              aria-label="Lines"
            >
              {lines.map((call, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
                <li key={index}>
                  <LineCard line={index + 1} call={call} stepsBack={winner !== undefined} />
                </li>
              ))}
            </ul>
          )}
          {dispositions.data &&
            panels.map((call, index) => (
              <DispositionPanel
                key={call.id}
                call={call}
                dispositions={dispositions.data.dispositions}
                notesRef={index === panels.length - 1 ? notesRef : undefined}
                isCurrent={call.id === winner?.id}
                isWrapUp={call.id === winner?.id && session.wrap_up_until !== null}
                onBusy={onBusy}
                onDone={onDone}
              />
            ))}
          {panels.length === 0 && isOpen && dispositions.data && (
            <NoAnswerYet dispositions={dispositions.data.dispositions} />
          )}
          {!isOpen && !hasLive && <StartPanel connection={connection} last={session} />}
        </div>
        <div className={classes.stack}>
          {isOpen && <UpNext items={status.up_next} />}
          <RecentResults calls={session.calls} />
          <Button
            variant="subtle"
            color="gray"
            size="compact-xs"
            leftSection={<IconKeyboard size={14} />}
            onClick={help.open}
          >
            Keyboard shortcuts
            <Text span size="xs" c="dimmed" ml={6}>
              ?
            </Text>
          </Button>
        </div>
      </div>
      <Shortcuts isOpen={isHelpOpen} onClose={help.close} />
    </div>
  );
}
