import { setTimeout as sleep } from 'node:timers/promises';
import { type Call, STANDARD_CRM_RECORDS } from '@outdial/core';
import { type Database, openDatabase } from '@outdial/postgres';
import type { Kysely } from 'kysely';
import { everyPage } from '../server/read-all.js';
import { until } from '../server/until.js';
import {
  ALWAYS,
  type Breach,
  changedInHindsight,
  IN_THE_END,
  type SeenCall,
  type Snapshot,
} from '../worlds/index.js';
import { missingWrites } from './acknowledged-writes.js';
import type { Installation } from './installation.js';
import { countsAreSums } from './kept-counts.js';
import { seenBySimulator } from './placed-log.js';
import { neverTwoAtOnce, seenByAircall } from './provider-books.js';
import { type Rows, readRows } from './read-rows.js';

/** What came of a run. */
export interface Findings {
  /** Every promise that was broken, and every acknowledged write that is gone; empty: all is well. */
  readonly breaches: readonly string[];
  readonly rows: Rows;
}

export interface Watch {
  /** Stops looking, waits until the CRM has everything, and checks every promise. No agent may be working any more. */
  judge(): Promise<Findings>;
  /** Stops looking, and lets go of the database. Safe twice. */
  close(): Promise<void>;
}

const CHECK_INTERVAL_MS = 1_000;
/** An event that came while everybody was told to be quiet is worked on by then. */
const SETTLES_WITHIN_MS = 10_000;
/** With one call each, and a provider that cannot hang up. */
const AIRCALL = { maxLinesPerAgent: 1, canHangUp: false, reachesRealPhones: true };
const SIMULATOR = { maxLinesPerAgent: 10, canHangUp: true, reachesRealPhones: false };

/**
 * Holds an installation to its promises: while it works, by its rows; and in the end by everybody's books. `onlyTheEnd`: for
 * days so long that reading all their rows every second would be most of the load.
 */
export function watch(installation: Installation, { onlyTheEnd = false } = {}): Watch {
  const { databaseUrl } = installation;
  const breaches = new Set<string>();
  const report = (found: readonly Breach[]): void => {
    for (const { promise, saw } of found) breaches.add(`${promise}: ${saw}`);
  };
  const remembered = new Map<string, Call>();
  let watching = true;

  function look(rows: Rows): void {
    const provider = { ...capabilities(installation), calls: [], acknowledged: [] };
    for (const check of ALWAYS)
      report(check({ ...rows, provider, crmRecords: STANDARD_CRM_RECORDS }));
    report(countsAreSums(rows.calls, rows.counts));
    for (const call of rows.calls) {
      const before = remembered.get(call.id);
      if (before !== undefined) report(changedInHindsight(before, call));
      remembered.set(call.id, call);
    }
    const gone = [...remembered.keys()].filter((id) => !rows.calls.some((call) => call.id === id));
    for (const id of gone) breaches.add(`P7: Call ${id} was there and is gone.`);
  }

  async function keepLooking(db: Kysely<Database>): Promise<void> {
    while (watching) {
      // A database that is away is looked at again; what it says then counts.
      const rows = await readRows(db).catch(() => null);
      if (rows !== null) look(rows);
      await sleep(CHECK_INTERVAL_MS);
    }
  }

  const database = databaseUrl === null ? null : openDatabase({ url: databaseUrl, poolSize: 1 });
  const looking = onlyTheEnd ? undefined : database?.then(({ db }) => keepLooking(db));

  async function readInTheEnd(): Promise<Rows> {
    const begun = performance.now();
    const opened = await (database ?? openEmbedded(installation));
    try {
      return await until(
        'the rows can be read, and no event has come just now',
        async () => {
          const rows = await readRows(opened.db);
          const isLast = performance.now() - begun > SETTLES_WITHIN_MS;
          return (isLast || rows.events.every(({ state }) => state !== 'PENDING')) && rows;
        },
        { timeoutMs: 2 * SETTLES_WITHIN_MS, intervalMs: 250 },
      );
    } finally {
      await opened.close();
    }
  }

  async function stopLooking(): Promise<void> {
    watching = false;
    await looking;
  }

  return {
    async close() {
      await stopLooking();
      await (await database)?.close();
    },
    async judge() {
      await stopLooking();
      const { account, door, nodes } = installation;
      // Those that come while the rows are read may or may not be among them.
      const acknowledged = [...door.acknowledged];
      const rows = await readInTheEnd();
      look(rows);
      let seen: readonly SeenCall[];
      if (account === null) {
        seen = await seenBySimulator(
          nodes.map(({ dataDir }) => dataDir),
          rows.calls,
        );
      } else {
        const books = await account.books();
        const { seen: atAircall, breaches: strangers } = seenByAircall(books, rows.calls);
        seen = atAircall;
        report(strangers);
        report(neverTwoAtOnce(books.calls, account.plan.speed));
      }
      const snapshot: Snapshot = {
        ...rows,
        crmRecords: STANDARD_CRM_RECORDS,
        provider: { ...capabilities(installation), calls: seen, acknowledged: [] },
      };
      for (const check of IN_THE_END) report(check(snapshot));
      for (const missing of missingWrites(acknowledged, rows)) breaches.add(missing);
      return { breaches: [...breaches], rows };
    },
  };
}

const capabilities = ({ account }: Installation) => (account === null ? SIMULATOR : AIRCALL);

async function openEmbedded({ nodes: [node] }: Installation) {
  if (node === undefined) throw new Error('There is no node.');
  if (node.isRunning()) await node.stop();
  return openDatabase({ dataDir: node.dataDir });
}

/**
 * Resolves once nothing is left to do: every session over, every event settled, every call in the CRM. No person helps with that:
 * a call whose sync was under way when one of several nodes died stays leased to it for CRM_LEASE_MS, and is then tried again.
 */
export async function allQuiet(
  { client, door }: Installation,
  { timeoutMs }: { timeoutMs: number },
): Promise<void> {
  await until(
    'everything is quiet',
    async () => {
      const running = await client.sessions.list({ status: 'RUNNING', limit: 200 });
      if (running.total > 0) throw new Error(`${running.total} sessions are running.`);
      const paused = await client.sessions.list({ status: 'PAUSED', limit: 5 });
      if (paused.total > 0) {
        throw new Error(`${paused.total} sessions are paused: ${paused.sessions[0]?.reason}.`);
      }
      // A conversation is left alone when its session is stopped.
      const stopped = await everyPage(async (cursor) => {
        const page = await client.sessions.list({ status: 'STOPPED', limit: 200, cursor });
        return { rows: page.sessions, next: page.next_cursor };
      });
      const live = stopped.flatMap(({ active_call_ids: ids }) => ids);
      if (live.length > 0) throw new Error(`${live.length} calls are live.`);
      const waiting = await client.providerEvents.list({ state: 'PENDING', limit: 1 });
      if (waiting.total > 0) throw new Error(`${waiting.total} provider events wait.`);
      const unsynced = await Promise.all(
        (['PENDING', 'FAILED'] as const).map((crm_state) =>
          client.history.list({ crm_state, limit: 1 }),
        ),
      );
      const missing = unsynced.reduce((sum, { total }) => sum + total, 0);
      if (missing === 0) return true;
      throw new Error(`The CRM lacks ${missing} calls; ${door.acknowledged.length} writes so far.`);
    },
    { timeoutMs, intervalMs: 250 },
  );
}
