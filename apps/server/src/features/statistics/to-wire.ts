import type { DailyReport, Stats, Totals } from '@outdial/postgres';
import type * as wire from '@outdial/protocol';
import type { z } from 'zod';
import { iso } from '../../operations/to-time.js';

export const toWireStats = (
  stats: Stats,
  period: {
    readonly from: Date;
    readonly to: Date;
    readonly timeZone: string;
    readonly practice: wire.Stats['practice'];
  },
): wire.Stats => ({
  from: iso(period.from),
  to: iso(period.to),
  time_zone: period.timeZone,
  practice: period.practice,
  totals: {
    ...toWireTotals(stats.totals),
    average_talk_seconds: stats.totals.averageTalkSeconds,
    abandoned: stats.totals.abandoned,
    abandon_rate: stats.totals.abandonRate,
  },
  by_outcome: stats.byOutcome.map(({ outcome, calls }) => ({ outcome, calls })),
  by_disposition: stats.byDisposition.map(({ disposition, calls }) => ({ disposition, calls })),
  by_agent: stats.byAgent.map((row) => ({
    agent_id: row.agentId,
    agent_name: row.agentName,
    ...toWireTotals(row),
  })),
  by_queue: stats.byQueue.map((row) => ({
    queue_id: row.queueId,
    queue_name: row.queueName,
    ...toWireTotals(row),
  })),
  by_hour: stats.byHour.map((row) => ({ hour: row.hour, ...toWireTotals(row) })),
  by_day: stats.byDay.map((row) => ({ day: row.day, ...toWireTotals(row) })),
});

const toWireTotals = (totals: Totals) => ({
  attempted: totals.attempted,
  connected: totals.connected,
  failed: totals.failed,
  canceled: totals.canceled,
  live: totals.live,
  talk_seconds: totals.talkSeconds,
  connect_rate: totals.connectRate,
});

export const toWireReport = (report: DailyReport): z.infer<typeof wire.DailyReport> => ({
  day: report.day,
  agent_id: report.agentId,
  agent_name: report.agentName,
  queue_id: report.queueId,
  queue_name: report.queueName,
  attempted: report.attempted,
  connected: report.connected,
  failed: report.failed,
  canceled: report.canceled,
  by_outcome: report.byOutcome,
  talk_seconds: report.talkSeconds,
});
