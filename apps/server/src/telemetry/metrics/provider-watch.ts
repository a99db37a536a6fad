import type { CarrierWatch } from '@outdial/kit';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Clocks that differ by less are set by NTP, or as good as. */
const WORTH_A_WARNING_MS = 5_000;

/** What an adapter itself knows of its provider, one request at a time. */
export function createProviderWatch(
  registry: Registry,
  log: { warn(fields: object, message: string): void },
): CarrierWatch {
  const registers = [registry];
  const waits = new Histogram({
    name: 'outdial_rate_limit_wait_seconds',
    help: "Time a request waited for its turn within the provider's request limit.",
    buckets: [0.01, 0.1, 0.5, 1, 5, 15, 60],
    registers,
  });
  const errors = new Counter({
    name: 'outdial_provider_errors_total',
    help: 'Requests to the provider that failed, by what went wrong; also those that were then made again.',
    labelNames: ['kind'],
    registers,
  });
  const skew = new Gauge({
    name: 'outdial_provider_clock_skew_seconds',
    help: "How far the provider's clock is ahead of ours (negative: behind), by the Date header of its answers.",
    registers,
  });
  let warnedOf = 0;
  return {
    waited: (ms) => waits.observe(ms / 1000),
    failed: (kind) => errors.inc({ kind }),
    clockSkew(ms) {
      skew.set(ms / 1000);
      if (Math.abs(ms - warnedOf) < WORTH_A_WARNING_MS) return;
      warnedOf = ms;
      log.warn(
        { skew_seconds: Math.round(ms / 1000) },
        "the provider's clock and ours differ: calls are still matched, but set the clock by NTP",
      );
    },
  };
}
