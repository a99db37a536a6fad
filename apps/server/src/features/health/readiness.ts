import type { OpenDatabase } from '@outdial/postgres';
import type { Readiness } from '@outdial/protocol';
import type { Config } from '../../config/read-config.js';
import type { Provider } from '../../providers/open-provider.js';

type Dependency = Readiness['dependencies'][string];

/** One request of the provider's shared limit is enough in this time. */
const REMEMBER_PROVIDER_FOR = 60_000;

/**
 * Is this process able to serve? The database decides. A provider in trouble is `degraded`: sessions wait for it, and
 * everything else works.
 */
export function createReadiness(ports: {
  readonly database: Pick<OpenDatabase, 'ping' | 'kind'>;
  readonly provider: Provider;
  readonly config: Pick<Config, 'telephony'>;
  readonly version: string;
  /** null: there are no other nodes to share anything with. */
  readonly redis: { readonly status: string } | null;
  /** False until recovery is done, and from the moment that the server is asked to end. */
  readonly serving: () => boolean;
}): () => Promise<Readiness> {
  let providerChecked: { at: number; result: Dependency } | null = null;

  async function database(): Promise<Dependency> {
    try {
      await ports.database.ping();
      return { status: 'ok', detail: ports.database.kind };
    } catch {
      return { status: 'down', detail: 'The database does not answer.' };
    }
  }

  async function provider(): Promise<Dependency> {
    const { aircall, telephony } = ports.provider;
    if (aircall === null) return { status: 'ok', detail: telephony.name };
    const now = Date.now();
    // First, and not remembered: an admin who has just set them looks here next.
    const missing = await aircall.missing().catch(() => 'The credentials cannot be read.');
    if (missing !== null) {
      providerChecked = null;
      return { status: 'degraded', detail: missing };
    }
    if (providerChecked !== null && now - providerChecked.at < REMEMBER_PROVIDER_FOR) {
      return providerChecked.result;
    }
    let result: Dependency = { status: 'ok', detail: telephony.name };
    try {
      await aircall.telephony.client.ping();
    } catch (error) {
      const detail = error instanceof Error ? error.message : 'Aircall does not answer.';
      result = { status: 'degraded', detail };
    }
    providerChecked = { at: now, result };
    return result;
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
    const [db, telephony] = await Promise.all([database(), provider()]);
    return {
      status: db.status === 'down' || !ports.serving() ? 'not_ready' : 'ready',
      version: ports.version,
      dependencies: { database: db, telephony, ...redis() },
    };
  };
}
