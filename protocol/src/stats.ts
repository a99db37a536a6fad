import { z } from 'zod';
import { Day, Id, PageQuery, pageOf, TimestampInput } from './common.js';
import { Metrics } from './dialer.js';
import { Outcome } from './settings.js';

export const PracticeCalls = z.enum(['exclude', 'include', 'only']);

export const StatsQuery = z.object({
  from: TimestampInput.optional().describe(
    'Queued at or after; left out: 7 days before `to`; not after `to`.',
  ),
  to: TimestampInput.optional().describe('Queued before; left out: now.'),
  agent_id: Id.optional(),
  queue_id: Id.optional(),
  time_zone: z.string().max(60).default('UTC').describe('For hours and days.'),
  practice: PracticeCalls.optional().describe(
    'Practice calls ring no phone. Left out: excluded, unless only Practice is connected.',
  ),
});
export type StatsQuery = z.infer<typeof StatsQuery>;

const Totals = Metrics.extend({
  live: z.number().int(),
  talk_seconds: z.number().int(),
  connect_rate: z.number().describe('connected / completed, 0 to 1; 0 when nothing is completed.'),
});
export const Stats = z
  .object({
    from: z.string(),
    to: z.string(),
    time_zone: z.string(),
    practice: PracticeCalls.describe('How practice calls were counted.'),
    totals: Totals.extend({
      average_talk_seconds: z.number(),
      abandoned: z.number().int(),
      abandon_rate: z.number().describe('abandoned / (connected + abandoned), 0 to 1.'),
    }),
    by_outcome: z.array(z.object({ outcome: Outcome, calls: z.number().int() })),
    by_disposition: z.array(z.object({ disposition: z.string(), calls: z.number().int() })),
    by_agent: z.array(Totals.extend({ agent_id: Id, agent_name: z.string() })),
    by_queue: z.array(Totals.extend({ queue_id: Id, queue_name: z.string() })),
    by_hour: z.array(Totals.extend({ hour: z.number().int().min(0).max(23) })),
    by_day: z.array(Totals.extend({ day: Day })),
  })
  .meta({ id: 'Stats' });
export type Stats = z.infer<typeof Stats>;

export const DailyReport = Metrics.extend({
  day: Day,
  agent_id: Id,
  agent_name: z.string(),
  queue_id: Id,
  queue_name: z.string(),
  by_outcome: z.partialRecord(Outcome, z.number().int()),
  talk_seconds: z.number().int(),
}).meta({ id: 'DailyReport' });
export const ReportQuery = PageQuery.extend({
  from: Day.optional().describe('Not after `to`.'),
  to: Day.optional().describe('Inclusive.'),
  agent_id: Id.optional(),
  queue_id: Id.optional(),
});
export const ReportList = pageOf('reports', DailyReport).meta({ id: 'ReportList' });
export type ReportList = z.infer<typeof ReportList>;
