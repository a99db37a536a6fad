import {
  type Agent,
  type Applied,
  BELIEVED_OPEN_FOR_MS,
  byArrival,
  type Call,
  type CallWithItem,
  type ComplianceClearance,
  type ContactChanged,
  type Decision,
  type DialerStore,
  EarlierEventsWait,
  isHandedOn,
  isLive,
  type LineFilling,
  type LiveCall,
  type Outlook,
  type PastCall,
  type QueuedCall,
  type QueueItem,
  type Scene,
  type SceneChange,
  type SceneOfCall,
  type Session,
} from '@outdial/core';
import type { MemoryItem, MemoryState } from './memory-state.js';

/** As the store on PostgreSQL: how many items one claim judges before it lets others go on. */
const JUDGED_AT_MOST = 500;

const NOTHING_LEFT_OUT: Outlook = { blocked: false, nextDueAt: null };

/** `DialerStore` over a `MemoryState`. Each method does its work at once and alone; only the answer is a promise. */
export function createMemoryDialerStore(state: MemoryState): DialerStore {
  return {
    async createSession(session) {
      if (!state.agents.has(session.agentId)) return 'unknown_agent';
      if (!state.queues.has(session.queueId)) return 'unknown_queue';
      if (session.status !== 'STOPPED' && state.openSessionOf(session.agentId) !== null) {
        return 'agent_busy';
      }
      if (state.sessions.has(session.id))
        throw new Error(`Session ${session.id} is there already.`);
      state.putSession(session);
      return 'created';
    },

    findSession: async (sessionId) => state.sessions.get(sessionId) ?? null,
    findOpenSession: async (agentId) => state.openSessionOf(agentId),
    findAgent: async (agentId) => state.agents.get(agentId) ?? null,
    findCall: async (callId) => state.calls.get(callId) ?? null,

    async peek(sessionId) {
      const session = state.sessions.get(sessionId);
      return session === undefined ? null : sceneOf(state, session);
    },

    async changeSession(sessionId, decide) {
      const session = state.sessions.get(sessionId);
      if (session === undefined) return null;
      const decision = decide(sceneOf(state, session));
      const contact = state.atomically(() => write(state, session, decision.change, null));
      return applied(session, decision, contact);
    },

    isKnownToBeOver: (callId) => state.calls.get(callId)?.state === 'COMPLETED',

    changeByCall: async (callId, decide) => changeByCall(state, callId, decide),

    async changeByProviderCall(provider, providerCallId, decide) {
      const callId = state.callByProviderId(provider, providerCallId);
      return callId === null ? null : changeByCall(state, callId, decide);
    },

    async changeOnArrival(event, { callId, providerCallId }, decide) {
      const call =
        state.calls.get(callId ?? '') ??
        state.calls.get(
          (providerCallId && state.callByProviderId(event.provider, providerCallId)) ?? '',
        );
      const session = call && state.sessions.get(call.sessionId);
      const waits =
        event.callKey !== null && state.untriedEvents(event.provider, event.callKey).length > 0;
      const known = waits || state.hasEvent(event.provider, event.dedupeKey);
      if (!call || !session || !isLive(call) || call.provider !== event.provider || known) {
        return 'not_now';
      }
      const decision = decide({ ...sceneOf(state, session), subject: withItem(state, call) });
      if (decision === null) return 'not_now';
      const { ignoredBecause: _, ...stored } = event;
      state.atomically(() => {
        write(state, session, decision.change, call.id);
        state.putEvent({
          ...stored,
          payload: JSON.parse(JSON.stringify(event.payload ?? null)) as unknown,
          state: 'PROCESSED',
          attempts: 0,
          note: null,
          callId: call.id,
          dueAt: null,
        });
      });
      return applied(session, decision);
    },

    recall(callId) {
      const call = state.calls.get(callId);
      const session = call && state.sessions.get(call.sessionId);
      if (!call || !session || !isLive(call)) return null;
      return { ...sceneOf(state, session), subject: withItem(state, call) };
    },

    fillLines: async (sessionId, now, filling) =>
      state.atomically(() => fillLines(state, sessionId, now, filling)),

    async beginPlacing(callId, now, deadlineAt) {
      const call = state.calls.get(callId);
      if (call?.state !== 'QUEUED') return { kind: 'not_queued' };
      const hold = state.contactHold(call.leadId, call.phone);
      if (hold !== null) return { kind: hold === 'DONE' ? 'contact_ended' : 'suppressed' };
      if (wasCalledSince(state.pastCallsTo(call.phone), call.clearance)) {
        return { kind: 'called_meanwhile' };
      }
      if (call.clearance.until !== null && call.clearance.until <= now) {
        return { kind: 'clearance_over' };
      }
      const { placeAt: _, state: __, ...identity } = call;
      const begun: Call = {
        ...identity,
        state: 'DIALING',
        placement: 'ASKED',
        dialedAt: now,
        deadlineAt,
        checks: 0,
      };
      state.putCall(begun);
      return {
        kind: 'begun',
        call: begun,
        agent: agentOf(state, call.agentId),
        ringSeconds: sessionOf(state, call.sessionId).settings.ringSeconds,
      };
    },

    async noteOutsideCall(call) {
      state.noteOutsideCall(call);
    },

    async findPlacedCall(search) {
      const call = state.liveCallTo(search.to);
      if (call === null || !isLive(call) || call.state === 'QUEUED') return null;
      const { agentProviderUserId, agentEmail } = search;
      const fits =
        call.provider === search.provider &&
        call.providerCallId === null &&
        call.dialedAt <= search.dialedBefore &&
        isAgentAt(agentOf(state, call.agentId), search.provider, agentProviderUserId, agentEmail);
      return fits ? call.id : null;
    },

    wasClosedUnknown: async ({ provider, agentId, to, dialedSince, dialedBefore }) =>
      [...state.calls.values()].some(
        (call) =>
          call.state === 'COMPLETED' &&
          call.agentId === agentId &&
          call.phone === to &&
          call.provider === provider &&
          call.providerCallId === null &&
          call.dialedAt !== null &&
          call.dialedAt >= dialedSince &&
          call.dialedAt <= dialedBefore,
      ),

    findCallByProviderId: async (provider, providerCallId) =>
      state.callByProviderId(provider, providerCallId),

    async findAgentAtProvider(connectionId, providerUserId, email) {
      const found = [...state.agents.values()].filter((agent) =>
        isAgentAt(agent, connectionId, providerUserId, email),
      );
      return found.find((agent) => userAt(agent, connectionId) !== null) ?? found[0] ?? null;
    },

    sessionsOn: async (queueIds, statuses, { after, limit }) =>
      [...state.sessions.values()]
        .filter(({ id, status, queueId }) => {
          const fits = statuses.some((each) => each === status) && queueIds.includes(queueId);
          return fits && (after === null || id > after);
        })
        .map(({ id, agentId }) => ({ id, agentId }))
        .sort((one, other) => (one.id < other.id ? -1 : 1))
        .slice(0, limit),

    openWork: async () => ({
      callIds: state
        .liveCalls()
        .map(({ id }) => id)
        .sort(),
      sessionIds: [...state.sessions.values()]
        .filter(({ status }) => status !== 'STOPPED')
        .map(({ id }) => id)
        .sort(),
    }),
  };
}

function changeByCall<T>(
  state: MemoryState,
  callId: string,
  decide: (scene: SceneOfCall) => Decision<T>,
): Applied<T> | null {
  const call = state.calls.get(callId);
  const session = call && state.sessions.get(call.sessionId);
  if (call === undefined || session === undefined) return null;
  const scene: SceneOfCall = { ...sceneOf(state, session), subject: withItem(state, call) };
  const decision = decide(scene);
  const contact = state.atomically(() => write(state, session, decision.change, callId));
  return applied(session, decision, contact);
}

function sceneOf(state: MemoryState, session: Session): Scene {
  const live: CallWithItem<LiveCall>[] = [];
  let busyElsewhere = false;
  for (const call of state.liveCalls()) {
    if (!isLive(call)) continue;
    if (call.sessionId === session.id) live.push(withItem(state, call));
    else if (call.agentId === session.agentId && !isHandedOn(call)) busyElsewhere = true;
  }
  live.sort((a, b) => compare(a.call.id, b.call.id));
  return { session, agent: agentOf(state, session.agentId), live, busyElsewhere };
}

const withItem = <C extends Call>(state: MemoryState, call: C): CallWithItem<C> => {
  const item = state.items.get(call.queueItemId);
  return { call, item: item === undefined ? null : plainItem(item) };
};

const plainItem = ({ phone: _, score: __, position: ___, ...item }: MemoryItem): QueueItem => item;

function agentOf(state: MemoryState, agentId: string): Agent {
  const agent = state.agents.get(agentId);
  if (agent === undefined) throw new Error(`There is no agent ${agentId}.`);
  return agent;
}

function sessionOf(state: MemoryState, sessionId: string): Session {
  const session = state.sessions.get(sessionId);
  if (session === undefined) throw new Error(`There is no session ${sessionId}.`);
  return session;
}

const userAt = (agent: Agent, connectionId: string): string | null =>
  agent.identities[connectionId]?.userId ?? null;

const isAgentAt = (
  agent: Agent,
  connectionId: string,
  providerUserId: string,
  email: string | null,
): boolean => {
  const userId = userAt(agent, connectionId);
  return userId === null
    ? email !== null && agent.email.toLowerCase() === email.toLowerCase()
    : userId === providerUserId;
};

const applied = <T>(
  before: Session,
  { change, answer }: Decision<T>,
  contact: ContactChanged | null = null,
): Applied<T> => ({
  before,
  session: change.session ?? before,
  calls: change.calls ?? [],
  queueChanged: Boolean(change.items?.length),
  contact,
  answer,
});

function write(
  state: MemoryState,
  session: Session,
  change: SceneChange,
  eventCallId: string | null,
): ContactChanged | null {
  if (change.session !== undefined) state.putSession(change.session);
  for (const call of change.calls ?? []) writeCall(state, session.id, call);
  for (const item of change.items ?? []) writeItem(state, session.id, item);
  const settled = change.processedEventIds ?? [];
  if (anEarlierOneWaits(state, settled)) throw new EarlierEventsWait();
  for (const id of settled) {
    const event = state.events.get(id);
    if (event?.state !== 'PENDING') continue;
    state.putEvent({ ...event, state: 'PROCESSED', dueAt: null, note: null, callId: eventCallId });
  }
  return change.contact === undefined ? null : state.applyContact(change.contact);
}

function anEarlierOneWaits(state: MemoryState, eventIds: readonly string[]): boolean {
  return eventIds.some((id) => {
    const event = state.events.get(id);
    if (!event || event.callKey === null) return false;
    return state
      .untriedEvents(event.provider, event.callKey)
      .some((other) => !eventIds.includes(other.id) && byArrival(other, event) < 0);
  });
}

/** Once a call is over, how far the CRM has it is the CRM store's; a decision sets it by counting the revision up. */
function writeCall(state: MemoryState, sessionId: string, call: Call): void {
  const before = state.calls.get(call.id);
  if (before === undefined || before.sessionId !== sessionId) return;
  const isOldNews =
    before.state === 'COMPLETED' &&
    call.state === 'COMPLETED' &&
    before.crm.revision === call.crm.revision;
  state.putCall(isOldNews ? { ...call, crm: before.crm } : call);
}

/** What another session claimed stays (P2), and a person held by a contact rule does not come back into a queue (P8). */
function writeItem(state: MemoryState, sessionId: string, item: QueueItem): void {
  const before = state.items.get(item.id);
  if (before === undefined) return;
  if (before.state === 'CLAIMED' && before.claimedBySessionId !== sessionId) return;
  state.putItem({ ...item, priority: before.priority });
  state.markHeld(item.id);
}

function fillLines<T>(
  state: MemoryState,
  sessionId: string,
  now: Date,
  filling: LineFilling<T>,
): Applied<T> | null {
  const before = state.sessions.get(sessionId);
  if (before === undefined) return null;
  const read = sceneOf(state, before);
  const opened = filling.open(read);
  const scene: Scene = { ...read, session: opened.session };
  const claim = claimItems(state, scene, now, opened.take, filling);
  const decision = filling.conclude(scene, claim.calls, claim.outlook);
  const session = decision.change.session ?? opened.session;
  const replaced = new Map(decision.change.calls?.map((call) => [call.id, call]));
  const newCalls = claim.calls.map((call): Call => replaced.get(call.id) ?? call);
  const otherCalls = [...replaced.values()].filter(
    (call) => !claim.calls.some(({ id }) => id === call.id),
  );
  for (const call of newCalls) state.putCall(call);
  for (const item of claim.items) writeItem(state, sessionId, item);
  write(state, before, { ...decision.change, session, calls: otherCalls }, null);
  const result = applied(before, decision);
  return {
    ...result,
    session,
    calls: [...newCalls, ...otherCalls],
    queueChanged: result.queueChanged || claim.items.length > 0,
  };
}

interface Claim {
  readonly calls: readonly QueuedCall[];
  readonly items: readonly QueueItem[];
  readonly outlook: Outlook;
}

function claimItems(
  state: MemoryState,
  scene: Scene,
  now: Date,
  take: number,
  filling: Pick<LineFilling<unknown>, 'assess'>,
): Claim {
  const calls: QueuedCall[] = [];
  const items: QueueItem[] = [];
  if (take <= 0) return { calls, items, outlook: NOTHING_LEFT_OUT };
  const { id: sessionId, queueId } = scene.session;
  const pending = state.itemsOfQueue(queueId).filter((item) => item.state === 'PENDING');
  const due = pending.filter((item) => item.dueAt <= now).sort(inClaimOrder);
  const dueLater = pending.filter(
    (item) => item.dueAt > now && state.contactHold(item.leadId, item.phone) === null,
  );
  let nextDueAt = earliest(dueLater.map((item) => item.dueAt));
  let blocked = false;
  let judged = 0;
  for (const found of due) {
    if (calls.length === take) return { calls, items, outlook: NOTHING_LEFT_OUT };
    const lead = state.leads.get(found.leadId);
    if (lead === undefined) continue;
    const item = plainItem(found);
    if (state.contactHold(found.leadId, found.phone) !== null) {
      // As it is: writing a waiting item marks it with what holds it.
      items.push(item);
      continue;
    }
    if (
      judged === JUDGED_AT_MOST ||
      state.liveCallTo(found.phone) !== null ||
      state.isLeadClaimed(found.leadId)
    ) {
      blocked = true;
      continue;
    }
    judged += 1;
    const past = state.pastCallsTo(found.phone);
    const waitsUntil = item.callback ? null : state.waitsUntil(found.leadId);
    const assessment = filling.assess({ item, lead, calls: past, waitsUntil }, scene);
    if (assessment.kind === 'hold') {
      items.push({ ...item, dueAt: assessment.dueAt, heldReason: assessment.reason });
      nextDueAt = earliest(nextDueAt === null ? [assessment.dueAt] : [nextDueAt, assessment.dueAt]);
      continue;
    }
    calls.push(assessment.call);
    items.push({ ...item, state: 'CLAIMED', claimedBySessionId: sessionId, heldReason: null });
  }
  if (calls.length === take) return { calls, items, outlook: NOTHING_LEFT_OUT };
  return { calls, items, outlook: { blocked, nextDueAt } };
}

/** As `calledSince` in the store on PostgreSQL. */
function wasCalledSince(
  calls: readonly PastCall[],
  { contact, decidedAt }: ComplianceClearance,
): boolean {
  if (!contact) return false;
  const { lastEndedAt } = contact;
  return calls.some(({ dialedAt, endedAt }) =>
    endedAt === null
      ? dialedAt.getTime() > decidedAt.getTime() - BELIEVED_OPEN_FOR_MS
      : lastEndedAt === null || endedAt > lastEndedAt,
  );
}

/** Callbacks, then priority, score, due time, age. */
const inClaimOrder = (a: MemoryItem, b: MemoryItem): number =>
  Number(b.callback) - Number(a.callback) ||
  b.priority - a.priority ||
  b.score - a.score ||
  a.dueAt.getTime() - b.dueAt.getTime() ||
  a.createdAt.getTime() - b.createdAt.getTime() ||
  a.position - b.position ||
  compare(a.id, b.id);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const earliest = (times: readonly Date[]): Date | null =>
  times.length === 0 ? null : new Date(Math.min(...times.map((time) => time.getTime())));
