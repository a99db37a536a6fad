/** What is measured of the nodes, over and over, while they work. */
export interface Sample {
  readonly atMs: number;
  /** Of all nodes together. */
  readonly residentBytes: number;
  readonly heapBytes: number;
  /** Of the worst node, in milliseconds, since the sample before. */
  readonly loopDelayP50: number;
  readonly loopDelayP99: number;
  /** Handles and requests that Node holds open: sockets, servers, timers. */
  readonly resources: number;
  readonly openFiles: number;
  readonly liveCalls: number;
  readonly eventsWaiting: number;
  readonly callsWithoutActivity: number;
  readonly callsCompleted: number;
  readonly repairs: number;
}

/** Every series of a Prometheus text by its whole name, labels included. */
export function readMetrics(text: string): ReadonlyMap<string, number> {
  const series = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, name, value] = /^([a-zA-Z_:][^ ]*(?:\{.*\})?) (\S+)$/.exec(line) ?? [];
    if (name !== undefined) series.set(name, Number(value));
  }
  return series;
}

/** One sample of all nodes. What the database holds is the same whichever of them says it. */
export function sampleOf(nodes: readonly ReadonlyMap<string, number>[], atMs: number): Sample {
  const sumIn = (metrics: ReadonlyMap<string, number>, name: string, label = ''): number =>
    [...metrics]
      .filter(([series]) => series.split('{')[0] === name && series.includes(label))
      .reduce((total, [, value]) => total + value, 0);
  const sum = (name: string): number =>
    nodes.reduce((total, metrics) => total + sumIn(metrics, name), 0);
  const worst = (name: string): number =>
    Math.max(0, ...nodes.map((metrics) => sumIn(metrics, name))) * 1000;
  const shared = (name: string, label = ''): number =>
    Math.max(0, ...nodes.map((metrics) => sumIn(metrics, name, label)));
  return {
    atMs,
    residentBytes: sum('process_resident_memory_bytes'),
    heapBytes: sum('nodejs_heap_size_used_bytes'),
    loopDelayP50: worst('nodejs_eventloop_lag_p50_seconds'),
    loopDelayP99: worst('nodejs_eventloop_lag_p99_seconds'),
    resources: sum('nodejs_active_resources_total'),
    openFiles: sum('process_open_fds'),
    liveCalls: shared('outdial_calls_live'),
    eventsWaiting: shared('outdial_inbox_events', 'PENDING'),
    callsWithoutActivity: shared('outdial_crm_calls'),
    callsCompleted: sum('outdial_calls_completed_total'),
    repairs: sum('outdial_repairs_total'),
  };
}

/** One line of the comparison. `mayBe`: the most that the end may show, given the start; null: it is only told. */
export interface Comparison {
  readonly what: string;
  readonly start: number;
  readonly end: number;
  readonly mayBe: number | null;
  readonly show: (value: number) => string;
}

const MEGABYTE = 1024 * 1024;
const megabytes = (bytes: number): string => `${(bytes / MEGABYTE).toFixed(0)} MB`;
const milliseconds = (value: number): string => `${value.toFixed(1)} ms`;
const whole = (value: number): string => value.toFixed(0);

export const middle = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) / 2)] ?? 0;

/** The least that was seen: right after memory was collected. */
const least = (values: readonly number[]): number => Math.min(...values);

/**
 * The end beside the start, each told by a fifth of the samples, so that no single moment decides. `mostLive`: more calls than
 * there are lines cannot be live.
 */
export function compare(samples: readonly Sample[], mostLive: number): readonly Comparison[] {
  const share = Math.max(1, Math.floor(samples.length / 5));
  const first = samples.slice(0, share);
  const last = samples.slice(-share);
  const line = (
    what: string,
    read: (sample: Sample) => number,
    show: (value: number) => string,
    mayBe: ((start: number) => number) | null,
    told = middle,
  ): Comparison => {
    const [start, end] = [told(first.map(read)), told(last.map(read))];
    return { what, start, end, mayBe: mayBe === null ? null : mayBe(start), show };
  };
  const grownBy = (factor: number, more: number) => (start: number) => start * factor + more;
  return [
    // The embedded database is memory too, and its buffers fill up; a leak outgrows this within minutes.
    line('resident memory', (s) => s.residentBytes, megabytes, grownBy(1.4, 150 * MEGABYTE), least),
    line(
      'heap after collection',
      (s) => s.heapBytes,
      megabytes,
      grownBy(1.5, 40 * MEGABYTE),
      least,
    ),
    line('event-loop delay p50', (s) => s.loopDelayP50, milliseconds, grownBy(2, 20)),
    line('event-loop delay p99', (s) => s.loopDelayP99, milliseconds, grownBy(2, 100)),
    line('open handles and timers', (s) => s.resources, whole, grownBy(1.2, 50)),
    line('open files and sockets', (s) => s.openFiles, whole, grownBy(1.2, 20)),
    line(
      'live calls',
      (s) => s.liveCalls,
      whole,
      () => mostLive,
    ),
    line('provider events that wait', (s) => s.eventsWaiting, whole, grownBy(2, 500)),
    line('calls without an activity', (s) => s.callsWithoutActivity, whole, grownBy(2, 1_000)),
    line('calls completed', (s) => s.callsCompleted, whole, null),
    line('calls repaired', (s) => s.repairs, whole, null),
  ];
}

export const grewTooMuch = ({ end, mayBe }: Comparison): boolean => mayBe !== null && end > mayBe;

/** As text: the end beside the start, with the most that it may be. */
export function comparisonTable(lines: readonly Comparison[]): string {
  const cells = [
    ['', 'start', 'end', 'at most', ''],
    ...lines.map((line) => [
      line.what,
      line.show(line.start),
      line.show(line.end),
      line.mayBe === null ? '' : line.show(line.mayBe),
      grewTooMuch(line) ? 'GREW' : '',
    ]),
  ];
  const widths = [0, 1, 2, 3, 4].map((at) => Math.max(...cells.map((row) => row[at]?.length ?? 0)));
  return cells
    .map((row) =>
      row
        .map((cell, at) =>
          at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0),
        )
        .join('   ')
        .trimEnd(),
    )
    .join('\n');
}
