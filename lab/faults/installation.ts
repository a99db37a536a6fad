import { fileURLToPath } from 'node:url';
import type { Client } from '@outdial/client';
import {
  createTestDatabase,
  type PostgresServer,
  type RedisServer,
  startPostgresServer,
  startRedis,
} from '@outdial/testing/services';
import { type Admin, adminOf } from '../server/admin.js';
import {
  AS_BUILT,
  createOutdialServer,
  type Environment,
  type OutdialServer,
} from '../server/outdial-server.js';
import { type AircallAccount, openAircallAccount } from './aircall-account.js';
import type { AccountPlan } from './aircall-account-plan.js';
import { fromSource } from './from-source.js';
import { type FrontDoor, openFrontDoor } from './front-door.js';
import { placedLogIn } from './placed-log.js';

const PREPARED = fileURLToPath(new URL('./prepared-server.ts', import.meta.url));

/** The server with what tests put around its ports; see prepared-server.ts for the environment that it reads. */
export const PREPARED_SERVER: readonly string[] = [...fromSource(), PREPARED];

export interface InstallationPlan {
  /** More than one share a Redis of their own. */
  readonly nodes?: number;
  /**
   * Left out: a database of its own on the server of this run. `own server`: one that may be restarted. `embedded`: in the
   * node's data directory.
   */
  readonly database?: 'own server' | 'embedded';
  /** `simulator`: the phones are inside the nodes, and go with them. */
  readonly provider: Partial<AccountPlan> | 'simulator';
  readonly program?: readonly string[];
  readonly env?: Environment;
  /** Additional environment of one node. */
  readonly envOfNode?: (index: number) => Environment;
}

/** Nodes, their database and Redis, a provider outside of them all, and what stands in front. */
export interface Installation {
  readonly nodes: readonly OutdialServer[];
  readonly door: FrontDoor;
  readonly account: AircallAccount | null;
  readonly redis: RedisServer | null;
  /** Its own server, if it has one. */
  readonly postgres: PostgresServer | null;
  /** null: embedded, to be opened once its node has ended. */
  readonly databaseUrl: string | null;
  /** The first admin, at the door. */
  readonly admin: Admin;
  /** The admin, who acts for the first agent. */
  readonly client: Client;
  clientOf(agentId: string): Client;
  /** Everything that the nodes wrote, for the analysis of a failure. */
  words(): string;
  /** Ends everything that was started for it. Safe twice. */
  dispose(): Promise<void>;
}

export async function createInstallation(plan: InstallationPlan): Promise<Installation> {
  const undo: (() => Promise<void>)[] = [];
  const dispose = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const account = plan.provider === 'simulator' ? null : await openAircallAccount(plan.provider);
    if (account !== null) undo.push(() => account.close());
    const redis = (plan.nodes ?? 1) > 1 ? await startRedis() : null;
    if (redis !== null) undo.push(() => redis.stop());
    // What was committed must outlive its crash.
    const postgres =
      plan.database === 'own server'
        ? await startPostgresServer({ settings: { synchronous_commit: 'on' } })
        : null;
    if (postgres !== null) undo.push(() => postgres.stop());
    const shared = plan.database === undefined ? await createTestDatabase() : null;
    if (shared !== null) undo.push(() => shared.drop());
    const databaseUrl = postgres?.url ?? shared?.url ?? null;

    // The door's address is in the environment of the nodes, and their ports are behind the door.
    const publicUrl = { current: '' };
    const nodes: OutdialServer[] = [];
    for (let index = 0; index < (plan.nodes ?? 1); index += 1) {
      const node: OutdialServer = await createOutdialServer({
        program: plan.program ?? AS_BUILT,
        env: () => ({
          ...(account === null && { PLACED_LOG: placedLogIn(node.dataDir) }),
          API_REQUESTS_PER_MINUTE: '0',
          ...(databaseUrl !== null && { DATABASE_URL: databaseUrl }),
          ...(redis !== null && { REDIS_URL: redis.url }),
          ...account?.env(publicUrl.current),
          ...plan.env,
          ...plan.envOfNode?.(index),
        }),
      });
      undo.push(() => node.dispose());
      nodes.push(node);
    }
    const door = await openFrontDoor(nodes.map(({ port }) => port));
    undo.push(() => door.close());
    publicUrl.current = door.url;
    const admin = adminOf(door.url);
    const clientOf = (agentId?: string): Client => admin.client({ agentId });
    return {
      nodes,
      door,
      account,
      redis,
      postgres,
      databaseUrl,
      admin,
      client: clientOf(),
      clientOf,
      words: () => nodes.map((node, index) => `Node ${index + 1}:\n${node.output()}`).join('\n\n'),
      dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}
