import type { Pace } from './pace.js';
import type { Settings } from './settings.js';
import { disable, revive, type Webhook, type Webhooks } from './webhooks.js';

export interface DeliveryAttempt {
  readonly atMs: number;
  /** The HTTP status, or why there was none. */
  readonly result: number | 'timeout' | 'unreachable';
}

/**
 * One event on its way to one webhook. It waits (for its delay, its turn or its next try) until it is delivered, given
 * up after the last retry, or dropped by a fault before the first try.
 */
export interface Delivery {
  readonly id: number;
  readonly webhookId: string;
  readonly event: string;
  readonly body: string;
  readonly isDuplicate: boolean;
  state: 'waiting' | 'delivered' | 'given_up' | 'dropped';
  attempts: readonly DeliveryAttempt[];
}

/** First tries go out in order, but a slow receiver holds the next event back no longer than this. */
const turnSeconds = 1;
const keptDeliveries = 20_000;

/**
 * Posts events to webhooks as in reference 8.1: 5 s time-out, retries with a growing pause, a webhook disabled after so
 * many failures in a row and revived by a success within 12 h. Retries overtake, so order is not guaranteed.
 */
export class Deliveries {
  readonly #turns = new Map<string, Promise<void>>();
  readonly #open = new Set<AbortController>();
  #log: Delivery[] = [];
  #nextId = 1;
  #underway = 0;
  /** Grows on reset, so that what was underway before it changes nothing after it. */
  #era = 0;

  constructor(
    private readonly pace: Pace,
    private readonly settings: Settings,
    private readonly webhooks: Webhooks,
  ) {}

  all(): readonly Delivery[] {
    return this.#log;
  }

  /** How many requests are on the wire or waiting for their turn right now. */
  get underway(): number {
    return this.#underway;
  }

  reset(): void {
    this.#era++;
    for (const open of this.#open) open.abort();
    this.#open.clear();
    this.#turns.clear();
    this.#log = [];
    this.#nextId = 1;
    this.#underway = 0;
  }

  note(
    webhook: Webhook,
    event: string,
    body: string,
    kind: 'first' | 'duplicate' | 'dropped',
  ): Delivery {
    const delivery: Delivery = {
      id: this.#nextId++,
      webhookId: webhook.id,
      event,
      body,
      isDuplicate: kind === 'duplicate',
      state: kind === 'dropped' ? 'dropped' : 'waiting',
      attempts: [],
    };
    this.#log.push(delivery);
    if (this.#log.length > keptDeliveries) this.#log.shift();
    return delivery;
  }

  /** The first try: now or after a delay, and in its turn. */
  send(delivery: Delivery, delaySeconds: number): void {
    if (delaySeconds > 0) this.pace.after(delaySeconds, () => this.#takeTurn(delivery));
    else this.#takeTurn(delivery);
  }

  #takeTurn(delivery: Delivery): void {
    const era = this.#era;
    this.#underway++;
    const before = this.#turns.get(delivery.webhookId) ?? Promise.resolve();
    const turn = before.then(() => {
      if (era !== this.#era) return;
      let cancel = () => {};
      const patience = new Promise<void>((resolve) => {
        cancel = this.pace.afterUnscaled(turnSeconds, resolve);
      });
      const done = this.#attempt(delivery, era).finally(() => {
        cancel();
        if (era === this.#era) this.#underway--;
      });
      return Promise.race([done, patience]);
    });
    this.#turns.set(delivery.webhookId, turn);
  }

  #retry(delivery: Delivery): void {
    const era = this.#era;
    this.#underway++;
    void this.#attempt(delivery, era).finally(() => {
      if (era === this.#era) this.#underway--;
    });
  }

  /** Never rejects: whatever the receiver does becomes a result. */
  async #attempt(delivery: Delivery, era: number): Promise<void> {
    const webhook = this.webhooks.find(delivery.webhookId);
    if (!webhook || !this.#mayStillBeTried(webhook)) {
      delivery.state = 'given_up';
      return;
    }
    const atMs = this.pace.now();
    const result = await this.#post(webhook, delivery);
    if (era !== this.#era) return;
    delivery.attempts = [...delivery.attempts, { atMs, result }];
    if (typeof result === 'number' && result >= 200 && result < 300) {
      delivery.state = 'delivered';
      if (webhook.disabledBy === 'failures') revive(webhook);
      webhook.consecutiveFailures = 0;
    } else {
      this.#afterFailure(webhook, delivery);
    }
  }

  #afterFailure(webhook: Webhook, delivery: Delivery): void {
    const rules = this.settings.behaviour.delivery;
    webhook.consecutiveFailures++;
    if (webhook.active && webhook.consecutiveFailures >= rules.disableAfterFailures) {
      disable(webhook, 'failures', this.pace.now());
    }
    const retries = delivery.attempts.length - 1;
    if (retries >= rules.maxRetries && webhook.active) {
      delivery.state = 'given_up';
      return;
    }
    const pause = Math.min(
      rules.backoffFirstSeconds * 2 ** Math.min(retries, 30),
      rules.backoffMaxSeconds,
    );
    this.pace.after(pause, () => this.#retry(delivery));
  }

  /** A disabled webhook is still tried for the length of its window; one switched off by hand is not. */
  #mayStillBeTried(webhook: Webhook): boolean {
    if (webhook.active) return true;
    if (webhook.disabledBy !== 'failures' || webhook.disabledAtMs === null) return false;
    const elapsedSeconds = ((this.pace.now() - webhook.disabledAtMs) / 1000) * this.pace.speed;
    return elapsedSeconds <= this.settings.behaviour.delivery.reviveWindowSeconds;
  }

  async #post(webhook: Webhook, delivery: Delivery): Promise<DeliveryAttempt['result']> {
    const abort = new AbortController();
    this.#open.add(abort);
    const cancel = this.pace.afterUnscaled(this.settings.behaviour.delivery.timeoutSeconds, () =>
      abort.abort(),
    );
    try {
      const response = await fetch(webhook.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'user-agent': 'axios/1.7.9',
          'aircall-origin': 'webhooks',
          // No connection outlives its delivery, so nothing is left open when a test ends.
          connection: 'close',
        },
        body: delivery.body,
        redirect: 'manual',
        signal: abort.signal,
      });
      await response.arrayBuffer();
      return response.status;
    } catch {
      return abort.signal.aborted ? 'timeout' : 'unreachable';
    } finally {
      cancel();
      this.#open.delete(abort);
    }
  }
}
