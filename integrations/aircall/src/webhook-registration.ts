import type { Timers } from '@outdial/core';
import type { AircallClient } from './aircall-client.js';
import { AircallError } from './aircall-error.js';
import type { AircallLog } from './aircall-log.js';
import type { AircallWebhook } from './aircall-shapes.js';
import { SUBSCRIBED_EVENTS } from './webhook-events.js';

/**
 * Keeps our webhook at Aircall alive. Aircall switches a webhook off after too many failed deliveries (reference 8.1),
 * so `check` is to be run at start and every five minutes. It never throws, and changes nothing when all is well.
 * Every node may do so: they end up with one webhook, and each learns its token from Aircall, which is asked and not our
 * database, as a token is a secret.
 */
export interface WebhookRegistration {
  check(): Promise<WebhookCheck>;
  /** The tokens to accept: those of our webhooks as last seen, newest knowledge first. Empty before the first check. */
  tokens(): readonly string[];
  /** Those of webhooks at addresses that we had before: their events may still come, there. */
  formerTokens(): readonly string[];
  /**
   * A delivery came with a token that we do not know: another node may have made the webhook a moment ago. Asks Aircall,
   * though not again within half a minute, so that guesses cannot use up our requests; `tokens` then has the answer. Resolves
   * within 3 s, for Aircall gives us 5 (reference 8.1), and never throws.
   */
  learn(): Promise<void>;
}

export type WebhookCheck =
  | {
      readonly kind: 'registered';
      readonly webhookId: string;
      /**
       * revived   it had been switched off, so events were missed; live calls are worth a look-up
       * moved     it was at an address that we had before
       */
      readonly did: 'nothing' | 'created' | 'revived' | 'subscribed_more' | 'moved';
    }
  | { readonly kind: 'failed'; readonly message: string; readonly mayTryAgain: boolean };

export const WEBHOOK_NAME = 'Outdial';

const LEARN_AT_MOST_EVERY_MS = 30_000;
const LEARN_WITHIN_MS = 3_000;

export function createWebhookRegistration(options: {
  readonly client: Pick<
    AircallClient,
    'listWebhooks' | 'findWebhook' | 'createWebhook' | 'reviveWebhook' | 'deleteWebhook'
  >;
  /** Where Aircall is to deliver, whole: `https://dialer.example/webhooks/aircall/<segment>`. */
  readonly url: string;
  /** Where it delivered before. Webhooks of ours there are taken away once there is one at `url`. */
  readonly formerUrls?: readonly string[];
  readonly log: AircallLog;
  readonly timers: Timers;
}): WebhookRegistration {
  const { client, url, formerUrls = [], log, timers } = options;
  let tokens: readonly string[] = [];
  let formerTokens: readonly string[] = [];

  /** The oldest first: every node keeps the same one. */
  async function listOurs(): Promise<AircallWebhook[]> {
    const all = await client.listWebhooks();
    former = all.filter((webhook) => formerUrls.includes(webhook.url ?? ''));
    // Before they are deleted, because events on their way still carry them.
    formerTokens = [...new Set([...tokensOf(former), ...formerTokens])];
    return all.filter((webhook) => webhook.url === url).sort(byAge);
  }

  let former: readonly AircallWebhook[] = [];

  async function bringInOrder(): Promise<WebhookCheck> {
    const checked = await bringOursInOrder();
    // Only now: until there is a new one, the old one brings the events, and while there are both, what comes twice counts once.
    return checked.kind === 'registered' ? await leaveFormer(checked) : checked;
  }

  async function leaveFormer(
    checked: Extract<WebhookCheck, { kind: 'registered' }>,
  ): Promise<WebhookCheck> {
    const ours = former.filter((webhook) => webhook.custom_name === WEBHOOK_NAME);
    await removeSurplus(ours);
    if (ours.length === 0 || checked.did === 'revived') return checked;
    const wasOff = ours.every((webhook) => webhook.active === false);
    return { ...checked, did: wasOff ? 'revived' : 'moved' };
  }

  async function bringOursInOrder(): Promise<WebhookCheck> {
    const found = await listOurs();
    const made = found.length > 0 ? null : await make();
    // Two nodes that start together may both find none and make one, so a node that created one looks again.
    const ours = made === null ? found : withMade(made, await listOurs());
    const [first, ...surplus] = ours as [AircallWebhook, ...AircallWebhook[]];
    await removeSurplus(surplus);
    const wanted = eventsToHave(first);
    if (first.active !== false && wanted === null)
      return await registered(first, made === null ? 'nothing' : 'created', surplus);
    const revived = await client.reviveWebhook(
      first.webhook_id,
      wanted ?? first.events ?? SUBSCRIBED_EVENTS,
    );
    const did = first.active === false ? 'revived' : 'subscribed_more';
    return await registered(revived, did, surplus);
  }

  const make = (): Promise<AircallWebhook> =>
    client.createWebhook({ url, customName: WEBHOOK_NAME, events: SUBSCRIBED_EVENTS });

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
    know([token, ...tokensOf(surplus)]);
    return { kind: 'registered', webhookId: webhook.webhook_id, did };
  }

  /** None is forgotten: retries of events for a deleted webhook may still arrive, with its old token. */
  function know(newest: readonly string[]): void {
    tokens = [...new Set([...newest, ...tokens])];
  }

  /** One too many, and every event would come twice (reference 8.2). */
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

  /** Two concurrent checks would both find no webhook and create two. */
  let underWay: Promise<WebhookCheck> | null = null;

  async function askForTokens(): Promise<void> {
    try {
      know(tokensOf(await listOurs()));
    } catch (error) {
      log.warn({ err: error }, 'Aircall could not be asked for the tokens of our webhook');
    }
  }

  let learning: { readonly begunAt: number; readonly done: Promise<void> } | null = null;

  return {
    check() {
      underWay ??= checkOnce().finally(() => {
        underWay = null;
      });
      return underWay;
    },
    tokens: () => tokens,
    formerTokens: () => formerTokens,
    learn() {
      const now = timers.now().getTime();
      if (learning === null || now - learning.begunAt >= LEARN_AT_MOST_EVERY_MS) {
        learning = { begunAt: now, done: askForTokens() };
      }
      const { done } = learning;
      return new Promise((resolve) => {
        const giveUp = timers.after(LEARN_WITHIN_MS, resolve);
        void done.then(() => {
          giveUp();
          resolve();
        });
      });
    },
  };
}

const tokensOf = (webhooks: readonly AircallWebhook[]): string[] =>
  webhooks.flatMap(({ token }) => token || []);

/** A list may lag behind what was made. */
function withMade(made: AircallWebhook, listed: AircallWebhook[]): AircallWebhook[] {
  const isListed = listed.some(({ webhook_id }) => webhook_id === made.webhook_id);
  return isListed ? listed : [...listed, made].sort(byAge);
}

/** Null when it has all we need. Events beyond ours stay: an admin wanted them, and unknown ones are only stored. */
function eventsToHave(webhook: AircallWebhook): readonly string[] | null {
  const has = new Set(webhook.events ?? []);
  if (SUBSCRIBED_EVENTS.every((event) => has.has(event))) return null;
  return [...new Set([...(webhook.events ?? []), ...SUBSCRIBED_EVENTS])];
}

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
