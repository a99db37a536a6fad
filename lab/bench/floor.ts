import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DEFAULT_DIALING_SETTINGS,
  type DialerPorts,
  oneCarrier,
  startSession,
  type Telephony,
} from '@outdial/core';
import {
  createDialerStore,
  migrate,
  type OpenDatabase,
  openDatabase,
  vacuumEmbedded,
} from '@outdial/postgres';
import { createLogger, createServer, readConfig } from '@outdial/server';
import { SIMULATOR_CAPABILITIES } from '@outdial/simulator';
import { startPostgresServer } from '@outdial/testing/services';
import { ACCOUNTS_ENV, type Person, personAt } from '@outdial/testing/sign-in';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';

/** A sales floor for measuring: agents, one queue that they all work, and a simulator without delays of the dialer's own. */
export interface FloorPlan {
  readonly agents: number;
  readonly leads: number;
  readonly lines: number;
  /** How much quicker than life the simulated phones are; 100,000: a call takes no time. */
  readonly speed: number;
}

/** Where a floor's rows are. */
export interface FloorDatabase {
  readonly name: 'PostgreSQL' | 'PGlite';
  /** What tells a server where they are. */
  readonly environment: Readonly<Record<string, string>>;
  /** For looking from outside; null for the embedded database, which only its server can open. */
  readonly url: string | null;
}

/**
 * A durable PostgreSQL server of its own, which counts the statements that it is sent. `commitMs`: so long each flush of its log
 * waits first, for one transaction as for many.
 */
export async function onPostgres<T>(
  work: (database: FloorDatabase) => Promise<T>,
  { commitMs }: { readonly commitMs: number } = { commitMs: 0 },
): Promise<T> {
  const server = await startPostgresServer({
    durable: true,
    settings: {
      shared_buffers: '1GB',
      max_wal_size: '8GB',
      shared_preload_libraries: 'pg_stat_statements',
      'pg_stat_statements.track': 'top',
      commit_delay: String(Math.round(commitMs * 1_000)),
      commit_siblings: '0',
    },
  });
  try {
    const { url } = server;
    return await work({ name: 'PostgreSQL', environment: { DATABASE_URL: url }, url });
  } finally {
    await server.stop();
  }
}

/** The embedded database in a folder of its own. */
export async function onPGlite<T>(work: (database: FloorDatabase) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'outdial-bench-'));
  try {
    return await work({ name: 'PGlite', environment: { DATA_DIR: folder }, url: null });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Fills an empty database: no delay between calls, no wrap-up, no calling window, so that only the dialer takes time. With
 * `lines` each agent has a session already, which the server goes on with when it starts. Answers the agents' ids.
 */
export async function fillFloor(
  database: FloorDatabase,
  plan: Pick<FloorPlan, 'agents' | 'leads'> & Partial<Pick<FloorPlan, 'lines'>>,
): Promise<{ readonly agentIds: readonly string[]; readonly queueId: string }> {
  const { DATABASE_URL: url, DATA_DIR: dataDir = '' } = database.environment;
  const opened = await openDatabase(url === undefined ? { dataDir } : { url });
  try {
    await migrate(opened.db);
    const queueId = uuidv7();
    const agentIds = Array.from({ length: plan.agents }, () => uuidv7());
    const { db } = opened;
    await sql`
      insert into agents (id, name, email, presence, presence_since, created_at)
      select id, 'Agent ' || n, 'agent' || n || '@example.com', 'AVAILABLE', now(), now()
      from unnest(${agentIds}::uuid[]) with ordinality as a (id, n)`.execute(db);
    await sql`
      insert into queues (id, name, settings, created_at)
      values (${queueId}, 'Floor', ${JSON.stringify({ delay_seconds: 0, wrap_up_seconds: 0, pause_when_away_seconds: 0, enforce_window: false })}::jsonb, now())`.execute(
      db,
    );
    // Numbers of one prefix; none is in the range that forces an outcome.
    await sql`
      with new_leads as (
        insert into leads (id, name, phone, created_at, updated_at)
        select gen_random_uuid(), 'Lead ' || n, '+1212' || lpad((2000000 + n)::text, 7, '0'), now(), now()
        from generate_series(1, ${plan.leads}::integer) n
        returning id, phone
      )
      insert into queue_items (id, queue_id, lead_id, phone, state, due_at, created_at)
      select gen_random_uuid(), ${queueId}, id, phone, 'PENDING', now(), now() from new_leads`.execute(
      db,
    );
    if (plan.lines !== undefined) await openSessions(opened, agentIds, queueId, plan.lines);
    if (opened.kind === 'server') await sql`vacuum (analyze)`.execute(db);
    else await vacuumEmbedded(db);
    return { agentIds, queueId };
  } finally {
    await opened.close();
  }
}

async function openSessions(
  { dialing }: Pick<OpenDatabase, 'dialing'>,
  agentIds: readonly string[],
  queueId: string,
  lines: number,
): Promise<void> {
  const ports = {
    store: createDialerStore(dialing),
    carriers: oneCarrier({ name: 'simulator', capabilities: SIMULATOR_CAPABILITIES } as Telephony),
    jobs: { wake: () => undefined },
    announcements: { announce: () => undefined },
    journal: { note: () => undefined },
    clock: { now: () => new Date() },
    ids: { next: () => uuidv7() },
  };
  const settings = {
    ...DEFAULT_DIALING_SETTINGS,
    delaySeconds: 0,
    wrapUpSeconds: 0,
    // No agent has a page here.
    pauseWhenAwaySeconds: 0,
    enforceWindow: false,
  };
  for (const agentId of agentIds) {
    await startSession(ports, {
      agentId,
      queueId,
      connectionId: 'simulator',
      lines,
      afterConnect: 'continue',
      settings,
    });
  }
}

export interface RunningFloor {
  readonly address: string;
  /** Who asks the API: the first admin. */
  readonly admin: Person;
  /** Completed calls so far, by the server's own metric. */
  completed(): Promise<number>;
  /** Starts a session for each of these agents; answers the sessions' ids. */
  startSessions(
    agentIds: readonly string[],
    queueId: string,
    lines: number,
  ): Promise<readonly string[]>;
  pauseSessions(sessionIds: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** The program itself, in this process, on a free port. */
export async function openFloor(
  database: FloorDatabase,
  plan: Pick<FloorPlan, 'speed'>,
  around?: (ports: DialerPorts) => DialerPorts,
): Promise<RunningFloor> {
  const read = readConfig({
    ...ACCOUNTS_ENV,
    ...database.environment,
    PORT: '0',
    API_REQUESTS_PER_MINUTE: '0',
    SIMULATOR_SPEED: String(plan.speed),
    LOG_LEVEL: 'error',
  });
  if (!read.ok) throw new Error(read.problems.join(' '));
  const server = await createServer(read.config, {
    log: createLogger(read.config),
    webRoot: '',
    version: 'bench',
    ...(around !== undefined && { around }),
  });
  const address = await server.start();
  return { ...floorAt(address), close: () => server.close(0) };
}

/** A server that runs somewhere. */
export function floorAt(address: string): Omit<RunningFloor, 'close'> {
  const admin = personAt(address);
  return {
    address,
    admin,
    async completed() {
      const text = await (await fetch(`${address}/metrics`)).text();
      let sum = 0;
      for (const [, value] of text.matchAll(/^outdial_calls_completed_total\{[^}]*\} (\d+)/gm)) {
        sum += Number(value);
      }
      return sum;
    },
    async startSessions(agentIds, queueId, lines) {
      const waiting = [...agentIds];
      const started: string[] = [];
      const worker = async (): Promise<void> => {
        for (let agentId = waiting.pop(); agentId !== undefined; agentId = waiting.pop()) {
          const response = await admin.fetch(`${address}/api/dialer/sessions`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ agent_id: agentId, queue_id: queueId, lines }),
          });
          if (!response.ok) throw new Error(`A session did not start: ${await response.text()}`);
          started.push(((await response.json()) as { id: string }).id);
        }
      };
      await Promise.all(Array.from({ length: 8 }, worker));
      return started;
    },
    async pauseSessions(sessionIds) {
      for (const id of sessionIds) {
        const response = await admin.fetch(`${address}/api/dialer/sessions/${id}/pause`, {
          method: 'POST',
        });
        if (!response.ok) throw new Error(`A session did not pause: ${await response.text()}`);
        await response.arrayBuffer();
      }
    },
  };
}
