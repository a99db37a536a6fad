import type { CarrierDeps, CarrierWebhook, OpenCarrier } from '@outdial/kit';
import { createAircallTelephony } from './aircall-telephony.js';
import { aircallCredentials, missingForAircall } from './credentials.js';
import type { AircallSettings } from './settings.js';
import { verifyWebhook } from './webhook.js';
import type { WebhookRegistration } from './webhook-registration.js';

/** Nothing is sent to Aircall before the first call, check or webhook. */
export async function openAircall(deps: CarrierDeps<AircallSettings>): Promise<OpenCarrier> {
  const { credentials, settings, timers, log, webhookUrl } = deps;
  const { base_url: baseUrl, requests_per_minute: requestsPerMinute } = settings;
  const telephony = createAircallTelephony({
    name: deps.connectionId,
    credentials: () => aircallCredentials(credentials),
    requestsPerMinute,
    sharedCount: await deps.sharedCount(requestsPerMinute),
    watch: deps.watch,
    timers,
    log,
    baseUrl,
    fetch: deps.fetchTo([baseUrl]),
  });
  const registration =
    webhookUrl === null ? null : telephony.webhookAt(webhookUrl, deps.formerWebhookUrls);
  const missing = () => missingForAircall(credentials, webhookUrl !== null);
  return {
    telephony,
    campaigns: telephony.campaigns,
    missing,
    ping: () => telephony.client.ping(),
    webhook: webhookOf(deps, registration, missing),
    start: () => undefined,
    close: () => telephony.close(),
  };
}

function webhookOf(
  { credentials, log }: CarrierDeps<AircallSettings>,
  registration: WebhookRegistration | null,
  missing: () => Promise<string | null>,
): CarrierWebhook {
  /** The token of a webhook that a user registered. */
  const entered = (): readonly string[] => {
    const token = credentials.known('webhook_token');
    return token === null ? [] : [token];
  };
  /** So that a token that another node was given counts from the first delivery on. */
  const readEntered = async (): Promise<void> => {
    await credentials.value('webhook_token').catch((error: unknown) => {
      log.warn({ err: error }, 'the webhook token could not be read');
    });
  };
  return {
    refusedMessage:
      "The token in the body is missing or not this webhook's. Register the webhook again, or set AIRCALL_WEBHOOK_TOKEN.",
    verify: (body, path) =>
      verifyWebhook(body, [
        ...entered(),
        ...((path === 'secret' ? registration?.tokens() : registration?.formerTokens()) ?? []),
      ]),
    async learn() {
      await Promise.all([readEntered(), registration?.learn()]);
    },
    async ensure() {
      await readEntered();
      const problem = await missing();
      if (problem !== null) return { missed: false, problem };
      const checked = await registration?.check();
      if (checked === undefined) return { missed: false, problem: null };
      return checked.kind === 'failed'
        ? { missed: false, problem: checked.message }
        : { missed: checked.did === 'revived', problem: null };
    },
  };
}
