import { Badge, UnstyledButton } from '@mantine/core';
import type { Call } from '@outdial/protocol';
import { CrmBadge, OutcomeBadge } from '../../../components/badges.js';
import { useDrawers } from '../../../components/drawer-links.js';
import { PhoneNumber } from '../../../components/phone-number.js';
import { Timer } from '../../../components/timer.js';
import { CALL_STATE_WORDS } from '../../../domain/catalogue/words.js';
import { formatDuration } from '../../../domain/format-time.js';
import classes from './dialer.module.css';

interface LineCardProps {
  line: number;
  call: Call | null;
  /** Another line has the conversation. */
  stepsBack: boolean;
}

/** One line: who is called on it, how far that is, and since when. */
export function LineCard({ line, call, stepsBack }: LineCardProps) {
  const { openLead } = useDrawers();
  if (!call) {
    return (
      <article className={classes.card} data-idle aria-label={`Line ${line}, free`}>
        Line {line} is free
      </article>
    );
  }
  const { lead } = call;
  const word = stateWord(call);
  return (
    <article
      className={classes.card}
      data-state={call.state}
      data-winner={call.winner || undefined}
      data-back={(stepsBack && !call.winner) || undefined}
      aria-label={`Line ${line}: ${lead.name}, ${word}`}
    >
      <div className={classes.cardHead}>
        <span className={classes.state}>
          <span className={classes.pulse} aria-hidden />
          {word}
        </span>
        <span className={classes.time}>
          {call.state === 'COMPLETED' && call.talk_seconds > 0 ? (
            // What the history will say, to the second.
            <span className="tabular">{formatDuration(call.talk_seconds)}</span>
          ) : (
            <Timer since={timedFrom(call)} until={call.ended_at} label={`Line ${line} timer`} />
          )}
        </span>
      </div>
      <UnstyledButton className={classes.name ?? ''} onClick={() => openLead(lead.id)}>
        {lead.name}
      </UnstyledButton>
      {/* A line each, also an empty one: neither cuts the other off, and no card is taller than its neighbours. */}
      <div className={classes.who}>
        <div className={classes.sub}>{lead.job_title ?? '\u00a0'}</div>
        <div className={classes.sub}>{lead.company ?? '\u00a0'}</div>
      </div>
      <div className={classes.sub}>
        <PhoneNumber value={call.phone_number} c="var(--mantine-color-text)" />
      </div>
      <div className={classes.cardFoot}>
        {call.outcome ? (
          <OutcomeBadge outcome={call.outcome} />
        ) : (
          <>
            {lead.headcount && <Badge color="gray">{lead.headcount} people</Badge>}
            {lead.industry && <Badge color="gray">{lead.industry}</Badge>}
          </>
        )}
        <CrmBadge call={call} />
        {!call.crm_state && lead.crm_external_id && (
          <Badge variant="outline" color="gray">
            In CRM
          </Badge>
        )}
      </div>
    </article>
  );
}

function stateWord(call: Call): string {
  if (call.state === 'COMPLETED') return call.winner ? 'Conversation over' : 'Ended';
  if (call.cancel_reason && call.state !== 'IN_PROGRESS') return 'Hanging up';
  if (call.placement === 'UNKNOWN') return 'Looking for the call';
  if (call.state === 'IN_PROGRESS' && call.answered_by === 'MACHINE') return 'A machine answered';
  return CALL_STATE_WORDS[call.state];
}

/** The clock of a card shows the stage it is in: how long it rings, then how long people talk. */
const timedFrom = (call: Call) =>
  call.answered_at ?? call.ringing_at ?? call.dialed_at ?? call.queued_at;
