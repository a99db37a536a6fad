import type { Config } from '../config/read-config.js';
import type { OpenedDialer } from './open-dialer.js';
import type { OpenedSecurity } from './open-security.js';
import type { OpenedStores } from './open-stores.js';
import type { OpenedTelemetry } from './open-telemetry.js';
import type { ServerOptions } from './server-options.js';
import type { ServerState } from './server-state.js';

/** What the stage of work is made of: everything that was opened before it. */
export interface WorkNeeds extends ServerOptions {
  readonly config: Config;
  readonly state: ServerState;
  readonly stores: OpenedStores;
  readonly telemetry: OpenedTelemetry;
  readonly security: OpenedSecurity;
  readonly dialer: OpenedDialer;
}
