import { Paper, Text, UnstyledButton } from '@mantine/core';
import type { QueueItem } from '@outdial/protocol';
import { useDrawers } from '../../../components/drawer-links.js';
import { useServerSecond } from '../../../data/server-clock.js';
import { formatMoment } from '../../../domain/format-time.js';
import classes from './dialer.module.css';

const SHOWN = 6;

/** Who is called next, as far as can be said now. */
export function UpNext({ items }: { items: readonly QueueItem[] }) {
  const { openLead } = useDrawers();
  return (
    <Paper component="section" aria-label="Up next">
      <h2 className={classes.sideTitle}>Up next</h2>
      {items.length === 0 && (
        <Text size="sm" c="dimmed" px={14} pb="sm">
          No leads are due in this queue.
        </Text>
      )}
      <ol className={classes.list}>
        {items.slice(0, SHOWN).map((item) => (
          <li key={item.id} className={classes.item}>
            <UnstyledButton
              className={classes.itemName ?? ''}
              onClick={() => openLead(item.lead_id)}
            >
              {item.lead.name}
            </UnstyledButton>
            <span className={`${classes.itemSub} tabular`}>
              <Due item={item} />
            </span>
            <span className={classes.itemSub}>
              {[item.lead.job_title, item.lead.company].filter(Boolean).join(' · ') || '\u00a0'}
            </span>
            <span className={`${classes.itemSub} tabular`}>
              {item.attempts > 0 ? `try ${item.attempts + 1}` : ''}
            </span>
          </li>
        ))}
      </ol>
    </Paper>
  );
}

function Due({ item }: { item: QueueItem }) {
  const now = useServerSecond();
  if (Date.parse(item.due_at) > now) return formatMoment(item.due_at);
  return item.callback ? 'callback' : 'now';
}
