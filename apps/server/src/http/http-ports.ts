import type {
  Announcements,
  Clock,
  CrmSyncStore,
  EnrichmentProvider,
  Ids,
  Jobs,
  SessionControlled,
  SessionStarted,
  StartSession,
  saveDisposition,
  Telephony,
} from '@outdial/core';
import type { MockCrm } from '@outdial/crm-mock';
import type {
  AgentStore,
  CallViews,
  History,
  ImportStore,
  ImportView,
  InboxViews,
  LeadStore,
  QueueItemStore,
  QueueStore,
  ReportStore,
  SessionViews,
  Statistics,
  SuppressionStore,
} from '@outdial/postgres';
import type { ColumnMapping, ImportOptions, ImportPreview, Readiness } from '@outdial/protocol';
import type { z } from 'zod';
import type { AuditTrail } from '../access/audit-trail.js';
import type { Access } from '../access/authorize.js';
import type { SecurityAlerts } from '../access/security-alerts.js';
import type { Accounts } from '../accounts/accounts.js';
import type { AuditLog } from '../audit/audit-log.js';
import type { People } from '../people/people.js';
import type { Credentials } from '../secrets/credentials.js';
import type { SystemSettings } from '../settings/system-settings.js';

/** What the routes need from the rest of the server. Each route file takes the few it uses with `Pick`. */
export interface HttpPorts {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly jobs: Jobs;
  readonly announcements: Announcements;
  readonly settings: SystemSettings;
  /** Who somebody is, by what they show. */
  readonly access: Access;
  /** Signing in, users and API keys. */
  readonly accounts: Pick<Accounts, 'signingIn' | 'own' | 'users' | 'apiKeys'>;
  /** Whether cookies go over https only: the outside world reaches us over https. */
  readonly secureCookies: boolean;
  readonly audit: AuditTrail;
  readonly alerts: SecurityAlerts;
  readonly auditLog: AuditLog;
  readonly credentials: Pick<Credentials, 'list' | 'set' | 'remove'>;
  /** What keeps calls from being placed: credentials that nobody has set, in words; null: nothing. */
  readonly missingCredentials: () => Promise<string | null>;
  /** Where the provider is to deliver, for admins; null: it delivers nothing. */
  readonly webhookUrl: string | null;
  readonly people: People;

  readonly leads: LeadStore;
  readonly queues: QueueStore;
  readonly queueItems: QueueItemStore;
  readonly agents: AgentStore;
  readonly suppressions: SuppressionStore;

  readonly sessions: SessionViews;
  readonly calls: CallViews;
  readonly history: History;
  readonly statistics: Statistics;
  readonly reports: Pick<ReportStore, 'list'>;
  readonly providerEvents: Pick<InboxViews, 'list' | 'get' | 'replay' | 'replayAll'>;

  readonly dialer: DialerUseCases;
  readonly telephony: Pick<Telephony, 'name' | 'capabilities'>;
  readonly imports: ImportPorts;
  readonly crmSync: Pick<CrmSyncStore, 'replay' | 'replayAll'>;
  /** Absent with a CRM that is not ours: its paths are then 404. */
  readonly mockCrm?: MockCrm | undefined;
  readonly enrichment: EnrichmentProvider;
  /** Absent with providers that have no campaigns of their own. */
  readonly campaigns?: CampaignPorts | undefined;
  readonly operations: OperationPorts;
  /** A queue's own hours or rules changed: lets go of what the old ones held. */
  readonly releaseHeld?: ((queueId: string) => Promise<unknown>) | undefined;
}

/** The core's use cases, bound to their ports. */
export interface DialerUseCases {
  start(input: StartSession): Promise<SessionStarted>;
  control(sessionId: string, wish: 'pause' | 'resume' | 'stop'): Promise<SessionControlled>;
  stepAway(agentId: string, because: 'agent_do_not_disturb' | 'agent_offline'): Promise<void>;
  hangUp(callId: string): Promise<'requested' | 'not_found' | 'call_not_live' | 'provider_cannot'>;
  saveDisposition(
    callId: string,
    said: Parameters<typeof saveDisposition>[2],
  ): Promise<'saved' | 'not_found' | 'not_placed'>;
}

/** A CSV file as it came: text out of JSON, bytes out of an upload. */
export interface CsvFile {
  readonly fileName: string;
  readonly content: string | Uint8Array;
}

export type CsvRefused = {
  readonly kind: 'invalid_csv';
  /** A sentence for people: what is wrong with the file, and where. */
  readonly reason: string;
};

export interface ImportPorts extends Pick<ImportStore, 'get' | 'errors' | 'list'> {
  /** Reads headings and first rows; stores nothing. */
  preview(
    file: CsvFile,
  ): Promise<{ readonly kind: 'preview'; readonly preview: ImportPreview } | CsvRefused>;
  /**
   * Checks the whole file and stores it; a job turns it into leads. When refused nothing is stored. The stored options
   * are `StoredImportOptions`, of which answers show the mapping and the queue.
   */
  start(
    file: CsvFile,
    options: z.infer<typeof ImportOptions>,
  ): Promise<
    | { readonly kind: 'started'; readonly import: ImportView }
    | CsvRefused
    | { readonly kind: 'unknown_queue' }
    /** `field` of the options, such as `default_country`. */
    | { readonly kind: 'invalid_option'; readonly field: string; readonly reason: string }
  >;
}

/** What an import's `options` hold, at least. */
export interface StoredImportOptions {
  readonly mapping: ColumnMapping;
  readonly queue_id: string | null;
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
