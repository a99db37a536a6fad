import {
  type Agent,
  type CompletedCall,
  type CrmSyncStore,
  DEFAULT_DIALING_SETTINGS,
  type DialerStore,
  type DialingCall,
  type Lead,
  type LineFilling,
  type NewSuppression,
  type Outlook,
  type PresenceStore,
  type ProviderInbox,
  type QueuedCall,
  type QueueItem,
  type ReconciliationStore,
  type Session,
} from '@outdial/core';

/** Rows that the suites put there themselves, past the ports. */
export interface StoreSeed {
  readonly agents?: readonly Agent[];
  readonly leads?: readonly Lead[];
  readonly queues?: readonly { readonly id: string; readonly name: string }[];
  /** Number and score are the lead's. */
  readonly items?: readonly (QueueItem & { readonly position?: number })[];
  /** Further numbers, by lead. */
  readonly furtherPhones?: Readonly<Record<string, readonly string[]>>;
  /** Rows only: items of these numbers stay as they are. */
  readonly suppressions?: readonly NewSuppression[];
}

/**
 * The dialer's stores over one set of rows, as their contract suites need them: empty when new, and each test works with
 * agents, leads and queues of its own. No clock: times are fixed and given.
 */
export interface StoreWorld {
  readonly store: DialerStore;
  /** A second node on the same rows. */
  readonly otherNode: DialerStore;
  readonly inbox: ProviderInbox;
  readonly reconciliation: ReconciliationStore;
  readonly presence: PresenceStore;
  readonly crm: CrmSyncStore;
  add(seed: StoreSeed): Promise<void>;
  /** Takes the lead out of the queue, whatever its item is doing. */
  removeItem(itemId: string): Promise<void>;
  /** Another number, with everything that follows; as an agent corrects it. */
  setPhone(leadId: string, phone: string): Promise<void>;
  /** Deletes the lead with its places in queues. */
  removeLead(leadId: string): Promise<void>;
  setPriority(itemId: string, priority: number): Promise<void>;
  item(itemId: string): Promise<QueueItem | null>;
  lead(leadId: string): Promise<Lead | null>;
  suppression(phone: string): Promise<NewSuppression | null>;
  close(): Promise<void>;
}

export const NOON = new Date('2026-01-15T12:00:00.000Z');
export const minutesAfter = (minutes: number, start = NOON): Date =>
  new Date(start.getTime() + minutes * 60_000);

let made = 0;

/** Sorts by creation, as the application's ids do. */
export function newId(): string {
  made += 1;
  return `0190a4b8-0000-7000-8000-${made.toString(16).padStart(12, '0')}`;
}

export function anAgent(more: Partial<Agent> = {}): Agent {
  const id = newId();
  return {
    id,
    name: 'Ada',
    email: `${id}@example.test`,
    presence: 'AVAILABLE',
    presenceSince: NOON,
    identities: {},
    ...more,
  };
}

export function aLead(more: Partial<Lead> = {}): Lead {
  const id = newId();
  return {
    id,
    name: 'Lee',
    jobTitle: null,
    phone: `+1555${made.toString().padStart(7, '0')}`,
    company: null,
    email: null,
    headcount: null,
    industry: null,
    timeZone: null,
    score: 0,
    enrichment: null,
    crmExternalId: null,
    createdAt: NOON,
    updatedAt: NOON,
    ...more,
  };
}

export function aQueue(): { readonly id: string; readonly name: string } {
  const id = newId();
  return { id, name: `Queue ${id}` };
}

export const anItem = (
  queueId: string,
  leadId: string,
  more: Partial<QueueItem & { position: number }> = {},
): QueueItem & { position?: number } => ({
  id: newId(),
  queueId,
  leadId,
  state: 'PENDING',
  priority: 0,
  dueAt: NOON,
  callback: false,
  attempts: 0,
  attemptsByOutcome: {},
  lastOutcome: null,
  heldReason: null,
  claimedBySessionId: null,
  createdAt: NOON,
  ...more,
});

export const aSession = (
  agentId: string,
  queueId: string,
  more: Partial<Session> = {},
): Session => ({
  id: newId(),
  agentId,
  queueId,
  provider: 'simulator',
  lines: 3,
  afterConnect: 'continue',
  status: 'RUNNING',
  reason: null,
  actor: null,
  phase: 'DIALING',
  phaseSince: NOON,
  round: 1,
  winnerCallId: null,
  wrapUpUntil: null,
  nextRoundAt: null,
  outage: null,
  drySince: null,
  wakeAt: NOON,
  metrics: { attempted: 0, connected: 0, failed: 0, canceled: 0 },
  settings: DEFAULT_DIALING_SETTINGS,
  startedAt: NOON,
  stoppedAt: null,
  ...more,
});

/** A claim of `take` lines that allows everybody, except where `hold` answers with a due time. */
export function claiming(
  take: number,
  hold: (leadId: string) => Date | null = () => null,
): LineFilling<{ readonly claimed: readonly QueuedCall[]; readonly outlook: Outlook }> {
  return {
    open: (scene) => ({ take, session: scene.session }),
    assess: ({ item, lead }, { session }) => {
      const until = hold(lead.id);
      if (until !== null) return { kind: 'hold', dueAt: until, reason: 'outside calling hours' };
      return {
        kind: 'call',
        call: {
          state: 'QUEUED',
          id: newId(),
          sessionId: session.id,
          agentId: session.agentId,
          queueId: session.queueId,
          queueItemId: item.id,
          leadId: lead.id,
          phone: lead.phone,
          round: session.round,
          attempt: item.attempts + 1,
          provider: session.provider,
          providerCallId: null,
          queuedAt: NOON,
          clearance: {
            decidedAt: NOON,
            rule: 'inside_window',
            zones: ['America/Denver'],
            until: minutesAfter(60),
            contact: null,
          },
          cancellation: null,
          disposition: null,
          placeAt: NOON,
          deadlineAt: minutesAfter(1),
        },
      };
    },
    conclude: (_scene, claimed, outlook) => ({ change: {}, answer: { claimed, outlook } }),
  };
}

/** What a call becomes when the provider is asked. */
export function dialing(call: QueuedCall): DialingCall {
  const { placeAt: _, state: __, ...rest } = call;
  return { ...rest, state: 'DIALING', placement: 'ASKED', dialedAt: NOON, checks: 0 };
}

/** The completed call without an answer. */
export function over(call: QueuedCall, more: Partial<CompletedCall> = {}): CompletedCall {
  const { placeAt: _, deadlineAt: __, state: ___, ...rest } = call;
  return {
    ...rest,
    state: 'COMPLETED',
    dialedAt: NOON,
    placement: 'ACCEPTED',
    ringingAt: null,
    answeredAt: null,
    answeredBy: null,
    winner: false,
    endedAt: minutesAfter(1),
    talkSeconds: 0,
    outcome: 'NO_ANSWER',
    reason: null,
    crm: {
      state: 'PENDING',
      revision: 1,
      attempts: 0,
      dueAt: minutesAfter(1),
      lastError: null,
      activityId: null,
    },
    ...more,
  };
}

/** An agent at work in a queue of leads, one item each in the given order. */
export async function aSessionWithLeads(
  world: StoreWorld,
  count: number,
  more: {
    readonly session?: Partial<Session>;
    readonly lead?: (index: number) => Partial<Lead>;
  } = {},
) {
  const agent = anAgent();
  const queue = aQueue();
  const leads = Array.from({ length: count }, (_, index) => aLead(more.lead?.(index)));
  const items = leads.map((lead, position) => anItem(queue.id, lead.id, { position }));
  await world.add({ agents: [agent], queues: [queue], leads, items });
  const session = aSession(agent.id, queue.id, more.session);
  await world.store.createSession(session);
  return { agent, queue, leads, items, session };
}

/** The same, with `take` of the leads on calls that are QUEUED. */
export async function aSessionWithCalls(
  world: StoreWorld,
  count: number,
  take: number,
  more: Parameters<typeof aSessionWithLeads>[2] = {},
) {
  const setting = await aSessionWithLeads(world, count, more);
  const applied = await world.store.fillLines(setting.session.id, NOON, claiming(take));
  if (applied === null || applied.answer.claimed.length !== take) {
    throw new Error(`Claimed ${applied?.answer.claimed.length} of ${take} calls.`);
  }
  return { ...setting, calls: applied.answer.claimed };
}

/** The first one, which must be there. */
export function first<T>(all: readonly T[]): T {
  const [one] = all;
  if (one === undefined) throw new Error('Expected at least one.');
  return one;
}
