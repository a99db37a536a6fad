import type { JournalEntry } from '@outdial/core';
import type { Gauges } from '@outdial/postgres';
import type { Logger } from 'pino';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

export interface Metrics {
  noted(entry: JournalEntry): void;
  jobRan(job: string, seconds: number, failed: boolean): void;
  requestServed(route: string, method: string, status: number, seconds: number): void;
  swept(found: number): void;
  /** Prometheus text. */
  text(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** The process' own figures as they happen, and the database's when somebody asks. */
export function createMetrics(read: () => Promise<Gauges>, log: Pick<Logger, 'warn'>): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];

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
    help: 'Due rows that the sweeper found; a few are normal, many mean that jobs get lost.',
    registers,
  });

  const calls = gauge('outdial_calls_live', 'Live calls by state.', ['state']);
  const sessions = gauge('outdial_sessions', 'Sessions by status.', ['status']);
  const inbox = gauge('outdial_inbox_events', 'Provider events that wait or were given up.', [
    'state',
  ]);
  const databaseUp = gauge('outdial_database_up', '1: the database answered this scrape.', []);
  const lag = gauge(
    'outdial_inbox_lag_seconds',
    'Age of the oldest provider event that waits.',
    [],
  );
  const crm = gauge('outdial_crm_calls', 'Completed calls the CRM does not have yet.', ['state']);

  function gauge<L extends string>(name: string, help: string, labelNames: L[]): Gauge<L> {
    return new Gauge({ name, help, labelNames, registers });
  }

  async function readDatabase(): Promise<void> {
    const readings = await read();
    calls.reset();
    for (const [state, count] of Object.entries(readings.liveCalls)) calls.set({ state }, count);
    sessions.reset();
    for (const [status, count] of Object.entries(readings.sessions)) {
      sessions.set({ status }, count);
    }
    inbox.set({ state: 'PENDING' }, readings.inbox.pending);
    inbox.set({ state: 'DEAD' }, readings.inbox.dead);
    lag.set(readings.inbox.lagSeconds);
    crm.set({ state: 'PENDING' }, readings.crmBacklog.pending);
    crm.set({ state: 'FAILED' }, readings.crmBacklog.failed);
  }

  return {
    noted({ event, level, details }) {
      events.inc({ event, level });
      if (event === 'call completed') completed.inc({ outcome: String(details?.outcome) });
    },
    jobRan: (job, seconds, failed) =>
      jobs.observe({ job, result: failed ? 'failed' : 'done' }, seconds),
    requestServed: (route, method, status, seconds) =>
      requests.observe({ route, method, status: String(status) }, seconds),
    swept: (found) => sweeps.inc(found),
    async text() {
      try {
        await readDatabase();
        databaseUp.set(1);
      } catch (error) {
        // Just then the process' own figures are wanted most; the database's stay as they were last read.
        databaseUp.set(0);
        log.warn({ err: error }, 'metrics could not be read from the database');
      }
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}
