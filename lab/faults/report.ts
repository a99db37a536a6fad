/** One line of what the fault tests come to. */
export interface FaultRow {
  readonly fault: string;
  readonly runs: number;
  readonly calls: number;
  /** Calls that no event ended, and that were looked up and put right. */
  readonly repairs: number;
  readonly seconds: number;
  readonly result: 'kept' | 'BROKEN';
}

/** The report as text: a line each, columns under each other. */
export function faultTable(rows: readonly FaultRow[]): string {
  const cells = [
    ['fault', 'runs', 'calls', 'repairs', 'seconds', 'promises'],
    ...rows.map(({ fault, runs, calls, repairs, seconds, result }) => [
      fault,
      String(runs),
      String(calls),
      String(repairs),
      seconds.toFixed(1),
      result,
    ]),
  ];
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => (row[column] ?? '').length)),
  );
  const isNumber = (column: number): boolean => column > 0 && column < 5;
  const line = (row: readonly string[]): string =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return isNumber(column) ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  const [head = [], ...body] = cells;
  return [line(head), '-'.repeat(line(head).length), ...body.map(line)].join('\n');
}
