import {
  type Agent,
  byArrival,
  type Call,
  type ContactChange,
  type ContactChanged,
  type ContactRule,
  type DialingOverrides,
  type Lead,
  type NewSuppression,
  type OutsideCall,
  type PastCall,
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

/** `scope` left out: the person's own number. `callId`: of the disposition that put it there. */
export interface MemorySuppression extends NewSuppression {
  readonly scope?: 'number' | 'person';
  readonly callId?: string | null;
}

export interface MemoryStops {
  readonly leadId: string;
  readonly rule: ContactRule;
  readonly phones: readonly string[];
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
  readonly suppressions: ReadonlyMap<string, MemorySuppression>;
  /** What dispositions said about their persons, by call. */
  readonly stops: ReadonlyMap<string, MemoryStops>;
  readonly events: ReadonlyMap<string, MemoryEvent>;

  readonly #agents = new Map<string, Agent>();
  readonly #leads = new Map<string, Lead>();
  readonly #queues = new Map<string, MemoryQueue>();
  readonly #items = new Map<string, MemoryItem>();
  readonly #sessions = new Map<string, Session>();
  readonly #calls = new Map<string, Call>();
  readonly #leadNames = new Map<string, string>();
  readonly #suppressions = new Map<string, MemorySuppression>();
  readonly #furtherPhones = new Map<string, readonly string[]>();
  /** By call. */
  readonly #stops = new Map<string, MemoryStops>();
  readonly #stopOfItem = new Map<string, string>();
  readonly #events = new Map<string, MemoryEvent>();

  readonly #leadOfPhone = new Map<string, string>();
  readonly #itemsOfQueue = new Map<string, Set<string>>();
  readonly #itemOfLeadInQueue = new Map<string, string>();
  readonly #claimOfLead = new Map<string, string>();
  readonly #openSessionOfAgent = new Map<string, string>();
  readonly #liveCalls = new Map<string, Call>();
  readonly #liveCallOfPhone = new Map<string, string>();
  readonly #outsideCalls = new Map<string, OutsideCall>();
  readonly #callsOfPhone = new Map<string, readonly string[]>();
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
    this.stops = this.#stops;
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
      if (isNew) {
        const others = this.#callsOfPhone.get(call.phone) ?? [];
        this.#set(this.#callsOfPhone, call.phone, [...others, call.id]);
      }
      if (isNew) this.#set(this.#leadNames, call.id, this.#leads.get(call.leadId)?.name ?? '');
    });
  }

  /** The number must not be called: waiting items in every queue are marked. The first reason given stays. */
  suppress(suppression: NewSuppression): void {
    this.atomically(() => {
      const before = this.#suppressions.get(suppression.phone);
      const { phone } = suppression;
      this.#set(this.#suppressions, phone, before ? { ...before, callId: null } : suppression);
      this.settle({ phones: [phone] });
    });
  }

  /** Replaces the further numbers of a lead. */
  putFurtherPhones(leadId: string, phones: readonly string[]): void {
    this.atomically(() => {
      this.#set(this.#furtherPhones, leadId, phones);
      this.settle({ leadIds: [leadId] });
    });
  }

  furtherPhonesOf(leadId: string): readonly string[] {
    return this.#furtherPhones.get(leadId) ?? [];
  }

  /** As `contactHold` in the store on PostgreSQL. */
  contactHold(leadId: string, phone: string): 'SUPPRESSED' | 'DONE' | null {
    const stops = [...this.#stops.values()];
    const suppressed =
      this.#suppressions.has(phone) ||
      stops.some((stop) => stop.leadId === leadId && stop.rule.effect === 'suppress_person') ||
      this.furtherPhonesOf(leadId).some((further) => {
        const found = this.#suppressions.get(further);
        return found !== undefined && found.scope !== 'number';
      });
    if (suppressed) return 'SUPPRESSED';
    return this.#endedBy(leadId, phone) === null ? null : 'DONE';
  }

  #endedBy(leadId: string, phone: string): string | null {
    for (const [callId, stop] of this.#stops) {
      if (stop.rule.effect !== 'ends_everywhere') continue;
      if (stop.leadId === leadId || stop.phones.includes(phone)) return callId;
    }
    return null;
  }

  /** Until when the person asked to be left alone before a promised call-back. */
  waitsUntil(leadId: string): Date | null {
    let latest: Date | null = null;
    for (const { leadId: of, rule } of this.#stops.values()) {
      if (of !== leadId || rule.effect !== 'waits') continue;
      if (latest === null || rule.until > latest) latest = rule.until;
    }
    return latest;
  }

  /** Every call to a number, live or over. */
  callsTo(phone: string): Call[] {
    return (this.#callsOfPhone.get(phone) ?? []).flatMap((id) => this.#calls.get(id) ?? []);
  }

  /** Calls to a number that are over and were dialed, and those outside the dialer, the last to end first. */
  pastCallsTo(phone: string): PastCall[] {
    const own = this.callsTo(phone).flatMap((call) =>
      call.state === 'COMPLETED' && call.dialedAt !== null
        ? [{ dialedAt: call.dialedAt, endedAt: call.endedAt }]
        : [],
    );
    const outside = [...this.#outsideCalls.values()].filter(
      (call) =>
        call.phone === phone &&
        !this.#callOfProviderId.has(`${call.provider} ${call.providerCallId}`),
    );
    const end = ({ endedAt }: PastCall): number => endedAt?.getTime() ?? Number.POSITIVE_INFINITY;
    return [...own, ...outside.map(({ dialedAt, endedAt }) => ({ dialedAt, endedAt }))]
      .sort((a, b) => end(b) - end(a) || b.dialedAt.getTime() - a.dialedAt.getTime())
      .slice(0, 50);
  }

  /** As `DialerStore.noteOutsideCall`. */
  noteOutsideCall(call: OutsideCall): void {
    const key = `${call.provider} ${call.providerCallId}`;
    const before = this.#outsideCalls.get(key);
    const { dialedAt, endedAt } = before ?? call;
    this.#set(this.#outsideCalls, key, {
      ...call,
      phone: before?.phone ?? call.phone,
      dialedAt: call.dialedAt < dialedAt ? call.dialedAt : dialedAt,
      endedAt:
        endedAt === null || (call.endedAt !== null && call.endedAt > endedAt)
          ? call.endedAt
          : endedAt,
    });
  }

  get outsideCalls(): ReadonlyMap<string, OutsideCall> {
    return this.#outsideCalls;
  }

  /** As `settleItems` there; returns the queues that changed, and those in which a lead waits again. */
  settle(concerned: {
    readonly leadIds?: readonly string[];
    readonly phones?: readonly string[];
  }): Pick<ContactChanged, 'queueIds' | 'freedQueueIds'> {
    const { leadIds = [], phones = [] } = concerned;
    const queueIds = new Set<string>();
    const freedQueueIds = new Set<string>();
    for (const item of [...this.#items.values()]) {
      const own = [item.phone, ...this.furtherPhonesOf(item.leadId)];
      if (!leadIds.includes(item.leadId) && !own.some((each) => phones.includes(each))) continue;
      const open = item.state === 'PENDING' || item.state === 'SUPPRESSED';
      if (!open && !(item.state === 'DONE' && this.#stopOfItem.has(item.id))) continue;
      const state = this.contactHold(item.leadId, item.phone) ?? 'PENDING';
      if (state === item.state) continue;
      this.markItem(item.id, state);
      queueIds.add(item.queueId);
      if (state === 'PENDING') freedQueueIds.add(item.queueId);
    }
    return { queueIds: [...queueIds], freedQueueIds: [...freedQueueIds] };
  }

  /** Marks a waiting item whose person a contact rule holds; an item that is otherwise decided cannot be freed by another change. */
  markHeld(itemId: string): void {
    const item = this.#items.get(itemId);
    if (item === undefined) return;
    const hold = item.state === 'PENDING' ? this.contactHold(item.leadId, item.phone) : null;
    if (hold !== null) this.markItem(itemId, hold);
    else this.#set(this.#stopOfItem, itemId, undefined);
  }

  /** Puts an item where a contact rule says; DONE remembers by which call. */
  markItem(itemId: string, state: 'PENDING' | 'SUPPRESSED' | 'DONE'): void {
    const item = this.#items.get(itemId);
    if (item === undefined) return;
    this.#set(this.#items, itemId, { ...item, state, heldReason: null });
    const by = state === 'DONE' ? this.#endedBy(item.leadId, item.phone) : null;
    this.#set(this.#stopOfItem, itemId, by ?? undefined);
  }

  /** Carries out a `ContactChange`, as `applyContact` there. */
  applyContact({ callId, leadId, phone, rule }: ContactChange): ContactChanged {
    return this.atomically(() => {
      const before = this.#stops.get(callId);
      this.#set(this.#stops, callId, undefined);
      const lifted: string[] = [];
      for (const suppression of [...this.#suppressions.values()]) {
        if (suppression.callId !== callId) continue;
        const other = this.#suppressedBy(suppression.phone);
        if (other === null) lifted.push(suppression.phone);
        this.#set(
          this.#suppressions,
          suppression.phone,
          other === null ? undefined : { ...suppression, callId: other },
        );
      }
      const own = this.#leads.get(leadId)?.phone;
      const further = this.furtherPhonesOf(leadId);
      const suppressed: string[] = [];
      const phones =
        rule === null
          ? []
          : rule.effect === 'suppress_number'
            ? [phone]
            : [...new Set([phone, ...(own === undefined ? [] : [own]), ...further])];
      if (rule !== null) {
        this.#set(this.#stops, callId, { leadId, rule, phones });
        if (rule.effect === 'suppress_number' || rule.effect === 'suppress_person') {
          for (const each of phones) {
            const isOwn = rule.effect === 'suppress_person' && !further.includes(each);
            const found = this.#suppressions.get(each);
            if (found === undefined) {
              const scope = isOwn ? 'person' : 'number';
              const reason = 'Asked the agent not to be called';
              const source = 'agent' as const;
              this.#set(this.#suppressions, each, { phone: each, reason, source, scope, callId });
              suppressed.push(each);
            } else if (isOwn && found.scope === 'number') {
              this.#set(this.#suppressions, each, { ...found, scope: 'person' });
              suppressed.push(each);
            }
          }
        }
      }
      const settled = this.settle({
        leadIds: [leadId],
        phones: [phone, ...(before?.phones ?? [])],
      });
      if (before?.rule.effect === 'waits') this.#judgeAgain(leadId);
      return {
        suppressed: suppressed.filter((each) => !lifted.includes(each)),
        unsuppressed: lifted.filter((each) => !suppressed.includes(each)),
        ...settled,
      };
    });
  }

  #suppressedBy(phone: string): string | null {
    for (const [callId, { rule, phones }] of this.#stops) {
      const suppresses = rule.effect === 'suppress_number' || rule.effect === 'suppress_person';
      if (suppresses && phones.includes(phone)) return callId;
    }
    return null;
  }

  #judgeAgain(leadId: string): void {
    for (const item of [...this.#items.values()]) {
      if (item.leadId !== leadId || item.state !== 'PENDING' || item.callback) continue;
      if (item.heldReason === null) continue;
      this.#set(this.#items, item.id, { ...item, dueAt: new Date(0), heldReason: null });
    }
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
