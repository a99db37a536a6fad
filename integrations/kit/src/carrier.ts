import type { Telephony, Timers } from '@outdial/core';
import type { CampaignsAtCarrier } from './campaigns.js';
import type { CredentialsNow } from './credentials.js';
import type { SharedCount } from './http/rate-budget.js';
import type { SharedMemory } from './shared-memory.js';

/** An event as the carrier sent it: what the inbox keeps, and what makes it the same event again. */
export interface CarrierEvent {
  readonly dedupeKey: string;
  readonly payload: unknown;
}

/** Has pino's shape. Phone numbers, e-mails and a provider's own words stand only under the field `pii`. */
export interface IntegrationLog {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
  warn(fields: Readonly<Record<string, unknown>>, message: string): void;
  error(fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** Counters for metrics; none may throw. */
export interface CarrierWatch {
  /** A request has waited for its turn within the request limit: taken, or given up. */
  waited(ms: number): void;
  /** An attempt failed, also one that is then made again. */
  failed(kind: string): void;
  /** How far the carrier's clock is ahead of ours, as measured by its latest answers. */
  clockSkew?(ms: number): void;
}

/** What a carrier is opened with. */
export interface CarrierDeps<S = unknown> {
  /** The name that its `Telephony` has, and that sessions, calls and events are stored with. */
  readonly connectionId: string;
  readonly settings: S;
  readonly credentials: CredentialsNow;
  readonly timers: Timers;
  readonly log: IntegrationLog;
  readonly watch: CarrierWatch;
  /** `fetch` to these addresses only; redirects are not followed. */
  fetchTo(urls: readonly string[]): typeof fetch;
  /** A count of requests by the minute that all nodes share; undefined: this node is the only one. */
  sharedCount(perMinute: number): Promise<SharedCount | undefined>;
  /** What the nodes share; null: this node is the only one. */
  readonly shared: SharedMemory | null;
  /** Stores an event that the carrier brings itself, as if a webhook had brought it. */
  deliver(event: CarrierEvent): Promise<void>;
  /** Where the carrier is to deliver its webhooks, whole; null: PUBLIC_URL is not set. */
  readonly webhookUrl: string | null;
  /** Where earlier releases registered them. */
  readonly formerWebhookUrls: readonly string[];
}

/** A carrier that is connected. */
export interface OpenCarrier {
  readonly telephony: Telephony;
  /** What is missing before calls can go through it, and where it is set, as a sentence; null: nothing. */
  missing(): Promise<string | null>;
  /** Asks the carrier whether it can be reached with these credentials. Throws with a sentence for users. */
  ping(): Promise<void>;
  /** Left out: it sends none. */
  readonly webhook?: CarrierWebhook;
  /** Left out: it has no lists of its own to call from. */
  readonly campaigns?: CampaignsAtCarrier;
  /** Takes changed settings without being opened again; false, or left out: it cannot. */
  applySettings?(settings: Readonly<Record<string, unknown>>): boolean;
  start(): void;
  /** Ends what is under way; safe twice. */
  close(): Promise<void>;
}

export type VerifiedWebhook =
  | ({ readonly ok: true } & CarrierEvent)
  | {
      readonly ok: false;
      /**
       * token       it does not prove that the carrier sent it: answered with 401
       * not_json    answered with 400
       * not_object  JSON, but no event: answered with 400
       */
      readonly because: 'token' | 'not_json' | 'not_object';
    };

/** How webhooks of the carrier are recognized. */
export interface CarrierWebhook {
  /** What a user sees when the proof is missing: what to do. */
  readonly refusedMessage: string;
  /**
   * `path`: `secret` is the address with the part that cannot be guessed; `plain` the one without, of webhooks that were registered by hand
   * or by an earlier release.
   */
  verify(body: Buffer, path: 'secret' | 'plain'): VerifiedWebhook;
  /** Asks for what another node may have learned, such as a new token; resolves soon, with or without it. */
  learn(): Promise<void>;
  /** Registers the webhook, or enables it again. `missed`: it had been disabled, so live calls must be looked up. */
  ensure(): Promise<{ readonly missed: boolean; readonly problem: string | null }>;
}
