/** 0:07, 12:34, 1:02:03. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const h = Math.floor(whole / 3600);
  const m = Math.floor((whole % 3600) / 60);
  const s = String(whole % 60).padStart(2, '0');
  return h > 0 ? `${h}:${String(m).padStart(2, '0')}:${s}` : `${m}:${s}`;
}

/** For sums: 42 s, 12 min, 3 h 05 min. */
export function formatLongDuration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  if (minutes < 60) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

// `hour12: false` would say 24:05 for five past midnight.
const clock = new Intl.DateTimeFormat('en', {
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const dayAndClock = new Intl.DateTimeFormat('en', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const weekdayAndClock = new Intl.DateTimeFormat('en', {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});
const dayOfYear = new Intl.DateTimeFormat('en', { dateStyle: 'medium' });
const fullDate = new Intl.DateTimeFormat('en', {
  dateStyle: 'medium',
  timeStyle: 'medium',
  hourCycle: 'h23',
});

/** Today, 14:05; Nov 3, 14:05 this year; else Nov 3, 2027. In the browser's time zone. */
export function formatMoment(iso: string, now: Date = new Date()): string {
  const moment = new Date(iso);
  if (moment.toDateString() === now.toDateString()) return `Today, ${clock.format(moment)}`;
  return moment.getFullYear() === now.getFullYear()
    ? dayAndClock.format(moment)
    : dayOfYear.format(moment);
}

/** 14:05. In the browser's time zone. */
export const formatTime = (iso: string) => clock.format(new Date(iso));

/** Tue, Nov 3, 14:05. In the browser's time zone. */
export const formatDayAndTime = (moment: Date) => weekdayAndClock.format(moment);

export const formatFullMoment = (iso: string) => fullDate.format(new Date(iso));

export const formatPercent = (share: number) =>
  `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)}%`;

/** The value of a `datetime-local` input, in the browser's time zone. */
export function toLocalInput(moment: Date): string {
  const shifted = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}

/** The start of a day in the browser's time zone, as the server reads it. */
export function startOfDay(day: string | null, plusDays = 0): string | undefined {
  if (!day) return undefined;
  const date = new Date(`${day}T00:00`);
  date.setDate(date.getDate() + plusDays);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
