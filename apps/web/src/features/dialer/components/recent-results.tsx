import { Paper, Text, UnstyledButton } from '@mantine/core';
import type { Call } from '@outdial/protocol';
import { CrmBadge, OutcomeBadge } from '../../../components/badges.js';
import { useDrawers } from '../../../components/drawer-links.js';
import { Moment } from '../../../components/moment.js';
import { formatDuration } from '../../../domain/format-time.js';
import classes from './dialer.module.css';

const SHOWN = 8;

/** What came of the last calls of this session. */
export function RecentResults({ calls }: { calls: readonly Call[] }) {
  const { openCall } = useDrawers();
  const ended = calls
    .filter((call) => call.state === 'COMPLETED')
    .toSorted((a, b) => Date.parse(b.ended_at ?? '') - Date.parse(a.ended_at ?? ''));
  return (
    <Paper component="section" aria-label="Recent results">
      <h2 className={classes.sideTitle}>Recent results</h2>
      {ended.length === 0 && (
        <Text size="sm" c="dimmed" px={14} pb="sm">
          Results of this session appear here.
        </Text>
      )}
      <ol className={classes.list}>
        {ended.slice(0, SHOWN).map((call) => (
          <li key={call.id} className={classes.item}>
            <UnstyledButton className={classes.itemName ?? ''} onClick={() => openCall(call.id)}>
              {call.lead.name}
            </UnstyledButton>
            <OutcomeBadge outcome={call.outcome} />
            <span className={classes.itemSub}>
              <Moment at={call.ended_at} />
              {call.talk_seconds > 0 && ` · ${formatDuration(call.talk_seconds)}`}
              {call.winner && call.disposition && ` · ${call.disposition}`}
            </span>
            {call.crm_state === 'FAILED' ? <CrmBadge call={call} /> : <span />}
          </li>
        ))}
      </ol>
    </Paper>
  );
}
