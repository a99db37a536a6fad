import { type DialerPorts, type JournalEntry, OUTCOMES } from '@outdial/core';
import type { CarrierWatch } from '@outdial/kit';
import type { Gauges } from '@outdial/postgres';
import { SecurityAlert } from '@outdial/protocol';
import type { Logger } from 'pino';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { createDatabaseGauges } from './database-gauges.js';
import { createMeasuredPorts } from './measured-ports.js';
import { createNodeGauges, type NodeReadings } from './node-gauges.js';
import { createProviderWatch } from './provider-watch.js';
import { REFUSED_ENTRIES, type RefusedEntry } from './refused-entries.js';

/** Every figure is described, for operators, in docs/metrics.md; a test compares. */
export interface Metrics {
  /** The dialer's ports, with a stop-watch on them. */
  around(ports: DialerPorts): DialerPorts;
  /** For the provider's adapter. */
  readonly provider: CarrierWatch;
  /** From now on, each scrape asks these as well. */
  follow(readings: NodeReadings): void;
  noted(entry: JournalEntry): void;
  alertRaised(kind: SecurityAlert['kind']): void;
  liveEntryRefused(because: RefusedEntry): void;
  jobRan(job: string, seconds: number, failed: boolean): void;
  requestServed(route: string, method: string, status: number, seconds: number): void;
  /** Prometheus text. */
  text(): Promise<{ readonly contentType: string; readonly body: string }>;
}

export interface MetricsOptions {
  readonly readDatabase: () => Promise<Gauges>;
  readonly log: Pick<Logger, 'warn'>;
  /** Says which program this is, in words that do not change while it runs. */
  readonly node: {
    readonly version: string;
    readonly role: string;
    readonly provider: string;
    readonly database: string;
  };
}

/** The process' own figures as they happen, and those of the database and of its parts at each scrape. */
export function createMetrics({ readDatabase, log, node }: MetricsOptions): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];

  new Gauge({
    name: 'outdial_node_info',
    help: 'Always 1; which program this is.',
    labelNames: ['version', 'role', 'provider', 'database'],
    registers,
  }).set({ ...node }, 1);
  const events = new Counter({
    name: 'outdial_events_total',
    help: 'Things that happened, by the words of the log.',
    labelNames: ['event', 'level'],
    registers,
  });
  const completed = new Counter({
    name: 'outdial_calls_completed_total',
    help: 'Completed calls by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  // From nought, so that the first one is an increase already.
  for (const outcome of OUTCOMES) completed.inc({ outcome }, 0);
  const jobs = new Histogram({
    name: 'outdial_job_seconds',
    help: 'Time a job took.',
    labelNames: ['job', 'result'],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 30],
    registers,
  });
  const requests = new Histogram({
    name: 'outdial_http_request_seconds',
    help: 'Time a request took, by route as it is declared.',
    labelNames: ['route', 'method', 'status'],
    buckets: [0.005, 0.01, 0.05, 0.1, 0.5, 1, 5],
    registers,
  });
  const sweeps = new Counter({
    name: 'outdial_sweep_found_total',
    help: 'Rows that were due for more than 2 s when a sweep found them: hints get lost, or there is too much to do.',
    labelNames: ['job'],
    registers,
  });
  const repairs = new Counter({
    name: 'outdial_repairs_total',
    help: 'Rows that were not as they should be and were repaired, by what was wrong.',
    labelNames: ['kind'],
    registers,
  });
  const alerts = new Counter({
    name: 'outdial_security_alerts_total',
    help: 'Things that an admin should look at, such as many failed sign-ins; the audit log has the details.',
    labelNames: ['kind'],
    registers,
  });
  for (const kind of SecurityAlert.shape.kind.options) alerts.inc({ kind }, 0);
  const liveEntries = new Counter({
    name: 'outdial_live_entries_refused_total',
    help: 'Entries of the live events in Redis that no node wrote as they stood there, by what was wrong.',
    labelNames: ['because'],
    registers,
  });
  for (const because of REFUSED_ENTRIES) liveEntries.inc({ because }, 0);
  const around = createMeasuredPorts(registry);
  const bringDatabaseUpToDate = createDatabaseGauges(registry, readDatabase, log);
  const bringNodeUpToDate = createNodeGauges(registry);
  let followed: NodeReadings | null = null;

  async function readNode(): Promise<void> {
    if (followed === null) return;
    try {
      await bringNodeUpToDate(followed);
    } catch (error) {
      log.warn({ err: error }, 'metrics of jobs could not be read');
    }
  }

  return {
    around,
    provider: createProviderWatch(registry, log),
    follow(readings) {
      followed = readings;
    },
    noted({ event, level, details, repaired }) {
      events.inc({ event, level });
      if (event === 'call completed') completed.inc({ outcome: String(details?.outcome) });
      if (event === 'overdue work found') {
        sweeps.inc({ job: String(details?.job) }, Number(details?.count));
      }
      if (repaired !== undefined) repairs.inc({ kind: repaired.kind }, repaired.count);
    },
    alertRaised: (kind) => alerts.inc({ kind }),
    liveEntryRefused: (because) => liveEntries.inc({ because }),
    jobRan: (job, seconds, failed) =>
      jobs.observe({ job, result: failed ? 'failed' : 'done' }, seconds),
    requestServed: (route, method, status, seconds) =>
      requests.observe({ route, method, status: String(status) }, seconds),
    async text() {
      await Promise.all([bringDatabaseUpToDate(), readNode()]);
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}
