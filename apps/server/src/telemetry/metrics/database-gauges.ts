import type { Gauges } from '@outdial/postgres';
import type { Logger } from 'pino';
import { Gauge, type Registry } from 'prom-client';

/** Several nodes, each asked by several scrapers, must not add up to load on the database that they all share. */
const READ_AT_MOST_EVERY_MS = 5_000;

/**
 * What stands in the database, and is therefore the same on each node: a sum over nodes must take the maximum. Answers a
 * function that brings the figures up to date; it never throws.
 */
export function createDatabaseGauges(
  registry: Registry,
  read: () => Promise<Gauges>,
  log: Pick<Logger, 'warn'>,
): () => Promise<void> {
  const registers = [registry];
  const gauge = <L extends string>(name: string, help: string, labelNames: L[] = []) =>
    new Gauge({ name, help, labelNames, registers });

  const databaseUp = gauge(
    'outdial_database_up',
    '1: the database answered when it was last asked for these figures.',
  );
  const calls = gauge('outdial_calls_live', 'Live calls by state.', ['state']);
  const sessions = gauge('outdial_sessions', 'Sessions that are not stopped, by status.', [
    'status',
  ]);
  const inbox = gauge(
    'outdial_inbox_events',
    'Provider events that wait (PENDING) or were given up (DEAD).',
    ['state'],
  );
  const lag = gauge('outdial_inbox_lag_seconds', 'Age of the oldest provider event that waits.');
  const crm = gauge(
    'outdial_crm_calls',
    'Completed calls the CRM does not have yet: not tried (PENDING), tried again by itself (FAILED), left to a person (GIVEN_UP).',
    ['state'],
  );

  function show(readings: Gauges): void {
    for (const [state, count] of Object.entries(readings.liveCalls)) calls.set({ state }, count);
    for (const [status, count] of Object.entries(readings.sessions)) {
      sessions.set({ status }, count);
    }
    inbox.set({ state: 'PENDING' }, readings.inbox.pending);
    inbox.set({ state: 'DEAD' }, readings.inbox.dead);
    lag.set(readings.inbox.lagSeconds);
    const { pending, failed, givenUp } = readings.crmBacklog;
    crm.set({ state: 'PENDING' }, pending);
    crm.set({ state: 'FAILED' }, failed - givenUp);
    crm.set({ state: 'GIVEN_UP' }, givenUp);
  }

  let readAt = Number.NEGATIVE_INFINITY;
  let underWay: Promise<void> | null = null;

  async function bringUpToDate(): Promise<void> {
    try {
      show(await read());
      databaseUp.set(1);
      readAt = performance.now();
    } catch (error) {
      // Just then the process' own figures are wanted most; the database's stay as they were last read.
      databaseUp.set(0);
      log.warn({ err: error }, 'metrics could not be read from the database');
    }
  }

  return () => {
    if (performance.now() - readAt < READ_AT_MOST_EVERY_MS) return Promise.resolve();
    underWay ??= bringUpToDate().finally(() => {
      underWay = null;
    });
    return underWay;
  };
}
