import { setTimeout as realDelay } from 'node:timers/promises';
import type { ApiFault, ApiFaultInput, ApiFaults } from './api-faults.js';
import { notFound } from './api-problem.js';
import type { Behaviour, DeepPartial, EventFaults } from './behaviour.js';
import type { CallLife, InboundStory } from './call-life.js';
import type { Calls, MockCall, Party } from './calls.js';
import type { Chance } from './chance.js';
import { isManualClock, type MockClock } from './clock.js';
import type { Contacts } from './contacts.js';
import type { Deliveries, Delivery } from './deliveries.js';
import type { DialerCampaigns } from './dialer-campaigns.js';
import type { BuiltEvent, Events } from './events.js';
import { type Fate, type FateInput, type Fates, fateSchema } from './fates.js';
import type { MockNumber, Numbers } from './numbers.js';
import type { Order, OrderLog } from './order-log.js';
import type { Pace } from './pace.js';
import type { RateLimit } from './rate-limit.js';
import type { LoggedRequest, RequestLog } from './request-log.js';
import type { Settings } from './settings.js';
import type { Tags } from './tags.js';
import type { Teams } from './teams.js';
import {
  type Availability,
  availabilityOf,
  type ChosenAvailability,
  type MockUser,
  type Users,
} from './users.js';
import { disable, type Webhook, type Webhooks } from './webhooks.js';
import type { WrapUps } from './wrap-ups.js';

/** A user as the control shows it. */
export interface UserView {
  readonly id: number;
  readonly name: string;
  readonly email: string;
  readonly numberIds: readonly number[];
  readonly availability: Availability;
  readonly wrapUpTime: number;
  readonly liveCallIds: readonly number[];
  readonly prefilledNumber: string | null;
}

/** How often a phone number was ordered (204 answers) and really called. */
export interface NumberCount {
  ordersAccepted: number;
  calls: number;
}

export interface ControlState {
  readonly clock: MockClock;
  readonly pace: Pace;
  readonly settings: Settings;
  readonly chances: readonly Chance[];
  readonly users: Users;
  readonly numbers: Numbers;
  readonly tags: Tags;
  readonly teams: Teams;
  readonly contacts: Contacts;
  readonly calls: Calls;
  readonly campaigns: DialerCampaigns;
  readonly fates: Fates;
  readonly life: CallLife;
  readonly wrapUps: WrapUps;
  readonly webhooks: Webhooks;
  readonly deliveries: Deliveries;
  readonly events: Events;
  readonly apiFaults: ApiFaults;
  readonly rateLimit: RateLimit;
  readonly orders: OrderLog;
  readonly requests: RequestLog;
}

/**
 * The hand behind the scene: what agents, called people, chance and the provider's bad days do. Tests use it directly,
 * other processes through `/_mock`. Unknown ids throw the same 404 the API would answer.
 */
export class MockControl {
  constructor(private readonly state: ControlState) {}

  // Agents

  users(): UserView[] {
    return this.state.users.all().map((user) => ({
      id: user.id,
      name: user.name,
      email: user.email,
      numberIds: user.numberIds,
      availability: availabilityOf(user),
      wrapUpTime: user.wrapUpTime,
      liveCallIds: [...user.liveCallIds],
      prefilledNumber: user.prefilledNumber,
    }));
  }

  /** Opening and closing the Workspace sends `user.connected` and `user.disconnected`. */
  setAvailability(userId: number, chosen: ChosenAvailability): void {
    const user = this.#user(userId);
    const wasOffline = user.chosen === 'offline';
    user.chosen = chosen;
    if (wasOffline && chosen !== 'offline') this.state.events.aboutUser('user.connected', user);
    if (!wasOffline && chosen === 'offline') this.state.events.aboutUser('user.disconnected', user);
  }

  /** The working-hours flag. Closing with a substatus sends two events: plain, then with the substatus (reference 7.2). */
  setWorkingHours(userId: number, open: boolean, substatus?: string): void {
    const user = this.#user(userId);
    user.open = open;
    user.substatus = open ? 'always_open' : 'always_closed';
    this.state.events.aboutUser(open ? 'user.opened' : 'user.closed', user);
    if (!open && substatus !== undefined) {
      user.substatus = substatus;
      this.state.events.aboutUser('user.closed', user);
    }
  }

  setWrapUpTime(userId: number, seconds: number): void {
    this.#user(userId).wrapUpTime = seconds;
  }

  endWrapUp(userId: number): void {
    this.state.wrapUps.end(this.#user(userId));
  }

  /** A call that the API did not order. */
  agentDials(
    userId: number,
    to: string,
    options: { numberId?: number | undefined; fate?: FateInput | undefined } = {},
  ): MockCall {
    const user = this.#user(userId);
    const number = this.#number(options.numberId ?? user.numberIds[0] ?? 0);
    this.state.campaigns.noteCall(userId, to);
    return this.state.life.placeByHand(
      user,
      number,
      to,
      options.fate && fateSchema.parse(options.fate),
    );
  }

  inboundCall(userId: number, from: string, story: InboundStory): MockCall {
    const user = this.#user(userId);
    return this.state.life.receive(user, this.#number(user.numberIds[0] ?? 0), from, story);
  }

  // Calls

  agentHangsUp(callId: number): void {
    this.state.life.hangUp(this.#call(callId), 'agent');
  }

  remoteHangsUp(callId: number): void {
    this.state.life.hangUp(this.#call(callId), 'remote');
  }

  /** Every live call of this agent ends. Returns their ids. */
  hangUpCallsOf(userId: number, by: Party = 'agent'): number[] {
    const live = this.state.calls.liveOf(this.#user(userId).id);
    for (const call of live) this.state.life.hangUp(call, by);
    return live.map((call) => call.id);
  }

  /** Picks up a ringing call now; it then lasts until it is hung up. */
  remoteAnswers(callId: number): void {
    this.state.life.answerNow(this.#call(callId));
  }

  setHold(callId: number, onHold: boolean): void {
    this.state.life.setHold(this.#call(callId), onHold);
  }

  agentTags(callId: number, tagIds: readonly number[]): void {
    const call = this.#call(callId);
    this.state.life.tag(call, tagIds, call.userId, 'append');
  }

  /** `call.commented` comes after `call.ended`, when the agent leaves the call-ended view (reference 7.3). */
  agentWritesNote(callId: number, content: string): void {
    this.state.life.saveNote(this.#call(callId), content);
  }

  calls(): readonly MockCall[] {
    return this.state.calls.all();
  }

  /** Outbound calls and accepted orders per phone number: the proof that no number was called twice. */
  callCounts(): Record<string, NumberCount> {
    const counts: Record<string, NumberCount> = {};
    const of = (phoneNumber: string) => {
      counts[phoneNumber] ??= { ordersAccepted: 0, calls: 0 };
      return counts[phoneNumber];
    };
    for (const order of this.state.orders.all()) {
      if (order.status === 204 && order.to !== null) of(order.to).ordersAccepted++;
    }
    for (const call of this.state.calls.all()) {
      if (call.direction === 'outbound') of(call.phoneNumber).calls++;
    }
    return counts;
  }

  /** Every request to start a call, refused ones too. */
  orders(): readonly Order[] {
    return this.state.orders.all();
  }

  // Fates

  /** Several fates apply to the next calls, one each; the last one stays. */
  scriptFate(phoneNumber: string, ...fates: readonly FateInput[]): void {
    this.state.fates.script(
      phoneNumber,
      fates.map((fate) => fateSchema.parse(fate)),
    );
  }

  forgetFate(phoneNumber: string): void {
    this.state.fates.forget(phoneNumber);
  }

  fates(): Record<string, readonly Fate[]> {
    return this.state.fates.all();
  }

  // Settings and faults

  behaviour(): Behaviour {
    return this.state.settings.behaviour;
  }

  setBehaviour(patch: DeepPartial<Behaviour>): Behaviour {
    return this.state.settings.changeBehaviour(patch);
  }

  eventFaults(): EventFaults {
    return this.state.settings.eventFaults;
  }

  setEventFaults(patch: Partial<EventFaults>): EventFaults {
    return this.state.settings.changeEventFaults(patch);
  }

  addApiFault(fault: ApiFaultInput): ApiFault {
    return this.state.apiFaults.add(fault);
  }

  apiFaults(): readonly ApiFault[] {
    return this.state.apiFaults.all();
  }

  removeApiFault(id: number): void {
    if (!this.state.apiFaults.remove(id)) throw notFound('Fault');
  }

  clearApiFaults(): void {
    this.state.apiFaults.reset();
  }

  // Webhooks

  webhooks(): readonly Webhook[] {
    return this.state.webhooks.all();
  }

  /** Disables the webhook, as Aircall does after repeated failures: nothing is delivered until a `PUT active:true`. */
  switchWebhookOff(webhookId: string): void {
    const webhook = this.state.webhooks.find(webhookId);
    if (!webhook) throw notFound('Webhook');
    disable(webhook, 'hand', this.state.pace.now());
  }

  deliveries(
    filter: { webhookId?: string | undefined; event?: string | undefined } = {},
  ): readonly Delivery[] {
    return this.state.deliveries
      .all()
      .filter(
        (delivery) =>
          (filter.webhookId === undefined || delivery.webhookId === filter.webhookId) &&
          (filter.event === undefined || delivery.event === filter.event),
      );
  }

  /** Every event that was built, with or without a subscriber. */
  events(): readonly BuiltEvent[] {
    return this.state.events.all();
  }

  requests(): readonly LoggedRequest[] {
    return this.state.requests.all();
  }

  // Time

  /**
   * Waits (in real time) until no delivery is on the wire. A receiver that never answers would hold it for ever, so it
   * stops after `maxRealMs` and returns how many are still underway.
   */
  async settle(maxRealMs = 500): Promise<number> {
    const deadline = performance.now() + maxRealMs;
    do await realDelay(1);
    while (this.state.deliveries.underway > 0 && performance.now() < deadline);
    return this.state.deliveries.underway;
  }

  /** Moves a manual clock by so many seconds of that clock, one due moment after the other, deliveries included. */
  async advance(seconds: number, maxRealMsPerStep = 500): Promise<void> {
    const { clock } = this.state;
    if (!isManualClock(clock)) throw new Error('advance needs a clock made by createManualClock');
    const target = clock.now() + seconds * 1000;
    await this.settle(maxRealMsPerStep);
    for (let due = clock.nextDueAt(); due !== undefined && due <= target; due = clock.nextDueAt()) {
      clock.advance(due - clock.now());
      await this.settle(maxRealMsPerStep);
    }
    clock.advance(target - clock.now());
  }

  /** Back to the start: the same seed gives the same calls. Webhooks stay, active again, by default. */
  reset(options: { webhooks?: 'keep' | 'remove' | undefined } = {}): void {
    const { state } = this;
    state.pace.cancelAll();
    const stores = [
      state.settings,
      state.users,
      state.tags,
      state.teams,
      state.contacts,
      state.calls,
      state.campaigns,
      state.fates,
      state.life,
      state.wrapUps,
      state.deliveries,
      state.events,
      state.apiFaults,
      state.rateLimit,
      state.orders,
      state.requests,
    ];
    for (const store of stores) store.reset();
    for (const chance of state.chances) chance.restart();
    if (options.webhooks === 'remove') state.webhooks.reset();
    else state.webhooks.reviveAll();
  }

  #user(id: number): MockUser {
    const user = this.state.users.find(id);
    if (!user) throw notFound('User');
    return user;
  }

  #number(id: number): MockNumber {
    const number = this.state.numbers.find(id);
    if (!number) throw notFound('Number');
    return number;
  }

  #call(id: number): MockCall {
    const call = this.state.calls.find(id);
    if (!call) throw notFound('Call');
    return call;
  }
}
