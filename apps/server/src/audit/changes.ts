import type { Clock } from '@outdial/core';
import {
  type AgentStore,
  type ApiKeyStore,
  type ConnectionStore,
  createAgentStore,
  createApiKeyStore,
  createConnectionStore,
  createInboxViews,
  createKnownPlaceStore,
  createLeadStore,
  createLoginSessionStore,
  createQueueItemStore,
  createQueueStore,
  createSecretStore,
  createSettingsStore,
  createSuppressionStore,
  createUserStore,
  type InboxViews,
  inTransaction,
  type KnownPlaceStore,
  type LeadStore,
  type LoginSessionStore,
  type OpenDatabase,
  type PersonHashes,
  type QueueItemStore,
  type QueueStore,
  type SecretStore,
  type SettingsStore,
  type SuppressionStore,
  serialize,
  type UserStore,
} from '@outdial/postgres';
import { type AuditEvent, appendOrRefuse, type TransactionAudit } from '../access/audit-trail.js';

/** The stores of one transaction. */
export interface ChangeStores {
  readonly agents: AgentStore;
  readonly apiKeys: ApiKeyStore;
  readonly connections: ConnectionStore;
  readonly knownPlaces: KnownPlaceStore;
  readonly leads: LeadStore;
  readonly providerEvents: InboxViews;
  readonly queueItems: QueueItemStore;
  readonly queues: QueueStore;
  readonly secrets: SecretStore;
  readonly settings: SettingsStore;
  readonly signIns: LoginSessionStore;
  readonly suppressions: SuppressionStore;
  readonly users: UserStore;
  /** Until the transaction ends, no other node is in a transaction that has called this. */
  lockInstallation(): Promise<void>;
}

/** Changes that leave an audit entry. */
export interface Changes {
  /**
   * Runs `work` in one transaction, and appends what it recorded as the last statement of it: the change and its entries are
   * both kept or neither. Fails with the refusal `not_recorded`, and has changed nothing, when the entries cannot be stored.
   * What `work` throws rolls everything back.
   *
   * `work` must use only `stores`, and ask nothing but the database: the embedded database has one connection, and a statement
   * past this transaction would wait for it forever. After a store answered that a unique value is taken, the transaction is
   * over; return then, as nothing more can be written in it.
   */
  run<T>(
    work: (stores: ChangeStores, record: (event: AuditEvent) => void) => Promise<T>,
  ): Promise<T>;
}

export interface ChangesPorts {
  readonly audit: TransactionAudit;
  readonly hashes: PersonHashes;
  readonly clock: Clock;
}

export function createChanges(
  db: OpenDatabase['db'],
  { audit, hashes, clock }: ChangesPorts,
): Changes {
  return {
    run: (work) =>
      inTransaction(db, async (tx) => {
        const events: AuditEvent[] = [];
        const answer = await work(storesOf(tx, hashes, clock), (event) => void events.push(event));
        if (events.length > 0) await appendOrRefuse(audit, tx, events);
        return answer;
      }),
  };
}

const storesOf = (tx: OpenDatabase['db'], hashes: PersonHashes, clock: Clock): ChangeStores => ({
  agents: createAgentStore(tx, clock),
  apiKeys: createApiKeyStore(tx),
  connections: createConnectionStore(tx),
  knownPlaces: createKnownPlaceStore(tx),
  leads: createLeadStore(tx, hashes),
  providerEvents: createInboxViews(tx),
  queueItems: createQueueItemStore(tx),
  queues: createQueueStore(tx),
  secrets: createSecretStore(tx),
  settings: createSettingsStore(tx),
  signIns: createLoginSessionStore(tx),
  suppressions: createSuppressionStore(tx),
  users: createUserStore(tx),
  lockInstallation: () => serialize(tx, async () => undefined),
});
