import type { AircallWatch } from '@outdial/telephony-aircall';
import { Counter, Histogram, type Registry } from 'prom-client';

/** What an adapter itself knows of its provider, one request at a time. */
export function createProviderWatch(registry: Registry): AircallWatch {
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
  return {
    waited: (ms) => waits.observe(ms / 1000),
    failed: (kind) => errors.inc({ kind }),
  };
}
