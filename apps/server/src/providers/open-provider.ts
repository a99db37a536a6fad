import {
  AIRCALL_BASE_URL,
  type AircallTelephony,
  type AircallWatch,
  createAircallTelephony,
} from '@outdial/aircall';
import type { Telephony, Timers } from '@outdial/core';
import { createSimulator, type Simulator } from '@outdial/simulator';
import type { Logger } from 'pino';
import type { Shared } from '../cluster/join-nodes.js';
import { createRequestLimiter } from '../cluster/request-limiter.js';
import type { Config } from '../config/read-config.js';
import type { SystemSettings } from '../features/settings/system-settings.js';
import type { ReceiveEvent } from '../jobs/event-intake.js';
import { guardedFetch } from '../platform/guarded-fetch.js';
import { aircallCredentials, missingForAircall } from '../secrets/aircall-credentials.js';
import type { Credentials } from '../secrets/credentials.js';
import { AIRCALL_WEBHOOK_PATH, aircallWebhookUrl } from '../webhooks/aircall-webhook.js';
import { createSimulatorNetwork } from './simulator-network.js';
import { simulatorProfile } from './simulator-profile.js';

/** Who carries the calls, with what only this one needs. */
export interface Provider {
  readonly telephony: Telephony;
  readonly aircall: {
    readonly telephony: AircallTelephony;
    readonly webhookTokens: () => readonly string[];
    /** Those that count at the path without the segment, too. */
    readonly webhookTokensWithoutSegment: () => readonly string[];
    readonly learnWebhookTokens: () => Promise<void>;
    /** `missed`: it had been switched off, so live calls must be looked up. */
    readonly checkWebhook: () => Promise<{
      readonly missed: boolean;
      readonly problem: string | null;
    }>;
    /** What keeps calls from being placed: credentials that nobody has set, in words; null: nothing. */
    readonly missing: () => Promise<string | null>;
  } | null;
  start(): void;
  close(): Promise<void>;
}

export interface ProviderPorts {
  readonly settings: SystemSettings;
  readonly credentials: Credentials;
  readonly timers: Timers;
  readonly log: Logger;
  /** Stores an event like any webhook. */
  readonly receive: ReceiveEvent;
  /** What this node shares with others; null: it is the only one. */
  readonly shared: Shared | null;
  readonly watch: AircallWatch;
  /** The part of the webhook's path that nobody can guess. */
  readonly webhookSegment: string;
}

export async function openProvider(config: Config, ports: ProviderPorts): Promise<Provider> {
  return config.telephony.provider === 'simulator'
    ? openSimulator(config.telephony, ports)
    : openAircall(config.telephony, config.http.publicUrl, ports);
}

async function openSimulator(
  options: Extract<Config['telephony'], { provider: 'simulator' }>,
  { settings, timers, log, receive, shared }: ProviderPorts,
): Promise<Provider> {
  const current = await settings.current();
  const network = shared === null ? null : createSimulatorNetwork(shared, log);
  const simulator: Simulator = createSimulator({
    timers,
    seed: options.seed,
    speed: options.speed,
    profile: simulatorProfile(current.settings.simulator),
    deliver: async (event) => {
      await receive({ provider: options.provider, ...event });
    },
    ...(network === null ? {} : { shared: network }),
    onUndelivered: (event, error) =>
      log.error({ dedupe_key: event.dedupeKey, err: error }, 'simulator event lost'),
  });
  const stopListening = settings.onChange((changed) =>
    simulator.setProfile(simulatorProfile(changed.settings.simulator)),
  );
  return {
    telephony: simulator,
    aircall: null,
    start: () => simulator.start(),
    async close() {
      stopListening();
      await simulator.close();
      network?.close();
    },
  };
}

async function openAircall(
  options: Extract<Config['telephony'], { provider: 'aircall' }>,
  publicUrl: string | null,
  { credentials, timers, log, shared, watch, webhookSegment }: ProviderPorts,
): Promise<Provider> {
  const { requestsPerMinute } = options;
  const baseUrl = options.baseUrl ?? AIRCALL_BASE_URL;
  const sharedCount =
    shared === null
      ? undefined
      : await createRequestLimiter(shared, {
          name: 'aircall',
          perMinute: requestsPerMinute,
          divided: true,
        });
  const telephony = createAircallTelephony({
    credentials: () => aircallCredentials(credentials),
    requestsPerMinute,
    sharedCount,
    watch,
    timers,
    log,
    baseUrl,
    fetch: guardedFetch([baseUrl]),
  });
  const hook =
    publicUrl === null
      ? null
      : telephony.webhookAt(aircallWebhookUrl(publicUrl, webhookSegment), [
          // Where versions before this one registered it.
          `${publicUrl}${AIRCALL_WEBHOOK_PATH}`,
        ]);
  /** The token of a webhook that somebody registered. */
  const given = (): readonly string[] => {
    const token = credentials.known('aircall_webhook_token');
    return token === null ? [] : [token];
  };
  /** So that a token that another node was given counts from the first delivery on. */
  const readGiven = async (): Promise<void> => {
    await credentials.value('aircall_webhook_token').catch((error: unknown) => {
      log.warn({ err: error }, 'the webhook token could not be read');
    });
  };
  return {
    telephony,
    aircall: {
      telephony,
      webhookTokens: () => [...given(), ...(hook?.tokens() ?? [])],
      webhookTokensWithoutSegment: () => [...given(), ...(hook?.formerTokens() ?? [])],
      async learnWebhookTokens() {
        await Promise.all([readGiven(), hook?.learn()]);
      },
      missing: () => missingForAircall(credentials, publicUrl),
      async checkWebhook() {
        await readGiven();
        const missing = await missingForAircall(credentials, publicUrl);
        if (missing !== null) return { missed: false, problem: missing };
        const checked = await hook?.check();
        if (checked === undefined) return { missed: false, problem: null };
        return checked.kind === 'failed'
          ? { missed: false, problem: checked.message }
          : { missed: checked.did === 'revived', problem: null };
      },
    },
    start: () => undefined,
    close: () => telephony.close(),
  };
}
