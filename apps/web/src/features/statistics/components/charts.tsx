import { BarChart } from '@mantine/charts';
import { Group, Paper, Text, Title } from '@mantine/core';
import type { Stats } from '@outdial/protocol';
import type { ReactNode } from 'react';
import { OUTCOME_COLORS, OUTCOME_WORDS } from '../../../domain/catalogue/words.js';
import { formatPercent } from '../../../domain/format-time.js';
import classes from './charts.module.css';

const SERIES = [
  { name: 'connected', label: 'Connected', color: 'signal.5' },
  { name: 'failed', label: 'Not reached', color: 'var(--bar-quiet)' },
  { name: 'canceled', label: 'Canceled', color: 'var(--bar-faint)' },
];

const tooltipProps = { isAnimationActive: false, cursor: { fill: 'var(--surface-quiet)' } };
const barProps = { isAnimationActive: false, maxBarSize: 34 };

function Chart({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Paper p="md" component="section" aria-label={title} className={classes.chart ?? ''}>
      <Group justify="space-between" mb="sm">
        <Title order={2}>{title}</Title>
        <Group gap="sm" aria-hidden>
          {SERIES.map((s) => (
            <Text
              key={s.name}
              size="xs"
              c="dimmed"
              className={classes.legend ?? ''}
              data-series={s.name}
            >
              {s.label}
            </Text>
          ))}
        </Group>
      </Group>
      {children}
    </Paper>
  );
}

export function ByDay({ stats }: { stats: Stats }) {
  const days = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', timeZone: 'UTC' });
  return (
    <Chart title="By day">
      <BarChart
        h={230}
        type="stacked"
        dataKey="day"
        data={stats.by_day.map((d) => ({ ...d, day: days.format(new Date(d.day)) }))}
        series={SERIES}
        tooltipProps={tooltipProps}
        barProps={barProps}
        gridAxis="x"
        tickLine="none"
      />
    </Chart>
  );
}

export function ByHour({ stats }: { stats: Stats }) {
  return (
    <Chart title="By hour">
      <BarChart
        h={230}
        type="stacked"
        dataKey="hour"
        data={stats.by_hour.map((h) => ({ ...h, hour: `${String(h.hour).padStart(2, '0')}:00` }))}
        series={SERIES}
        tooltipProps={tooltipProps}
        barProps={barProps}
        gridAxis="x"
        tickLine="none"
      />
    </Chart>
  );
}

/** Few, named and ordered values: bars that can be read are worth more here than a pie. */
export function ByOutcome({ stats }: { stats: Stats }) {
  const rows = stats.by_outcome.filter((o) => o.calls > 0).toSorted((a, b) => b.calls - a.calls);
  return (
    <Shares
      title="By outcome"
      rows={rows.map((o) => ({
        name: OUTCOME_WORDS[o.outcome],
        calls: o.calls,
        color: `var(--mantine-color-${OUTCOME_COLORS[o.outcome]}-5)`,
      }))}
    />
  );
}

export function ByDisposition({ stats }: { stats: Stats }) {
  const rows = stats.by_disposition.toSorted((a, b) => b.calls - a.calls).slice(0, 8);
  return (
    <Shares
      title="By disposition"
      rows={rows.map((d) => ({
        name: d.disposition,
        calls: d.calls,
        color: 'var(--mantine-color-ink-4)',
      }))}
    />
  );
}

function Shares({
  title,
  rows,
}: {
  title: string;
  rows: ReadonlyArray<{ name: string; calls: number; color: string }>;
}) {
  const sum = rows.reduce((all, row) => all + row.calls, 0);
  const most = Math.max(1, ...rows.map((row) => row.calls));
  return (
    <Paper p="md" component="section" aria-label={title}>
      <Title order={2} mb="sm">
        {title}
      </Title>
      <dl className={classes.shares}>
        {rows.map((row) => (
          <div key={row.name}>
            <dt>{row.name}</dt>
            <dd className={classes.track}>
              <span style={{ width: `${(row.calls / most) * 100}%`, background: row.color }} />
            </dd>
            <dd className="tabular">{row.calls.toLocaleString('en')}</dd>
            <dd className={`tabular ${classes.share}`}>{formatPercent(row.calls / sum)}</dd>
          </div>
        ))}
      </dl>
    </Paper>
  );
}
