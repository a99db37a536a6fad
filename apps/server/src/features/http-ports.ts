import type {
  Announcements,
  Author,
  Clock,
  ControlledBy,
  CrmSyncStore,
  changeQueueAccess,
  EnrichmentProvider,
  Ids,
  Jobs,
  PrefixZones,
  SessionActor,
  SessionControlled,
  SessionStarted,
  SessionWish,
  StartSession,
  StoreQueueAccess,
  SuppressionList,
  saveDisposition,
} from '@outdial/core';
import type { CrmFaultSwitch, CrmReadings } from '@outdial/kit';
import type {
  AgentStore,
  CallViews,
  ConnectionStore,
  DispositionSetStore,
  History,
  ImportStore,
  ImportView,
  InboxViews,
  LeadStore,
  NoteDraftStore,
  QueueItemStore,
  QueueStore,
  ReportStore,
  SessionViews,
  Snapshot,
  Statistics,
  SuppressionStore,
} from '@outdial/postgres';
import type { ImportOptions, ImportPreview, Readiness } from '@outdial/protocol';
import type { z } from 'zod';
import type { AuditTrail } from '../access/audit-trail.js';
import type { Access } from '../access/authorize.js';
import type { SecurityAlerts } from '../access/security-alerts.js';
import type { AuditLog } from '../audit/audit-log.js';
import type { Changes } from '../audit/changes.js';
import type { ConnectionChecks } from '../connections/check-connections.js';
import type { ConnectionWishes } from '../connections/choose-connection.js';
import type { Connections, KnownConnection } from '../connections/connections.js';
import type { StoredCredentials } from '../connections/credentials.js';
import type { Accounts } from './accounts/accounts.js';
import type { CsvFile } from './imports/csv-file.js';
import type { SuppressionFileOptions, SuppressionsAnswer } from './imports/suppression-files.js';
import type { People } from './privacy/people.js';
import type { SystemSettings } from './settings/system-settings.js';

/** What the routes need from the rest of the server. Each route file takes the few it uses with `Pick`. */
export interface HttpPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly jobs: Jobs;
  readonly announcements: Announcements;
  readonly settings: SystemSettings;
  readonly dispositions: DispositionSetStore;
  /** Finds the user or API key that a token belongs to. */
  readonly access: Access;
  /** Signing in, users and API keys. */
  readonly accounts: Pick<Accounts, 'signingIn' | 'own' | 'users' | 'apiKeys'>;
  /** Whether cookies go over https only: the outside world reaches us over https. */
  readonly secureCookies: boolean;
  /** For entries about what changes nothing in our database, such as an export. */
  readonly audit: AuditTrail;
  /** For changes in our database that leave an entry. */
  readonly changes: Changes;
  readonly alerts: SecurityAlerts;
  readonly auditLog: AuditLog;
  /** The connected phone systems, and how a session finds its own. Throws `connection_unavailable`. */
  readonly connections: Connections;
  readonly chooseConnection: (wishes: ConnectionWishes) => KnownConnection;
  /** The integration of the default connection (TELEPHONY); null: it is not set. */
  readonly defaultConnection: string | null;
  readonly connectionStore: ConnectionStore;
  readonly connectionChecks: ConnectionChecks;
  readonly storedCredentials: StoredCredentials;
  /** Where a carrier is to deliver, for admins; only the path without PUBLIC_URL. */
  readonly webhookAddress: (connectionId: string) => string;
  readonly people: People;

  readonly leads: LeadStore;
  readonly queues: QueueStore;
  readonly queueItems: QueueItemStore;
  readonly agents: AgentStore;
  readonly suppressions: SuppressionStore;

  /** Several views as of one moment, where a response shows them side by side. */
  readonly snapshot: Snapshot;
  readonly sessions: SessionViews;
  readonly calls: CallViews;
  readonly noteDrafts: NoteDraftStore;
  readonly history: History;
  readonly statistics: Statistics;
  readonly reports: Pick<ReportStore, 'list'>;
  readonly providerEvents: Pick<InboxViews, 'list' | 'get' | 'replay' | 'replayAll'>;

  readonly dialer: DialerUseCases;
  /** Where a number may lie, for judging the time of a promised call-back. */
  readonly prefixZones: PrefixZones;
  readonly imports: ImportPorts;
  readonly crmSync: Pick<CrmSyncStore, 'replay' | 'replayAll'>;
  /** Absent where the CRM does not show what it holds: its paths are then 404. */
  readonly crmReadings?: CrmReadings | undefined;
  /** Absent where the CRM does not fail on demand. */
  readonly crmFaults?: CrmFaultSwitch | undefined;
  readonly enrichment: EnrichmentProvider;
  readonly campaigns: CampaignPorts;
  readonly operations: OperationPorts;
  /** A queue's own hours or rules changed: lets go of what the old ones held. */
  readonly releaseHeld?: ((queueId: string) => Promise<unknown>) | undefined;
}

/** The core's use cases, bound to their ports. */
export interface DialerUseCases {
  start(input: StartSession): Promise<SessionStarted>;
  /** `by`: for the audit entry, which is stored unless the agent controls their own session. */
  control(
    sessionId: string,
    wish: SessionWish,
    actor: SessionActor,
    by?: ControlledBy,
  ): Promise<SessionControlled>;
  stepAway(
    agentId: string,
    because: 'agent_do_not_disturb' | 'agent_offline',
    by?: ControlledBy,
  ): Promise<void>;
  changeQueueAccess<Refused extends { readonly kind: string }>(
    storeAccess: StoreQueueAccess<Refused>,
    change: Parameters<typeof changeQueueAccess<Refused>>[1],
    by: Parameters<typeof changeQueueAccess<Refused>>[2],
  ): ReturnType<typeof changeQueueAccess<Refused>>;
  hangUp(callId: string): Promise<'requested' | 'not_found' | 'call_not_live' | 'provider_cannot'>;
  saveDisposition(
    callId: string,
    said: Parameters<typeof saveDisposition>[2],
    author: Author,
  ): ReturnType<typeof saveDisposition>;
  /** Answers the numbers that were on the list. */
  allowNumbers(list: SuppressionList, phones: readonly string[]): Promise<readonly string[]>;
  /** Screens read these queues again, and every session that runs on them looks for its next lead. */
  wakeQueues(queueIds: readonly string[]): Promise<void>;
}

export type CsvRefused = {
  readonly kind: 'invalid_csv';
  /** A sentence for people: what is wrong with the file, and where. */
  readonly reason: string;
};

export type ReaderBusy = { readonly kind: 'busy'; readonly retryAfterSeconds: number };

export interface ImportPorts extends Pick<ImportStore, 'get' | 'lines' | 'exportLines' | 'list'> {
  /** Reads the whole file; stores nothing. `signal` ends it. */
  preview(
    file: CsvFile,
    options: Pick<
      z.infer<typeof ImportOptions>,
      'encoding' | 'heading_line' | 'mapping' | 'phone_columns'
    >,
    signal?: AbortSignal,
  ): Promise<
    { readonly kind: 'preview'; readonly preview: ImportPreview } | CsvRefused | ReaderBusy
  >;
  /**
   * Checks the whole file and stores it; a job turns it into leads. When refused, or ended by `signal`, nothing is stored. The stored
   * options are `StoredImportOptions`, of which answers show the mapping and the queue.
   */
  start(
    file: CsvFile,
    options: z.infer<typeof ImportOptions>,
    signal?: AbortSignal,
  ): Promise<
    | { readonly kind: 'started'; readonly import: ImportView }
    | CsvRefused
    | ReaderBusy
    | { readonly kind: 'unknown_queue' }
    /** `field` of the options, such as `default_country`. */
    | { readonly kind: 'invalid_option'; readonly field: string; readonly reason: string }
  >;
  /** Numbers of a do-not-call list go on the suppression list. `signal` ends it between two batches. */
  suppress(
    file: CsvFile,
    options: SuppressionFileOptions,
    signal?: AbortSignal,
  ): Promise<SuppressionsAnswer>;
}

/** A provider's own campaigns: a queue handed over to one agent. */
export interface CampaignPorts {
  /** null: the agent has none. */
  find(agentId: string): Promise<CampaignView | CampaignUnavailable | null>;
  start(
    agentId: string,
    queueId: string,
  ): Promise<
    | CampaignView
    | CampaignUnavailable
    /** The agent has another queue's campaign. */
    | { readonly kind: 'already_open'; readonly queueId: string }
    /** The connection that the agent's calls go through has no campaigns of its own. */
    | { readonly kind: 'has_no_campaigns'; readonly label: string }
    | { readonly kind: 'nothing_to_call' }
  >;
  end(agentId: string): Promise<'ended' | 'none' | CampaignUnavailable>;
}

export interface CampaignView {
  readonly kind: 'campaign';
  readonly agentId: string;
  readonly queueId: string;
  readonly queueName: string;
  readonly createdAt: Date;
  readonly numbers: readonly {
    readonly phone: string;
    readonly called: boolean;
    readonly leadId: string | null;
    readonly leadName: string | null;
  }[];
  /** What the provider did not take. */
  readonly refused: readonly { readonly phone: string; readonly reason: string }[];
}

/** The provider did not do it; the message is for people. */
export interface CampaignUnavailable {
  readonly kind: 'unavailable';
  readonly message: string;
}

export interface OperationPorts {
  readiness(): Promise<Readiness>;
  metrics(): Promise<{ readonly contentType: string; readonly text: string }>;
  /** True from the moment that the server is asked to end: no new sessions and imports. */
  stopping(): boolean;
}
