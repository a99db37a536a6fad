import type { ReportStore, Retention } from '@outdial/postgres';
import type { SystemSettings } from '../features/settings/system-settings.js';
import type { DailyWork } from './scheduled-work.js';

const DAY = 24 * 3600_000;
/** A server that was off for longer leaves the days before out; they can still be seen in the statistics. */
const DAYS_TO_CATCH_UP = 31;
/** Longer than the longest gap between two calls to a number (7 days). */
const OUTSIDE_CALLS_DAYS = 8;

const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);

/** What happens once a day: yesterday's report, then letting go of what was kept long enough. */
export function dailyWorks(ports: {
  readonly reports: Pick<ReportStore, 'writeDay' | 'lastDay'>;
  readonly retention: Retention;
  readonly accounts: { forgetOld(now: Date): Promise<number> };
  readonly settings: SystemSettings;
  /** null on a server, which looks after itself. */
  readonly tidy: (() => Promise<void>) | null;
}): readonly DailyWork[] {
  return [
    {
      name: 'daily report',
      hour: 0,
      async run(now) {
        const yesterday = Date.parse(dayOf(now.getTime() - DAY));
        const lastDay = await ports.reports.lastDay();
        const last = lastDay === null ? yesterday : Date.parse(lastDay);
        const { history_days: kept } = (await ports.settings.current()).settings.retention;
        // The last day again, as calls that went on over midnight are over now; but not when retention may have deleted
        // some of its calls since, which the report outlives.
        const again = kept === null || last >= now.getTime() - kept * DAY;
        const from = Math.max(again ? last : last + DAY, yesterday - DAYS_TO_CATCH_UP * DAY);
        const days: string[] = [];
        for (let day = Math.min(from, yesterday); day <= yesterday; day += DAY) {
          await ports.reports.writeDay(dayOf(day), now);
          days.push(dayOf(day));
        }
        return `Wrote the report of ${days.join(', ')}.`;
      },
    },
    {
      name: 'retention',
      hour: 2,
      async run(now) {
        const { retention } = (await ports.settings.current()).settings;
        const before = (days: number): Date => new Date(now.getTime() - days * DAY);
        const deleted = await ports.retention.deleteOld({
          providerEventsBefore: before(retention.provider_events_days),
          importsBefore: before(retention.imports_days),
          callsBefore: retention.history_days === null ? null : before(retention.history_days),
          outsideCallsBefore: before(OUTSIDE_CALLS_DAYS),
          waitsOverBefore: before(1),
        });
        const signIns = await ports.accounts.forgetOld(now);
        // Afterwards, because that is when there is most to tidy up.
        await ports.tidy?.();
        return `Deleted ${deleted.providerEvents} provider events, ${deleted.imports} imports, ${deleted.calls} calls, ${deleted.outsideCalls} calls outside the dialer, ${deleted.waits} promised waits that are over and ${signIns} sign-ins.`;
      },
    },
  ];
}
