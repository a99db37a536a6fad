import type { Config } from '../config/read-config.js';
import { createFirstAccounts, type FirstAccount } from '../features/accounts/first-accounts.js';
import { openDialer } from './open-dialer.js';
import { openEdge } from './open-edge.js';
import { openSecurity } from './open-security.js';
import { openStores } from './open-stores.js';
import { openTelemetry } from './open-telemetry.js';
import { openWork } from './open-work.js';
import { run } from './run.js';
import type { ServerOptions } from './server-options.js';
import { createServerState } from './server-state.js';
import { openStage } from './stage.js';
import { countLiveCalls, stopPlacing } from './stop-placing.js';

/** The whole program, opened and not yet running. */
export interface Server {
  /** The accounts that this start made, with the passwords that are shown this once; none but at the first start. */
  readonly firstAccounts: readonly FirstAccount[];
  /** Recovers, listens, and answers the address. */
  start(): Promise<string>;
  /** Stops placing, lets live calls end within `graceMs`, then closes everything in reverse order. Safe twice. */
  close(graceMs?: number): Promise<void>;
  /** The labels of the connections that calls may go through; those that ring real phones first. */
  connections(): readonly { readonly label: string; readonly isPractice: boolean }[];
  /** How many calls are live: what a person who stops the server wants to know. */
  liveCalls(): Promise<number>;
}

/** Opens the program stage by stage. Throws, with everything closed again, when a stage cannot be opened, such as the database. */
export async function createServer(config: Config, options: ServerOptions): Promise<Server> {
  const program = await openProgram(config, options);
  let closing: Promise<void> | undefined;
  return {
    firstAccounts: program.firstAccounts,
    start: () => run(program),
    close(graceMs = 0) {
      closing ??= stopPlacing(program, graceMs).finally(() => program.close());
      return closing;
    },
    connections: () =>
      program.dialer.connections
        .usable()
        .map(({ row, manifest }) => ({
          label: row.label,
          isPractice: manifest.isPractice === true,
        }))
        .sort((one, other) => Number(one.isPractice) - Number(other.isPractice)),
    liveCalls: () => countLiveCalls(program),
  };
}

/** Each stage gets what the earlier ones offer; they close in reverse order. */
function openProgram(config: Config, options: ServerOptions) {
  return openStage(async (onClose) => {
    const state = createServerState();
    const stores = await openStores(config, options);
    onClose(stores.close);
    const telemetry = await openTelemetry(config, options, stores);
    onClose(telemetry.close);
    const security = await openSecurity(options, stores, telemetry);
    onClose(security.close);
    const dialer = await openDialer(config, options, stores, telemetry, security);
    onClose(dialer.close);
    const needs = { ...options, config, state, stores, telemetry, security, dialer };
    const work = await openWork(needs);
    onClose(work.close);
    const edge = await openEdge({ ...needs, work });
    onClose(edge.close);
    if (!(await security.auditLog.endsAsSealed())) {
      options.log.error(
        {},
        'the audit log does not end as its head says; npm run audit:verify tells more',
      );
    }
    // Last, as their passwords are shown this once: what fails at the start has failed before.
    const firstAccounts = await createFirstAccounts(stores.database.db, config, {
      ...security,
      ...stores,
    });
    return { ...needs, work, edge, firstAccounts };
  });
}
