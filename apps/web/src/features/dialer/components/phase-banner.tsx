import { Button, Group } from '@mantine/core';
import type { Session } from '@outdial/protocol';
import {
  IconPhoneOff,
  IconPhoneOutgoing,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerStop,
} from '@tabler/icons-react';
import { Timer } from '../../../components/timer.js';
import { useAccount } from '../../../data/account-context.js';
import { useServerSecond } from '../../../data/server-clock.js';
import { phaseText } from '../../../domain/phase-text.js';
import classes from './dialer.module.css';

interface PhaseBannerProps {
  session: Session;
  isBusy: boolean;
  onPause: () => void;
  onResume: () => void;
  onStop: () => void;
  /** Left out where no countdown is to be cut short. */
  onDialNext?: (() => void) | undefined;
  /** Left out where there is no conversation, or the provider cannot end one. */
  onHangUp?: (() => void) | undefined;
}

export function PhaseBanner(props: PhaseBannerProps) {
  const { session, isBusy, onPause, onResume, onStop, onDialNext, onHangUp } = props;
  const now = useServerSecond();
  const { user } = useAccount();
  const { headline, detail } = phaseText(session, now, user.id);
  const isOpen = session.status !== 'STOPPED';
  const winner = session.calls.find((call) => call.id === session.winner_call_id);
  const isTalking = winner?.state === 'IN_PROGRESS';
  const countsDown = ['WRAP_UP', 'DELAY'].includes(session.phase);
  return (
    <section
      className={classes.banner}
      data-phase={isTalking ? 'ON_CALL' : session.phase}
      data-outage={session.outage ? true : undefined}
      aria-label="Session"
    >
      <div>
        {/* Read out when the words change, not with every second of a countdown. */}
        <h1 className={classes.headline} aria-live={countsDown ? 'off' : 'polite'}>
          {headline}
        </h1>
        <p className={classes.detail}>{detail}</p>
      </div>
      <div className={classes.clock}>
        {(isOpen || isTalking) && !countsDown && (
          <Timer
            since={(isTalking ? winner.answered_at : null) ?? session.phase_since}
            label="Time in this phase"
          />
        )}
      </div>
      {(isOpen || onHangUp) && (
        <Group gap="xs">
          {onHangUp && (
            <Button color="rust" leftSection={<IconPhoneOff size={16} />} onClick={onHangUp}>
              Hang up
            </Button>
          )}
          {onDialNext && (
            <Button
              leftSection={<IconPhoneOutgoing size={16} />}
              onClick={onDialNext}
              disabled={isBusy}
              aria-keyshortcuts="D"
            >
              Dial next
            </Button>
          )}
          {session.status === 'RUNNING' && (
            <Button
              variant="default"
              leftSection={<IconPlayerPause size={16} />}
              onClick={onPause}
              disabled={isBusy}
              className={classes.toggle ?? ''}
            >
              Pause
            </Button>
          )}
          {session.status === 'PAUSED' && (
            <Button
              leftSection={<IconPlayerPlay size={16} />}
              onClick={onResume}
              disabled={isBusy}
              className={classes.toggle ?? ''}
            >
              Resume
            </Button>
          )}
          {isOpen && (
            <Button
              variant="default"
              c="rust"
              leftSection={<IconPlayerStop size={16} />}
              onClick={onStop}
              disabled={isBusy}
            >
              Stop
            </Button>
          )}
        </Group>
      )}
    </section>
  );
}
