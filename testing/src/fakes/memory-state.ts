import {
  type Agent,
  byArrival,
  type Call,
  type DialingOverrides,
  type Lead,
  type NewSuppression,
  type ProviderEvent,
  type QueueItem,
  type Session,
} from '@outdial/core';

/** A queue item with what the claim sorts and filters by. */
export interface MemoryItem extends QueueItem {
  /** The lead's, kept equal by `putLead`. */
  readonly phone: string;
  readonly score: number;
  readonly position: number;
}

export interface MemoryQueue {
  readonly id: string;
  readonly name: string;
  readonly settings: DialingOverrides;
}

/** A stored event, and when to look at it (again). */
export interface MemoryEvent extends ProviderEvent {
  readonly dueAt: Date | null;
}

/** A write that the database would refuse, named like the index that refuses it there. */
export class UniqueViolation extends Error {
  constructor(readonly constraint: string) {
    super(`Refused by ${constraint}.`);
    this.name = 'UniqueViolation';
  }
}

/**
 * The rows of a dialer, in memory: what the memory stores share, and what a test or a simulated world fills and reads.
 * Every `put` holds the schema's unique rules and throws `UniqueViolation`; `atomically` undoes everything when its work
 * throws. Nothing here is asynchronous, so whatever runs is alone.
 */
export class MemoryState {
  readonly agents: ReadonlyMap<string, Agent>;
  readonly leads: ReadonlyMap<string, Lead>;
  readonly queues: ReadonlyMap<string, MemoryQueue>;
  readonly items: ReadonlyMap<string, MemoryItem>;
  readonly sessions: ReadonlyMap<string, Session>;
  readonly calls: ReadonlyMap<string, Call>;
  /** The lead's name as it was when the call was claimed. */
  readonly leadNames: ReadonlyMap<string, string>;
  readonly suppressions: ReadonlyMap<string, NewSuppression>;
  readonly events: ReadonlyMap<string, MemoryEvent>;

  readonly #agents = new Map<string, Agent>();
  readonly #leads = new Map<string, Lead>();
  readonly #queues = new Map<string, MemoryQueue>();
  readonly #items = new Map<string, MemoryItem>();
  readonly #sessions = new Map<string, Session>();
  readonly #calls = new Map<string, Call>();
  readonly #leadNames = new Map<string, string>();
  readonly #suppressions = new Map<string, NewSuppression>();
  readonly #events = new Map<string, MemoryEvent>();

  readonly #leadOfPhone = new Map<string, string>();
  readonly #itemsOfQueue = new Map<string, Set<string>>();
  readonly #itemOfLeadInQueue = new Map<string, string>();
  readonly #claimOfLead = new Map<string, string>();
  readonly #openSessionOfAgent = new Map<string, string>();
  readonly #liveCalls = new Map<string, Call>();
  readonly #liveCallOfPhone = new Map<string, string>();
  readonly #liveCallOfItem = new Map<string, string>();
  readonly #winnerOfRound = new Map<string, string>();
  readonly #callOfProviderId = new Map<string, string>();
  readonly #eventOfKey = new Map<string, string>();
  readonly #eventsOfCall = new Map<string, readonly string[]>();

  #undo: (() => void)[] | null = null;

  constructor() {
    this.agents = this.#agents;
    this.leads = this.#leads;
    this.queues = this.#queues;
    this.items = this.#items;
    this.sessions = this.#sessions;
    this.calls = this.#calls;
    this.leadNames = this.#leadNames;
    this.suppressions = this.#suppressions;
    this.events = this.#events;
  }

  /** All of it or nothing. */
  atomically<T>(work: () => T): T {
    if (this.#undo !== null) return work();
    const undo: (() => void)[] = [];
    this.#undo = undo;
    try {
      return work();
    } catch (error) {
      for (const step of undo.reverse()) step();
      throw error;
    } finally {
      this.#undo = null;
    }
  }

  putAgent(agent: Agent): void {
    this.#set(this.#agents, agent.id, agent);
  }

  /** Also the number and score of the lead's items. */
  putLead(lead: Lead): void {
    this.atomically(() => {
      const before = this.#leads.get(lead.id);
      if (before !== undefined) this.#set(this.#leadOfPhone, before.phone, undefined);
      this.#claim(this.#leadOfPhone, lead.phone, lead.id, 'leads_phone');
      this.#set(this.#leads, lead.id, lead);
      for (const item of this.#items.values()) {
        if (item.leadId === lead.id) {
          this.#set(this.#items, item.id, { ...item, phone: lead.phone, score: lead.score });
        }
      }
    });
  }

  putQueue(queue: Pick<MemoryQueue, 'id' | 'name'> & Partial<MemoryQueue>): void {
    this.#set(this.#queues, queue.id, { settings: {}, ...queue });
    if (!this.#itemsOfQueue.has(queue.id)) this.#itemsOfQueue.set(queue.id, new Set());
  }

  /** Number and score come from the lead; `position` from the item that is there, else 0. */
  putItem(item: QueueItem & { readonly position?: number }): void {
    this.atomically(() => {
      const lead = this.#leads.get(item.leadId);
      const inQueue = this.#itemsOfQueue.get(item.queueId);
      if (lead === undefined) throw new Error(`There is no lead ${item.leadId}.`);
      if (inQueue === undefined) throw new Error(`There is no queue ${item.queueId}.`);
      if ((item.state === 'CLAIMED') !== (item.claimedBySessionId !== null)) {
        throw new Error(
          `Item ${item.id} is ${item.state}, and claimed by ${item.claimedBySessionId}.`,
        );
      }
      const before = this.#items.get(item.id);
      this.#claim(
        this.#itemOfLeadInQueue,
        `${item.queueId} ${item.leadId}`,
        item.id,
        'queue_items_lead_once',
      );
      if (item.state === 'CLAIMED') {
        this.#claim(this.#claimOfLead, item.leadId, item.id, 'queue_items_one_claim_per_lead');
      } else if (this.#claimOfLead.get(item.leadId) === item.id) {
        this.#set(this.#claimOfLead, item.leadId, undefined);
      }
      this.#set(this.#items, item.id, {
        ...item,
        position: item.position ?? before?.position ?? 0,
        phone: lead.phone,
        score: lead.score,
      });
      inQueue.add(item.id);
    });
  }

  removeItem(itemId: string): void {
    const item = this.#items.get(itemId);
    if (item === undefined) return;
    this.#items.delete(itemId);
    this.#itemsOfQueue.get(item.queueId)?.delete(itemId);
    this.#itemOfLeadInQueue.delete(`${item.queueId} ${item.leadId}`);
    if (this.#claimOfLead.get(item.leadId) === itemId) this.#claimOfLead.delete(item.leadId);
  }

  /** With all places in queues. */
  removeLead(leadId: string): void {
    const lead = this.#leads.get(leadId);
    if (lead === undefined) return;
    for (const item of [...this.#items.values()]) {
      if (item.leadId === leadId) this.removeItem(item.id);
    }
    this.#leads.delete(leadId);
    this.#leadOfPhone.delete(lead.phone);
  }

  putSession(session: Session): void {
    this.atomically(() => {
      if (session.status !== 'STOPPED') {
        this.#claim(
          this.#openSessionOfAgent,
          session.agentId,
          session.id,
          'sessions_one_open_per_agent',
        );
      } else if (this.#openSessionOfAgent.get(session.agentId) === session.id) {
        this.#set(this.#openSessionOfAgent, session.agentId, undefined);
      }
      this.#set(this.#sessions, session.id, session);
    });
  }

  putCall(call: Call): void {
    this.atomically(() => {
      const isNew = !this.#calls.has(call.id);
      if (call.state === 'COMPLETED') {
        this.#set(this.#liveCalls, call.id, undefined);
        this.#release(this.#liveCallOfPhone, call.phone, call.id);
        this.#release(this.#liveCallOfItem, call.queueItemId, call.id);
      } else {
        this.#claim(this.#liveCallOfPhone, call.phone, call.id, 'calls_one_live_per_phone');
        this.#claim(this.#liveCallOfItem, call.queueItemId, call.id, 'calls_one_live_per_item');
        this.#set(this.#liveCalls, call.id, call);
      }
      const round = `${call.sessionId} ${call.round}`;
      if ((call.state === 'IN_PROGRESS' || call.state === 'COMPLETED') && call.winner) {
        this.#claim(this.#winnerOfRound, round, call.id, 'calls_one_winner_per_round');
      } else {
        this.#release(this.#winnerOfRound, round, call.id);
      }
      if (call.providerCallId !== null) {
        const key = `${call.provider} ${call.providerCallId}`;
        this.#claim(this.#callOfProviderId, key, call.id, 'calls_provider_call');
      }
      this.#set(this.#calls, call.id, call);
      if (isNew) this.#set(this.#leadNames, call.id, this.#leads.get(call.leadId)?.name ?? '');
    });
  }

  /** The number must not be called: its waiting items in every queue are marked. The first reason given stays. */
  suppress(suppression: NewSuppression): void {
    this.atomically(() => {
      if (!this.#suppressions.has(suppression.phone)) {
        this.#set(this.#suppressions, suppression.phone, suppression);
      }
      for (const item of this.#items.values()) {
        if (item.phone === suppression.phone && item.state === 'PENDING') {
          this.#set(this.#items, item.id, { ...item, state: 'SUPPRESSED', heldReason: null });
        }
      }
    });
  }

  /** A suppression whose items were not marked, as when both were written at the same moment. */
  suppressUnseen(suppression: NewSuppression): void {
    this.#set(this.#suppressions, suppression.phone, suppression);
  }

  putEvent(event: MemoryEvent): void {
    this.atomically(() => {
      const key = `${event.provider} ${event.dedupeKey}`;
      this.#claim(this.#eventOfKey, key, event.id, 'provider_events_once');
      if (event.callKey !== null && !this.#events.has(event.id)) {
        const ofCall = `${event.provider} ${event.callKey}`;
        this.#set(this.#eventsOfCall, ofCall, [
          ...(this.#eventsOfCall.get(ofCall) ?? []),
          event.id,
        ]);
      }
      this.#set(this.#events, event.id, event);
    });
  }

  itemsOfQueue(queueId: string): MemoryItem[] {
    const found: MemoryItem[] = [];
    for (const id of this.#itemsOfQueue.get(queueId) ?? []) {
      const item = this.#items.get(id);
      if (item !== undefined) found.push(item);
    }
    return found;
  }

  openSessionOf(agentId: string): Session | null {
    const id = this.#openSessionOfAgent.get(agentId);
    return (id === undefined ? undefined : this.#sessions.get(id)) ?? null;
  }

  /** Every call that is not over. */
  liveCalls(): Call[] {
    return [...this.#liveCalls.values()];
  }

  liveCallTo(phone: string): Call | null {
    const id = this.#liveCallOfPhone.get(phone);
    return (id === undefined ? undefined : this.#calls.get(id)) ?? null;
  }

  isLeadClaimed(leadId: string): boolean {
    return this.#claimOfLead.has(leadId);
  }

  callByProviderId(provider: string, providerCallId: string): string | null {
    return this.#callOfProviderId.get(`${provider} ${providerCallId}`) ?? null;
  }

  /** PENDING without a failure, in the order in which they came. */
  untriedEvents(provider: string, callKey: string): MemoryEvent[] {
    return (this.#eventsOfCall.get(`${provider} ${callKey}`) ?? [])
      .map((id) => this.#events.get(id))
      .filter((event) => event !== undefined)
      .filter(({ state, attempts }) => state === 'PENDING' && attempts === 0)
      .sort(byArrival);
  }

  hasEvent(provider: string, dedupeKey: string): boolean {
    return this.#eventOfKey.has(`${provider} ${dedupeKey}`);
  }

  #claim(index: Map<string, string>, key: string, id: string, constraint: string): void {
    const holder = index.get(key);
    if (holder !== undefined && holder !== id) throw new UniqueViolation(constraint);
    if (holder === undefined) this.#set(index, key, id);
  }

  #release(index: Map<string, string>, key: string, id: string): void {
    if (index.get(key) === id) this.#set(index, key, undefined);
  }

  #set<K, V>(map: Map<K, V>, key: K, value: V | undefined): void {
    const before = map.get(key);
    this.#undo?.push(() => (before === undefined ? map.delete(key) : map.set(key, before)));
    if (value === undefined) map.delete(key);
    else map.set(key, value);
  }
}
