import type { Timers } from '@outdial/core';
import { chanceOf } from './chance.js';
import type { SimulatorEvent } from './event.js';
import type { SimulatorFaults } from './faults.js';

/** An event as the inbox takes it: the same key means the same event. */
export interface DeliveredEvent {
  readonly dedupeKey: string;
  readonly payload: SimulatorEvent;
}

export interface EventDeliveryOptions {
  readonly seed: number;
  readonly speed: number;
  readonly timers: Timers;
  readonly faults: () => SimulatorFaults;
  deliver(event: DeliveredEvent): void | Promise<void>;
  onUndelivered(event: DeliveredEvent, error: unknown): void;
}

export interface EventToSend extends DeliveredEvent {
  /** One per call: events are kept back until the call's next one. */
  readonly callKey: string;
  /** Names the event for its chance, the same in every run with this seed. */
  readonly chanceKey: string;
  /** Nothing comes after it, so it cannot be kept back. */
  readonly last: boolean;
  /** lost: never delivered; unruly: twice, and after the next one. */
  readonly manner: 'faithful' | 'lost' | 'unruly';
}

/** As a webhook sender does: again after a growing while, and then no more; the dialer's look-up covers the rest. */
const RETRY_AFTER_MS = [1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 60_000, 60_000];
const DUPLICATE_WITHIN_SECONDS = 5;

/** The way from the network to the inbox, with everything that may happen to an event under way. */
export class EventDelivery {
  readonly #options: EventDeliveryOptions;
  readonly #keptBack = new Map<string, DeliveredEvent[]>();
  readonly #waiting = new Set<() => void>();
  readonly #underWay = new Set<Promise<void>>();

  constructor(options: EventDeliveryOptions) {
    this.#options = options;
  }

  /** Hands the event over, as the faults of this moment will have it. */
  send(event: EventToSend): void {
    const { dedupeKey, payload, callKey, last, manner } = event;
    const delivered: DeliveredEvent = { dedupeKey, payload };
    const fate = this.#fateOf(event);
    const keptBack = this.#keptBack.get(callKey) ?? [];
    if (manner !== 'lost' && !fate.dropped) {
      if (fate.keptBack && !last) {
        const copies = fate.duplicateAfterMs === null ? [delivered] : [delivered, delivered];
        this.#keptBack.set(callKey, [...keptBack, ...copies]);
        return;
      }
      this.#deliverAfter(fate.lateMs, delivered);
      if (fate.duplicateAfterMs !== null) {
        this.#deliverAfter(fate.lateMs + fate.duplicateAfterMs, delivered);
      }
    }
    this.#keptBack.delete(callKey);
    for (const kept of keptBack) this.#deliverAfter(0, kept);
  }

  /** Takes back what waits and lets what is under way arrive. */
  async stop(): Promise<void> {
    for (const cancel of this.#waiting) cancel();
    this.#waiting.clear();
    this.#keptBack.clear();
    await Promise.all(this.#underWay);
  }

  /** All draws are made every time, in one order, so that switching one fault on changes no other draw. */
  #fateOf({ chanceKey, manner }: EventToSend) {
    const faults = this.#options.faults();
    const chance = chanceOf(this.#options.seed, 'event', chanceKey);
    const dropped = chance.percent(faults.dropEventsPercent);
    const keptBack = chance.percent(faults.shuffleEventsPercent) || manner === 'unruly';
    const delayed = chance.percent(faults.delayEventsPercent);
    const delaySeconds = chance.fraction() * faults.delayEventsSeconds;
    const doubled = chance.percent(faults.duplicateEventsPercent) || manner === 'unruly';
    const doubledSeconds = chance.fraction() * DUPLICATE_WITHIN_SECONDS;
    return {
      dropped,
      keptBack,
      lateMs: delayed ? this.#real(delaySeconds) : 0,
      duplicateAfterMs: doubled ? this.#real(doubledSeconds) : null,
    };
  }

  #real(seconds: number): number {
    return Math.round((seconds * 1000) / this.#options.speed);
  }

  #deliverAfter(ms: number, event: DeliveredEvent): void {
    if (ms <= 0) this.#deliver(event, 0);
    else this.#wait(ms, () => this.#deliver(event, 0));
  }

  #deliver(event: DeliveredEvent, failures: number): void {
    const arrival = this.#attempt(event, failures).finally(() => this.#underWay.delete(arrival));
    this.#underWay.add(arrival);
  }

  async #attempt(event: DeliveredEvent, failures: number): Promise<void> {
    try {
      await this.#options.deliver(event);
    } catch (error) {
      const retryAfterMs = RETRY_AFTER_MS[failures];
      if (retryAfterMs === undefined) this.#options.onUndelivered(event, error);
      else this.#wait(retryAfterMs, () => this.#deliver(event, failures + 1));
    }
  }

  #wait(ms: number, callback: () => void): void {
    const cancel = this.#options.timers.after(ms, () => {
      this.#waiting.delete(cancel);
      callback();
    });
    this.#waiting.add(cancel);
  }
}
