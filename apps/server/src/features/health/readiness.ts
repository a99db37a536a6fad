import type { OpenDatabase } from '@outdial/postgres';
import type { Readiness } from '@outdial/protocol';
import type { Connections, KnownConnection } from '../../connections/connections.js';

type Dependency = Readiness['dependencies'][string];

/** One request of a carrier's shared limit is enough in this time. */
const REMEMBER_CARRIER_FOR_MS = 60_000;

/**
 * Is this process able to serve? The database decides. A carrier with a problem is `degraded`: sessions wait for it, and
 * everything else works.
 */
export function createReadiness(ports: {
  readonly database: Pick<OpenDatabase, 'ping' | 'kind'>;
  readonly connections: Pick<Connections, 'usable'>;
  readonly version: string;
  /** null: there are no other nodes to share anything with. */
  readonly redis: { readonly status: string } | null;
  /** False until recovery is done, and from the moment that the server is asked to end. */
  readonly serving: () => boolean;
}): () => Promise<Readiness> {
  const checked = new Map<string, { readonly at: number; readonly problem: string | null }>();

  async function database(): Promise<Dependency> {
    try {
      await ports.database.ping();
      return { status: 'ok', detail: ports.database.kind };
    } catch {
      return { status: 'down', detail: 'The database does not answer.' };
    }
  }

  /** null: it works. */
  async function problemOf({ row, carrier }: KnownConnection): Promise<string | null> {
    if (carrier === null) return null;
    // First, and not remembered: an admin who has just set them looks here next.
    const missing = await carrier.missing().catch(() => 'The credentials cannot be read.');
    if (missing !== null) {
      checked.delete(row.id);
      return missing;
    }
    const now = Date.now();
    const before = checked.get(row.id);
    if (before !== undefined && now - before.at < REMEMBER_CARRIER_FOR_MS) return before.problem;
    const problem = await carrier.ping().then(
      () => null,
      (error: unknown) => (error instanceof Error ? error.message : 'It does not answer.'),
    );
    checked.set(row.id, { at: now, problem });
    return problem;
  }

  async function telephony(): Promise<Dependency> {
    const connections = ports.connections.usable();
    const problems = await Promise.all(
      connections.map(async (each) => ({ label: each.row.label, problem: await problemOf(each) })),
    );
    const wrong = problems.filter(({ problem }) => problem !== null);
    return wrong.length > 0
      ? {
          status: 'degraded',
          detail: wrong.map(({ label, problem }) => `${label}: ${problem}`).join(' '),
        }
      : { status: 'ok', detail: connections.map(({ row }) => row.id).join(', ') };
  }

  function redis(): { redis?: Dependency } {
    if (ports.redis === null) return {};
    return ports.redis.status === 'ready'
      ? { redis: { status: 'ok', detail: 'ready' } }
      : {
          redis: {
            status: 'degraded',
            detail:
              'Redis is away. Work goes on, a little later, and other nodes do not see it live.',
          },
        };
  }

  return async () => {
    const [db, carriers] = await Promise.all([database(), telephony()]);
    return {
      status: db.status === 'down' || !ports.serving() ? 'not_ready' : 'ready',
      version: ports.version,
      dependencies: { database: db, telephony: carriers, ...redis() },
    };
  };
}
