import type { Clock, Crm, EnrichmentProvider, TelephonyCapabilities, Timers } from '@outdial/core';
import type { z } from 'zod';
import type { CarrierDeps, OpenCarrier } from './carrier.js';
import type { CredentialField, CredentialsNow } from './credentials.js';
import type { CrmFaultSwitch, CrmReadings } from './crm.js';
import type { EnvironmentVariable } from './environment.js';
import type { Finding } from './finding.js';

/** Settings of a connection: an object whose fields all have defaults. The settings form is made from it. */
export type SettingsSchema = z.ZodObject;

/**
 * Everything that the program must know of an integration. The program reads manifests (`installed.ts` lists them) and never asks for an
 * integration by name; what only some can do is an optional member.
 */
interface ManifestBase<S extends SettingsSchema> {
  /** The name of the folder. Stored with connections: never changes. */
  readonly id: string;
  readonly label: string;
  /** One sentence for the page that lists what can be connected. */
  readonly summary: string;
  /** Secrets and keys that an admin enters; they are sealed in the database. */
  readonly credentials: readonly CredentialField[];
  readonly settings: S;
  /** What headless installations set instead. */
  readonly environment: Readonly<Record<string, EnvironmentVariable>>;
  /** What does not go together in the environment, as a sentence; null, or left out: nothing. */
  checkEnvironment?(variables: Readonly<Record<string, unknown>>): string | null;
}

/** A carrier of calls: a phone system. */
export interface CarrierManifest<S extends SettingsSchema = SettingsSchema>
  extends ManifestBase<S> {
  readonly kind: 'carrier';
  readonly capabilities: TelephonyCapabilities;
  /** No phone rings: the connection *Practice*, which is always there, and never mixed into statistics. */
  readonly isPractice?: true;
  /** Nothing is sent before `start`. */
  open(deps: CarrierDeps<z.output<S>>): Promise<OpenCarrier>;
  /** For the doctor: looks, and changes nothing. Never throws for what it finds. */
  check(deps: CheckDeps<z.output<S>>): Promise<readonly Finding[]>;
}

/** A CRM: contacts and the activities that calls become. */
export interface CrmManifest<S extends SettingsSchema = SettingsSchema> extends ManifestBase<S> {
  readonly kind: 'crm';
  open(deps: CrmDeps): OpenCrm;
}

/** A source of more data about a lead. */
export interface EnrichmentManifest<S extends SettingsSchema = SettingsSchema>
  extends ManifestBase<S> {
  readonly kind: 'enrichment';
  open(): EnrichmentProvider;
}

export type IntegrationManifest = CarrierManifest | CrmManifest | EnrichmentManifest;

/** What a check for the doctor has; the server may be running meanwhile, or not. */
export interface CheckDeps<S> {
  readonly settings: S;
  readonly credentials: CredentialsNow;
  readonly timers: Timers;
  /** `fetch` to these addresses only; redirects are not followed. */
  fetchTo(urls: readonly string[]): typeof fetch;
  /** Where the outside reaches the webhook of this connection, without its secret part; null: PUBLIC_URL is not set. */
  readonly webhookBase: string | null;
}

export interface CrmDeps {
  /** The program's own database, for integrations that keep something there; its tables come with a migration. */
  readonly db: unknown;
  readonly clock: Clock;
}

export interface OpenCrm {
  readonly crm: Crm;
  /** What the CRM holds, where it can be shown here. */
  readonly readings?: CrmReadings;
  /** Left out: it does not fail on demand. */
  readonly faults?: CrmFaultSwitch;
  /** What the CRM holds of people, where they can be exported and erased with everything else. */
  readonly people?: CrmPeople;
}

/** Reads and erases people within the transaction of the rest (`tx`). */
export interface CrmPeople {
  /** Ids of leads whose contact has one of these numbers (E.164) or addresses (any case). */
  leadsOf(
    tx: unknown,
    who: { readonly phones: readonly string[]; readonly emails: readonly string[] },
  ): Promise<readonly string[]>;
  read(
    tx: unknown,
    leadIds: readonly string[],
  ): Promise<{ readonly contacts: readonly unknown[]; readonly activities: readonly unknown[] }>;
  /** Answers how many records changed. */
  erase(tx: unknown, leadIds: readonly string[], now: Date): Promise<number>;
}

/** Fixes the types of a carrier's settings where its manifest is written. */
export const carrierManifest = <S extends SettingsSchema>(
  manifest: CarrierManifest<S>,
): CarrierManifest => manifest as unknown as CarrierManifest;
