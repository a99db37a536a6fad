import type { Clock, DialerPorts, JobName } from '@outdial/core';
import type { FastifyInstance } from 'fastify';
import type { Config } from '../../config/read-config.js';
import { createLatest } from '../../platform/bounded-map.js';
import { failureOf, Recording, recording } from './recording.js';
import type { SpanSender } from './span.js';
import { traceRequests } from './trace-requests.js';
import { tracedPorts } from './traced-ports.js';

/**
 * Traces that follow one call across HTTP, jobs and webhooks.
 *
 * A call's trace id is its own id, a session's likewise (ADR 0013): any node, at any time, puts what it does for a call
 * into the call's trace, and neither rows nor jobs carry anything for that.
 */
export interface Tracing {
  /** The dialer's ports, telling what is asked of them. */
  around(ports: DialerPorts): DialerPorts;
  /** Runs a job, and tells of it once it is over. */
  job(job: JobName, id: string, work: () => Promise<void>): Promise<void>;
  /** To be called before routes are added. */
  requests(app: FastifyInstance): void;
  /** Sends what is left. Safe twice. */
  close(): Promise<void>;
}

const OFF: Tracing = {
  around: (ports) => ports,
  job: (_job, _id, work) => work(),
  requests: () => undefined,
  close: async () => undefined,
};

/** Without an endpoint nothing of OpenTelemetry is even loaded. */
export async function openTracing(
  config: Config['tracing'],
  ports: {
    readonly clock: Clock;
    readonly version: string;
    readonly log: { warn(fields: object, message: string): void };
  },
): Promise<Tracing> {
  if (config === null) return OFF;
  const { createOtlpSender } = await import('./otlp-sender.js');
  return createTracing(createOtlpSender({ ...config, ...ports }), ports.clock);
}

/** Of events that were applied a moment ago. */
const REMEMBERED = 10_000;

export function createTracing(sender: SpanSender, clock: Clock): Tracing {
  const callOfEvent = createLatest<string, string>(REMEMBERED);

  function end(run: Recording, job: JobName, id: string, failure?: string): void {
    const callId = callOfEvent.get(id);
    if (callId !== undefined) run.aboutCall(callId);
    callOfEvent.delete(id);
    run.end(sender, {
      name: `job ${job}`,
      kind: 'internal',
      attributes: { 'outdial.job': job },
      failure,
    });
  }

  return {
    around: (ports) => tracedPorts(ports, sender, callOfEvent),
    async job(job, id, work) {
      const run = new Recording(clock.now().getTime(), id);
      // Three kinds of rows are worked on by their own ids; an event tells which call it is about while it is read.
      if (ABOUT_A_CALL.has(job)) run.aboutCall(id);
      if (job === 'advance-session') run.aboutSession(id);
      try {
        await recording.run(run, work);
      } catch (error) {
        end(run, job, id, failureOf(error));
        throw error;
      }
      end(run, job, id);
    },
    requests: (app) => traceRequests(app, sender, clock),
    close: () => sender.close(),
  };
}

const ABOUT_A_CALL: ReadonlySet<JobName> = new Set([
  'place-call',
  'hang-up-call',
  'check-call',
  'sync-call',
]);
