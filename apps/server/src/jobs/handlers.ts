import {
  advanceSession,
  checkCall,
  type DialerPorts,
  hangUpCall,
  type JobName,
  placeCall,
  processProviderEvent,
  syncCall,
} from '@outdial/core';
import type { Metrics } from '../telemetry/metrics/metrics.js';
import type { Tracing } from '../telemetry/tracing/tracing.js';

type Handlers = Record<JobName, (id: string) => Promise<void>>;

/**
 * What each job does. Every one claims its row first, so that it may run twice, late, or on two nodes. A server that is
 * stopping places nothing new; what is left queued is placed by the next start.
 */
export function jobHandlers({
  dialer,
  runImport,
  stopping,
  metrics,
  tracing,
}: {
  dialer: DialerPorts;
  runImport: (importId: string) => Promise<void>;
  stopping: () => boolean;
  metrics: Metrics;
  tracing: Pick<Tracing, 'job'>;
}): Handlers {
  const handlers: Handlers = {
    'advance-session': async (id) => {
      if (!stopping()) await advanceSession(dialer, id);
    },
    'place-call': async (id) => {
      // What this process has begun is written as dialed, so it is still placed.
      if (!stopping() || dialer.begunCalls?.has(id)) await placeCall(dialer, id);
    },
    'hang-up-call': (id) => hangUpCall(dialer, id),
    'check-call': (id) => checkCall(dialer, id),
    'process-event': (id) => processProviderEvent(dialer, id),
    'sync-call': async (id) => {
      await syncCall(dialer, id);
    },
    'run-import': runImport,
  };
  const timed = Object.entries(handlers).map(([job, handle]) => [
    job,
    measured(job as JobName, handle),
  ]);
  return Object.fromEntries(timed) as Handlers;

  function measured(job: JobName, handle: (id: string) => Promise<void>) {
    return async (id: string): Promise<void> => {
      const startedAt = performance.now();
      let failed = true;
      try {
        await tracing.job(job, id, () => handle(id));
        failed = false;
      } finally {
        metrics.jobRan(job, (performance.now() - startedAt) / 1000, failed);
      }
    };
  }
}
