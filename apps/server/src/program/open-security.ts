import { createSecurityAlerts } from '../access/security-alerts.js';
import { createAuditLog } from '../audit/audit-log.js';
import { createStoredCredentials } from '../connections/credentials.js';
import { moveCredentials } from '../connections/move-credentials.js';
import { createAccounts } from '../features/accounts/accounts.js';
import { createPasswords } from '../features/accounts/passwords.js';
import { findingNumbers } from '../features/privacy/audited-people.js';
import { createLive } from '../live/live.js';
import { openLiveLog } from '../live/open-live-log.js';
import { accessTokenKey } from '../secrets/internal-keys.js';
import type { OpenedStores } from './open-stores.js';
import type { OpenedTelemetry } from './open-telemetry.js';
import type { ServerOptions } from './server-options.js';
import { openStage } from './stage.js';

export type OpenedSecurity = Awaited<ReturnType<typeof openSecurity>>;

/**
 * Who may do what and what was done: accounts, audit, credentials; and the live events, which are signed with the same key as
 * access tokens, and which bring alerts to admins.
 */
export function openSecurity(
  { log }: ServerOptions,
  opened: OpenedStores,
  { metrics }: OpenedTelemetry,
) {
  const { database, node, clock, ids, secrets, hashes, stores, audit, changes } = opened;
  const { db } = database;
  return openStage(async (onClose) => {
    const tokenKey = accessTokenKey(secrets.store, secrets.keyring, secrets.keys.accessTokens);
    const events = await openLiveLog(node.shared, {
      log,
      key: tokenKey.current,
      refused: (because) => metrics.liveEntryRefused(because),
    });
    const live = createLive({ events, ...stores, clock, log });
    onClose(() => live.close());
    const alerts = createSecurityAlerts({
      clock,
      log,
      count: (kind) => metrics.alertRaised(kind),
      tell: (alert) => live.alert(alert),
    });
    const auditLog = createAuditLog(db, secrets.keys.audit);
    const passwords = createPasswords();
    await moveCredentials(secrets, clock, log);
    const credentials = createStoredCredentials({ ...secrets, clock });
    const accounts = createAccounts({
      db,
      keyring: secrets.keyring,
      keys: { lookup: secrets.keys.lookup, accessTokens: tokenKey.current },
      audit,
      changes,
      alerts,
      clock,
      ids,
      passwords,
    });
    return {
      tokenKey,
      events,
      live,
      alerts,
      audit,
      changes,
      auditLog: {
        ...auditLog,
        list: (...[filter, page]: Parameters<typeof auditLog.list>) =>
          auditLog.list(findingNumbers(filter, hashes), page),
      },
      passwords,
      credentials,
      accounts,
    };
  });
}
