/** One bench in this process, for `bench.ts`, which hears by message how long to wait and what was measured. */
import type { Bench, Measured } from './figures.js';

const [name = '', ...options] = process.argv.slice(2);
const { bench } = (await import(`./${name}.ts`)) as { bench: Bench };
const commitMs = Number(options[options.indexOf('--commit-ms') + 1] ?? 0);
if (commitMs > 0 && bench.takesCommitMs !== true) {
  console.error(
    `  The bench "${name}" does not take --commit-ms; first-connect, next-dial and dial-loop do.`,
  );
  process.exit(1);
}
tell({ minutesAtMost: bench.minutesAtMost });
const figures = await bench.run({
  quick: options.includes('--quick'),
  commitMs,
  note: (text) => console.log(`  … ${text}`),
});
const { title, about, cause } = bench;
tell({ measured: { title, about, ...(cause !== undefined && { cause }), figures } });
process.disconnect?.();

function tell(message: { minutesAtMost: number } | { measured: Measured }): void {
  process.send?.(message);
}
