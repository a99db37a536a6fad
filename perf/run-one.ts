/** One bench in this process, for `bench.ts`, which hears by message how long to wait and what was measured. */
import type { Bench, Measured } from './figures.js';

const [name = '', ...options] = process.argv.slice(2);
const { bench } = (await import(`./${name}.ts`)) as { bench: Bench };
tell({ minutesAtMost: bench.minutesAtMost });
const figures = await bench.run({
  quick: options.includes('--quick'),
  note: (text) => console.log(`  … ${text}`),
});
const { title, about, cause } = bench;
tell({ measured: { title, about, ...(cause !== undefined && { cause }), figures } });
process.disconnect?.();

function tell(message: { minutesAtMost: number } | { measured: Measured }): void {
  process.send?.(message);
}
