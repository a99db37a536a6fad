import type { AircallClient } from './aircall-client.js';
import { AircallError } from './aircall-error.js';
import type { AircallLog } from './aircall-log.js';
import type { AircallWebhook } from './aircall-shapes.js';
import { SUBSCRIBED_EVENTS } from './webhook-events.js';

/**
 * Keeps our webhook at Aircall alive. Aircall switches a webhook off after too many failed deliveries (reference 8.1),
 * so `check` is to be run at start and every five minutes. It never throws, and changes nothing when all is well.
 */
export interface WebhookRegistration {
  check(): Promise<WebhookCheck>;
  /** The tokens to accept: those of our webhooks as last seen, newest knowledge first. Empty before the first check. */
  tokens(): readonly string[];
}

export type WebhookCheck =
  | {
      readonly kind: 'registered';
      readonly webhookId: string;
      /** `revived`: it had been switched off, so events were missed; live calls are worth a look-up. */
      readonly did: 'nothing' | 'created' | 'revived' | 'subscribed_more';
    }
  | { readonly kind: 'failed'; readonly message: string; readonly mayTryAgain: boolean };

export const WEBHOOK_NAME = 'Outdial';

export function createWebhookRegistration(options: {
  readonly client: Pick<
    AircallClient,
    'listWebhooks' | 'findWebhook' | 'createWebhook' | 'reviveWebhook' | 'deleteWebhook'
  >;
  /** Where Aircall is to deliver, whole: `https://dialer.example/webhooks/aircall`. */
  readonly url: string;
  readonly log: AircallLog;
}): WebhookRegistration {
  const { client, url, log } = options;
  let tokens: readonly string[] = [];

  async function bringInOrder(): Promise<WebhookCheck> {
    const ours = (await client.listWebhooks()).filter((webhook) => webhook.url === url);
    const [first, ...surplus] = ours.sort(byAge);
    if (first === undefined) {
      const created = await client.createWebhook({
        url,
        customName: WEBHOOK_NAME,
        events: SUBSCRIBED_EVENTS,
      });
      return await registered(created, 'created', []);
    }
    await removeSurplus(surplus);
    const wanted = eventsToHave(first);
    if (first.active !== false && wanted === null)
      return await registered(first, 'nothing', surplus);
    const revived = await client.reviveWebhook(
      first.webhook_id,
      wanted ?? first.events ?? SUBSCRIBED_EVENTS,
    );
    const did = first.active === false ? 'revived' : 'subscribed_more';
    return await registered(revived, did, surplus);
  }

  async function registered(
    webhook: AircallWebhook,
    did: Extract<WebhookCheck, { kind: 'registered' }>['did'],
    surplus: readonly AircallWebhook[],
  ): Promise<WebhookCheck> {
    const token = webhook.token ?? (await client.findWebhook(webhook.webhook_id))?.token;
    if (!token) {
      return {
        kind: 'failed',
        mayTryAgain: true,
        message: 'Aircall does not tell the token of our webhook.',
      };
    }
    // Retries of events for a webhook that is gone may still arrive, with its old token.
    const others = surplus.map((other) => other.token).filter((other) => typeof other === 'string');
    tokens = [...new Set([token, ...others, ...tokens])];
    return { kind: 'registered', webhookId: webhook.webhook_id, did };
  }

  /** Two nodes that started together may both have made one; then every event would come twice (reference 8.2). */
  async function removeSurplus(surplus: readonly AircallWebhook[]): Promise<void> {
    for (const webhook of surplus) {
      if (webhook.custom_name === WEBHOOK_NAME) await client.deleteWebhook(webhook.webhook_id);
    }
  }

  async function checkOnce(): Promise<WebhookCheck> {
    try {
      const checked = await bringInOrder();
      if (checked.kind === 'failed') {
        log.warn({ problem: checked.message }, 'Aircall webhook check failed');
      } else if (checked.did !== 'nothing') {
        log.info(
          { webhookId: checked.webhookId, did: checked.did },
          'Aircall webhook brought in order',
        );
      }
      return checked;
    } catch (error) {
      log.warn({ err: error }, 'Aircall webhook check failed');
      return failureOf(error);
    }
  }

  /** Two checks at once would both find no webhook and make two. */
  let underWay: Promise<WebhookCheck> | null = null;

  return {
    check() {
      underWay ??= checkOnce().finally(() => {
        underWay = null;
      });
      return underWay;
    },
    tokens: () => tokens,
  };
}

/** Null when it has all we need. Events beyond ours stay: somebody wanted them, and unknown ones are only stored. */
function eventsToHave(webhook: AircallWebhook): readonly string[] | null {
  const has = new Set(webhook.events ?? []);
  if (SUBSCRIBED_EVENTS.every((event) => has.has(event))) return null;
  return [...new Set([...(webhook.events ?? []), ...SUBSCRIBED_EVENTS])];
}

/** Every node must keep the same one. */
function byAge(a: AircallWebhook, b: AircallWebhook): number {
  const age = (a.created_at ?? '').localeCompare(b.created_at ?? '');
  return age !== 0 ? age : a.webhook_id.localeCompare(b.webhook_id);
}

function failureOf(error: unknown): WebhookCheck {
  if (error instanceof AircallError) {
    return { kind: 'failed', message: error.message, mayTryAgain: error.mayTryAgain !== 'no' };
  }
  return {
    kind: 'failed',
    message: 'The webhook check failed in an unexpected way.',
    mayTryAgain: true,
  };
}
