import type { CallPayloads } from './call-payload.js';
import type { MockCall } from './calls.js';
import type { Chance } from './chance.js';
import { contactPayload } from './contact-payload.js';
import type { Contact } from './contacts.js';
import type { Deliveries } from './deliveries.js';
import type { CallEventName, ContactEventName, UserFactName } from './event-names.js';
import type { Pace } from './pace.js';
import type { Settings } from './settings.js';
import { userPayload } from './user-payload.js';
import type { MockUser } from './users.js';
import type { Webhooks } from './webhooks.js';

/** An event as built, before it goes to any webhook. */
export interface BuiltEvent {
  readonly resource: 'call' | 'user' | 'contact';
  readonly event: string;
  /** UNIX seconds, when the payload was built (reference 7.1). */
  readonly timestamp: number;
  readonly data: Record<string, unknown>;
}

const keptEvents = 20_000;

/** Builds events in the envelope of reference 7.1 and hands them to every subscribed webhook, through the faults. */
export class Events {
  #log: BuiltEvent[] = [];

  constructor(
    private readonly state: {
      readonly pace: Pace;
      readonly settings: Settings;
      readonly webhooks: Webhooks;
      readonly deliveries: Deliveries;
      readonly payloads: CallPayloads;
      readonly chance: Chance;
    },
  ) {}

  all(): readonly BuiltEvent[] {
    return this.#log;
  }

  reset(): void {
    this.#log = [];
  }

  /** The payload is a snapshot, so it can be built now and published later. */
  buildCall(event: CallEventName, call: MockCall): BuiltEvent {
    const withoutUser = this.state.chance.percent(
      this.state.settings.eventFaults.userAbsentPercent,
    );
    return {
      resource: 'call',
      event,
      timestamp: Math.floor(this.state.pace.momentSince(call.startedAtMs) / 1000),
      data: this.state.payloads.forWebhook(call, { withoutUser }),
    };
  }

  aboutCall(event: CallEventName, call: MockCall): void {
    this.publish(this.buildCall(event, call));
  }

  /** `data` is the user itself (reference 7.1). With two tabs open, the event of connecting is sent twice (7.2). */
  aboutUser(fact: UserFactName, user: MockUser, atMs = this.state.pace.now()): void {
    const names = { v2: [`${fact}.v2`], v1: [fact], both: [fact, `${fact}.v2`] }[
      this.state.settings.behaviour.userEventNames
    ];
    const isPresence = fact === 'user.connected' || fact === 'user.disconnected';
    const times = isPresence && this.state.settings.eventFaults.doubleUserConnected ? 2 : 1;
    for (let time = 0; time < times; time++) {
      for (const event of names) {
        this.publish({
          resource: 'user',
          event,
          timestamp: Math.floor(atMs / 1000),
          data: userPayload(user),
        });
      }
    }
  }

  aboutContact(event: ContactEventName, contact: Contact): void {
    const timestamp = Math.floor(this.state.pace.now() / 1000);
    this.publish({ resource: 'contact', event, timestamp, data: contactPayload(contact, 'iso') });
  }

  publish(built: BuiltEvent): void {
    this.#log.push(built);
    if (this.#log.length > keptEvents) this.#log.shift();
    const { chance, deliveries } = this.state;
    const faults = this.state.settings.eventFaults;
    const isShuffled = () =>
      faults.shuffleWindowSeconds > 0 && chance.percent(faults.shufflePercent);
    const delay = () =>
      faults.delaySeconds + (isShuffled() ? chance.fraction() * faults.shuffleWindowSeconds : 0);

    for (const webhook of this.state.webhooks.subscribedTo(built.event)) {
      const body = JSON.stringify({
        resource: built.resource,
        event: built.event,
        timestamp: built.timestamp,
        token: webhook.token,
        data: built.data,
      });
      if (faults.dropEvents.includes(built.event) || chance.percent(faults.dropPercent)) {
        deliveries.note(webhook, built.event, body, 'dropped');
        continue;
      }
      deliveries.send(deliveries.note(webhook, built.event, body, 'first'), delay());
      if (chance.percent(faults.duplicatePercent)) {
        deliveries.send(deliveries.note(webhook, built.event, body, 'duplicate'), delay());
      }
    }
  }
}
