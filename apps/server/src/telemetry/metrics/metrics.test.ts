import type { Gauges } from '@outdial/postgres';
import { expect, it } from 'vitest';
import { createMetrics } from './metrics.js';

const quiet = { warn: () => undefined };
const node = { version: '1.2.3', role: 'both', provider: 'simulator', database: 'server' };
const metricsOver = (readDatabase: () => Promise<Gauges>) =>
  createMetrics({ readDatabase, log: quiet, node });
const GAUGES: Gauges = {
  inbox: { pending: 3, dead: 1, lagSeconds: 12.5 },
  liveCalls: { QUEUED: 1, DIALING: 0, RINGING: 2, IN_PROGRESS: 1 },
  crmBacklog: { pending: 4, failed: 2, givenUp: 1 },
  sessions: { RUNNING: 2, PAUSED: 1 },
};

it('gives Prometheus each series, from this process and from the database', async () => {
  const metrics = metricsOver(async () => GAUGES);
  metrics.noted({ level: 'info', event: 'call completed', details: { outcome: 'BUSY' } });
  metrics.noted({ level: 'info', event: 'call completed', details: { outcome: 'BUSY' } });
  metrics.noted({ level: 'warn', event: 'hang-up failed', pii: { phone: '+12025550101' } });
  metrics.jobRan('place-call', 0.02, false);
  metrics.jobRan('sync-call', 2, true);
  metrics.requestServed('/api/leads/:id', 'GET', 404, 0.003);
  metrics.noted({
    level: 'warn',
    event: 'overdue work found',
    details: { job: 'sync-call', count: 7, oldest_seconds: 40 },
    repaired: { kind: 'crm_overdue', count: 7 },
  });
  metrics.follow({
    jobs: async () => [
      { place: 'process', job: 'sync-call', state: 'waiting', count: 3 },
      { place: 'process', job: 'place-call', state: 'running', count: 2 },
    ],
    connections: () => ({ inUse: 3, idle: 7, waiting: 1 }),
    readers: () => 5,
  });

  const { contentType, body } = await metrics.text();
  expect(contentType).toContain('text/plain');
  const lines = body.split('\n');
  for (const line of [
    'outdial_events_total{event="call completed",level="info"} 2',
    'outdial_events_total{event="hang-up failed",level="warn"} 1',
    'outdial_calls_completed_total{outcome="BUSY"} 2',
    'outdial_job_seconds_count{job="place-call",result="done"} 1',
    'outdial_job_seconds_sum{job="sync-call",result="failed"} 2',
    'outdial_http_request_seconds_count{route="/api/leads/:id",method="GET",status="404"} 1',
    'outdial_sweep_found_total{job="sync-call"} 7',
    'outdial_repairs_total{kind="crm_overdue"} 7',
    'outdial_database_up 1',
    'outdial_calls_live{state="QUEUED"} 1',
    'outdial_calls_live{state="DIALING"} 0',
    'outdial_calls_live{state="RINGING"} 2',
    'outdial_calls_live{state="IN_PROGRESS"} 1',
    'outdial_sessions{status="RUNNING"} 2',
    'outdial_sessions{status="PAUSED"} 1',
    'outdial_inbox_events{state="PENDING"} 3',
    'outdial_inbox_events{state="DEAD"} 1',
    'outdial_inbox_lag_seconds 12.5',
    'outdial_crm_calls{state="PENDING"} 4',
    'outdial_crm_calls{state="FAILED"} 1',
    'outdial_crm_calls{state="GIVEN_UP"} 1',
    'outdial_node_info{version="1.2.3",role="both",provider="simulator",database="server"} 1',
    'outdial_jobs{place="process",job="sync-call",state="waiting"} 3',
    'outdial_jobs{place="process",job="place-call",state="running"} 2',
    'outdial_database_connections{state="in_use"} 3',
    'outdial_database_connections{state="waiting"} 1',
    'outdial_live_readers 5',
  ]) {
    expect(lines).toContain(line);
  }
  expect(body).toContain('nodejs_eventloop_lag_seconds');
  expect(body).toContain('process_resident_memory_bytes');
  expect(body).not.toContain('2025550101');
});

it('still tells of the process when the database is away', async () => {
  const metrics = metricsOver(async () => {
    throw new Error('connection refused');
  });
  const { body } = await metrics.text();
  expect(body).toContain('outdial_database_up 0');
  expect(body).toContain('process_resident_memory_bytes');
});

it('asks the database once for all who scrape within seconds', async () => {
  let asked = 0;
  const metrics = metricsOver(async () => {
    asked += 1;
    return GAUGES;
  });
  await Promise.all([metrics.text(), metrics.text()]);
  await metrics.text();
  expect(asked).toBe(1);
});

it('does not go on showing jobs that are gone', async () => {
  const metrics = metricsOver(async () => GAUGES);
  let jobs = [{ place: 'process', job: 'sync-call', state: 'waiting', count: 3 }] as const;
  metrics.follow({ jobs: async () => jobs, connections: () => null, readers: () => 0 });
  expect((await metrics.text()).body).toContain('job="sync-call"');
  jobs = [] as never;
  expect((await metrics.text()).body).not.toContain('job="sync-call"');
});
