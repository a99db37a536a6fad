/** What a bench is and what it tells; how figures are written. */

export interface Bench {
  readonly title: string;
  /** What is measured and how, for a reader of the results alone. */
  readonly about: string;
  /** While a goal is not reached: why, as a profile told. */
  readonly cause?: string;
  /** After so long it is ended. */
  readonly minutesAtMost: number;
  /** Whether it heeds `--commit-ms`. */
  readonly takesCommitMs?: boolean;
  run(options: BenchOptions): Promise<readonly Figure[]>;
}

export interface BenchOptions {
  /** Smaller sizes: the same code in a fraction of the time. */
  readonly quick: boolean;
  /**
   * Milliseconds that each flush of the database's log waits first, as on a slower disk: 0 unless asked for. Commits that come
   * meanwhile share the flush, as on that disk. Only for benches with `takesCommitMs`.
   */
  readonly commitMs: number;
  /** Says on the console what is going on. */
  note(text: string): void;
}

export interface Amount {
  readonly value: number;
  /** As in "ms" or "items/s". */
  readonly unit: string;
}

export interface Figure extends Amount {
  /** As in "claiming 2,000 of 200,000 leads, PostgreSQL". */
  readonly what: string;
  /** What the machine can do at most, or without us, measured in the same run. */
  readonly yardstick?: Amount & { readonly what: string };
  readonly goal?: { readonly says: string; readonly reached: boolean };
}

/** What a run of a bench came to. */
export type Measured = Pick<Bench, 'title' | 'about' | 'cause'> & {
  readonly figures: readonly Figure[];
};

export interface Result extends Measured {
  readonly name: string;
  readonly date: string;
  readonly seconds: number;
  /** As in `BenchOptions`; left out: 0. */
  readonly commitMs?: number;
  readonly commit: string;
  /** What has changed since, until it is measured again: the next run leaves it out. */
  readonly later?: string;
  /** Processes that wanted a core, on average of the minute before (0: a quiet machine); runs of before do not say. */
  readonly loadBefore?: number;
  readonly machine: {
    readonly cores: number;
    readonly processor: string;
    readonly gigabytes: number;
    readonly node: string;
    readonly postgres: string;
  };
}

/** The value below which `share` (0 to 1) of the values lie; NaN without any. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Three digits that count: more would be noise. */
function amount({ value, unit }: Amount): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const shown = value.toLocaleString('en', {
    minimumFractionDigits: 0,
    maximumFractionDigits: digits,
  });
  return `${shown} ${unit}`.trim();
}

const reached = (goal: NonNullable<Figure['goal']>) => (goal.reached ? 'reached' : 'NOT reached');

export function line(figure: Figure): string {
  const { what, yardstick, goal } = figure;
  return [
    `${what}: ${amount(figure)}`,
    ...(yardstick ? [`${yardstick.what}: ${amount(yardstick)}`] : []),
    ...(goal ? [`goal ${goal.says}: ${reached(goal)}`] : []),
  ].join('; ');
}

export function render(results: readonly Result[]): string {
  return [
    '# Results',
    '',
    'Written by `npm run bench`. Each figure stands beside its yardstick, which the same run measured on the same machine.',
    ...results.flatMap(section),
    '',
  ].join('\n');
}

function section(result: Result): string[] {
  const { title, name, about, figures, machine, cause, later, commitMs = 0, loadBefore } = result;
  return [
    '',
    `## ${title}${commitMs > 0 ? `, each commit ${commitMs} ms slower` : ''}`,
    '',
    commitMs > 0 ? `${about} ${slowerCommits(commitMs)}` : about,
    '',
    '| what | figure | yardstick | goal |',
    '|---|---|---|---|',
    ...figures.map((figure) => {
      const { what, yardstick, goal } = figure;
      const beside = yardstick ? `${amount(yardstick)} (${yardstick.what})` : '';
      const wanted = goal ? `${goal.says}: ${goal.reached ? 'reached' : '**not reached**'}` : '';
      return `| ${what} | ${amount(figure)} | ${beside} | ${wanted} |`;
    }),
    ...(figures.some(({ goal }) => goal?.reached === false)
      ? ['', `Cause: ${cause ?? 'not known yet.'}`]
      : []),
    '',
    `\`npm run bench -- ${name}${commitMs > 0 ? ` --commit-ms ${commitMs}` : ''}\` on ${result.date.slice(0, 16).replace('T', ' ')} UTC, ${result.seconds} s; ` +
      `${loadBefore === undefined ? '' : `load average before it ${loadBefore.toFixed(1)}; `}` +
      `${machine.cores} cores (${machine.processor}), ${machine.gigabytes} GB, Node ${machine.node}, ` +
      `PostgreSQL ${machine.postgres}; commit ${result.commit}.`,
    ...(later === undefined ? [] : ['', `**From before later changes.** ${later}`]),
  ];
}

const slowerCommits = (ms: number): string =>
  `Each flush of the database’s log waits ${ms} ms first (PostgreSQL’s \`commit_delay\`), the yardstick’s too, as on a slower disk.`;
