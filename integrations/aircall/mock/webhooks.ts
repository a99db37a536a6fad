import type { Chance } from './chance.js';
import { allEventNames } from './event-names.js';

/** Reference 6: the 101st is refused. */
export const maxWebhooks = 100;

/**
 * One subscription. Active, or disabled by its failures (then a success within the window revives it), or switched off
 * by hand (then only `PUT active:true` does).
 */
export interface Webhook {
  readonly id: string;
  readonly token: string;
  readonly createdAtMs: number;
  url: string;
  customName: string;
  events: readonly string[];
  active: boolean;
  disabledBy: 'failures' | 'hand' | null;
  disabledAtMs: number | null;
  consecutiveFailures: number;
}

export interface NewWebhook {
  readonly url: string;
  readonly customName?: string | undefined;
  /** Empty or missing: every event (reference 6). */
  readonly events?: readonly string[] | undefined;
  /** Issued once per webhook; a fixed one only for webhooks the mock was started with. */
  readonly token?: string | undefined;
}

export class Webhooks {
  readonly #byId = new Map<string, Webhook>();

  constructor(private readonly chance: Chance) {}

  reset(): void {
    this.#byId.clear();
  }

  reviveAll(): void {
    for (const webhook of this.#byId.values()) revive(webhook);
  }

  all(): Webhook[] {
    return [...this.#byId.values()];
  }

  find(id: string): Webhook | undefined {
    return this.#byId.get(id);
  }

  add(fields: NewWebhook, nowMs: number): Webhook {
    const webhook: Webhook = {
      id: this.chance.uuid(),
      token: fields.token ?? this.chance.hex(32),
      createdAtMs: nowMs,
      url: fields.url,
      customName: fields.customName ?? 'Webhook',
      events: eventsOrAll(fields.events),
      active: true,
      disabledBy: null,
      disabledAtMs: null,
      consecutiveFailures: 0,
    };
    this.#byId.set(webhook.id, webhook);
    return webhook;
  }

  remove(id: string): boolean {
    return this.#byId.delete(id);
  }

  subscribedTo(event: string): Webhook[] {
    return this.all().filter((webhook) => webhook.active && webhook.events.includes(event));
  }
}

export function eventsOrAll(events: readonly string[] | undefined): readonly string[] {
  return events && events.length > 0 ? [...new Set(events)] : allEventNames;
}

export function disable(webhook: Webhook, by: 'failures' | 'hand', nowMs: number): void {
  webhook.active = false;
  webhook.disabledBy = by;
  webhook.disabledAtMs = nowMs;
}

export function revive(webhook: Webhook): void {
  webhook.active = true;
  webhook.disabledBy = null;
  webhook.disabledAtMs = null;
  webhook.consecutiveFailures = 0;
}

export function webhookPayload(webhook: Webhook): Record<string, unknown> {
  return {
    webhook_id: webhook.id,
    direct_link: `https://api.aircall.io/v1/webhooks/${webhook.id}`,
    created_at: new Date(webhook.createdAtMs).toISOString(),
    url: webhook.url,
    custom_name: webhook.customName,
    active: webhook.active,
    token: webhook.token,
    events: webhook.events,
  };
}
