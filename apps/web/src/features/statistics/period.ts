export const PERIOD_NAMES = ['today', '7d', '30d', 'custom'] as const;
export type PeriodName = (typeof PERIOD_NAMES)[number];

export interface Period {
  /** Half-open, in the browser's time zone. */
  readonly from: string | undefined;
  readonly to: string | undefined;
}

const day = (now: Date, plusDays: number) =>
  new Date(now.getFullYear(), now.getMonth(), now.getDate() + plusDays).toISOString();

/** `days` are calendar days as a date input gives them; the last one is included. */
export function periodOf(
  name: PeriodName,
  days: { from: string | null; to: string | null },
  now: Date,
): Period {
  switch (name) {
    case 'today':
      return { from: day(now, 0), to: day(now, 1) };
    case '7d':
      return { from: day(now, -6), to: day(now, 1) };
    case '30d':
      return { from: day(now, -29), to: day(now, 1) };
    case 'custom':
      return {
        from: days.from ? day(new Date(`${days.from}T00:00`), 0) : undefined,
        to: days.to ? day(new Date(`${days.to}T00:00`), 1) : undefined,
      };
    default:
      return name satisfies never;
  }
}
