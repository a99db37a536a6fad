import type { Telephony, Timers } from '@outdial/core';
import {
  type AircallTelephony,
  type AircallWatch,
  createAircallTelephony,
} from '@outdial/telephony-aircall';
import { createSimulator, type Simulator } from '@outdial/telephony-simulator';
import type { Logger } from 'pino';
import type { Config } from '../config/read-config.js';
import type { Shared } from '../nodes/join-nodes.js';
import { createRequestLimiter } from '../nodes/request-limiter.js';
import type { SystemSettings } from '../settings/system-settings.js';
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
  } | null;
  start(): void;
  close(): Promise<void>;
}

export interface ProviderPorts {
  readonly settings: SystemSettings;
  readonly timers: Timers;
  readonly log: Logger;
  /** Stores an event like any webhook. */
  readonly receive: (event: { dedupeKey: string; payload: unknown }) => Promise<void>;
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
    deliver: receive,
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
  { timers, log, shared, watch, webhookSegment }: ProviderPorts,
): Promise<Provider> {
  const { requestsPerMinute } = options;
  const sharedCount =
    shared === null
      ? undefined
      : await createRequestLimiter(shared, {
          name: 'aircall',
          perMinute: requestsPerMinute,
          divided: true,
        });
  const telephony = createAircallTelephony({
    credentials: options.credentials,
    requestsPerMinute,
    sharedCount,
    watch,
    timers,
    log,
    ...(options.baseUrl === null ? {} : { baseUrl: options.baseUrl }),
  });
  const hook =
    publicUrl === null
      ? null
      : telephony.webhookAt(aircallWebhookUrl(publicUrl, webhookSegment), [
          // Where versions before this one registered it.
          `${publicUrl}${AIRCALL_WEBHOOK_PATH}`,
        ]);
  const configured = options.webhookToken === null ? [] : [options.webhookToken];
  return {
    telephony,
    aircall: {
      telephony,
      webhookTokens: () => [...configured, ...(hook?.tokens() ?? [])],
      webhookTokensWithoutSegment: () => [...configured, ...(hook?.formerTokens() ?? [])],
      learnWebhookTokens: async () => hook?.learn(),
      async checkWebhook() {
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
