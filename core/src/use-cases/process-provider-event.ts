import type { Agent } from '../agent/agent.js';
import { asksForAgent, wasThere } from '../agent/attendance.js';
import type { CompletedCall } from '../call/call.js';
import { addMs } from '../call/deadlines.js';
import { type CallFacts, mergeFacts } from '../call/facts.js';
import {
  believedTime,
  CLOCK_OFF_AT_MOST_MS,
  CLOCK_TOLERANCE_MS,
  possibleFacts,
} from '../call/provider-time.js';
import { providerDelayAfter } from '../pacing/back-off.js';
import type { Applied, Decision, SceneOfCall } from '../ports/dialer-store.js';
import { byArrival, EarlierEventsWait, type ProviderEvent } from '../ports/provider-inbox.js';
import type { CallMatch, InterpretedEvent } from '../ports/telephony.js';
import { applyFacts } from '../session/apply-facts.js';
import { pause } from '../session/control.js';
import type { DialerPorts } from './dialer-ports.js';
import { hangUpStrayCall, wasClosedUnseen } from './hang-up-stray-call.js';
import { noteMovedTime } from './note-moved-time.js';
import { publishEffects } from './publish-effects.js';

/** After so many failures a person has to look at the event. */
const ATTEMPTS_AT_MOST = 10;

/** Each time other nodes are at work on the same call; more often than this is a mistake that looks like it. */
const EARLIER_EVENT_ROUNDS_AT_MOST = 20;

/**
 * How long before the start that a provider tells we may have asked for the call. A request to the
 * provider is given up after seconds, and it dials once the agent's phone has taken the call; a minute is more than both.
 */
const ORDERED_BEFORE_START_AT_MOST_MS = 60_000;

type Ports = Pick<
  DialerPorts,
  | 'store'
  | 'inbox'
  | 'presence'
  | 'carriers'
  | 'clock'
  | 'jobs'
  | 'announcements'
  | 'journal'
  | 'eventSerializer'
>;
type CallEvent = Extract<InterpretedEvent, { kind: 'call' }>;

/** Stored events of one call, and what they say. */
interface InterpretedCallEvent {
  readonly event: ProviderEvent;
  readonly said: CallEvent;
}

/**
 * Applies one stored provider event to its call, in the order in which the call's events came, together with those that
 * wait beside it. Facts merge, so it may run twice, late, or in any order (P7). What fails is tried again with growing
 * delays and finally becomes DEAD (dead-lettered), where a person can replay it. It does not block later events.
 */
export async function processProviderEvent(ports: Ports, eventId: string): Promise<void> {
  const event = await ports.inbox.find(eventId);
  if (event === null || event.state !== 'PENDING') return;
  await ports.eventSerializer.inBatch(event, (events) => processEvents(ports, events));
}

/** Answers the ids of the events that it is through with, whatever became of them. */
async function processEvents(
  ports: Ports,
  events: readonly ProviderEvent[],
): Promise<readonly string[]> {
  const told: InterpretedCallEvent[] = [];
  for (const event of events) {
    try {
      const said = ports.carriers.of(event.provider).interpret(event.payload);
      if (said.kind === 'call') told.push({ event, said });
      else await settleWithoutCall(ports, event, said);
    } catch (error) {
      await recordFailure(ports, event, error);
    }
  }
  const earlier = told.length > 0 ? await applyInOrder(ports, told) : [];
  return [...events.map(({ id }) => id), ...earlier];
}

async function settleWithoutCall(
  ports: Ports,
  event: ProviderEvent,
  said: Exclude<InterpretedEvent, CallEvent>,
): Promise<void> {
  switch (said.kind) {
    case 'ignored':
      await ignore(ports, [event], said.reason);
      return;
    case 'agent':
      await wakeAgent(ports, event.provider, said);
      await ports.inbox.settle([event.id], 'PROCESSED', null);
      return;
    default: {
      const never: never = said;
      return never;
    }
  }
}

/** Includes earlier untried events, such as those of a node that died after it stored them. Returns their ids. */
async function applyInOrder(
  ports: Ports,
  told: readonly InterpretedCallEvent[],
): Promise<readonly string[]> {
  for (let look = 1; ; look += 1) {
    try {
      await applyToCall(ports, told);
      return [];
    } catch (error) {
      const [{ event }] = told as [InterpretedCallEvent];
      if (error instanceof EarlierEventsWait && event.callKey !== null) {
        const known = new Set(told.map((one) => one.event.id));
        const untried = await ports.inbox.untried(event.provider, event.callKey);
        const earlier = untried.filter(({ id }) => !known.has(id));
        if (earlier.length > 0) {
          const all = [...earlier, ...told.map((one) => one.event)].sort(byArrival);
          return processEvents(ports, all);
        }
        // Another node was through with them meanwhile.
        if (look < EARLIER_EVENT_ROUNDS_AT_MOST) continue;
      }
      if (told.length === 1) {
        await recordFailure(ports, event, error);
        return [];
      }
      // One that cannot be applied does not hold up the others.
      const earlier: string[] = [];
      for (const one of told) earlier.push(...(await applyInOrder(ports, [one])));
      return earlier;
    }
  }
}

async function recordFailure(
  { inbox, clock, journal, jobs }: Ports,
  event: ProviderEvent,
  error: unknown,
): Promise<void> {
  const failures = event.attempts + 1;
  const message = error instanceof Error ? error.message : String(error);
  const dueAt =
    failures >= ATTEMPTS_AT_MOST ? null : addMs(clock.now(), providerDelayAfter(failures));
  journal.note({
    level: dueAt === null ? 'error' : 'warn',
    event: 'provider event failed',
    eventId: event.id,
    details: { failures, message, dead: dueAt === null },
  });
  await inbox.failed(event.id, message, dueAt);
  if (dueAt !== null) jobs.wake({ job: 'process-event', id: event.id, at: dueAt });
}

/** The decision needs to know first whether this agent has a live screen. */
interface NeedsPresence {
  readonly kind: 'ask for';
  readonly agentId: string;
  readonly facts: CallFacts;
}

interface AppliedToCall {
  readonly kind: 'done';
  readonly callId: string;
  /** By how much a time of the provider had to be moved to be possible. */
  readonly movedMs: number;
}

/** What an event says of its call, and when an order for it must have been dialed to be the one that is meant. */
interface MatchWithDialTimes extends CallMatch {
  readonly dialedSince?: Date;
  readonly dialedBefore?: Date;
}

/** The provider's clock may be off: by what was measured, and by what was not. */
function dialTimesOf(
  { placed }: CallMatch,
  about: {
    readonly receivedAt: Date;
    readonly measured: number | null;
    readonly isFirstNews: boolean;
  },
): Pick<MatchWithDialTimes, 'dialedSince' | 'dialedBefore'> {
  if (placed === undefined) return {};
  const { receivedAt, measured, isFirstNews } = about;
  const startedAt = believedTime(placed.startedAt, receivedAt, measured ?? 0);
  const off = measured === null ? CLOCK_OFF_AT_MOST_MS : 0;
  const dialedSince = addMs(startedAt, -ORDERED_BEFORE_START_AT_MOST_MS - off);
  const isNews = receivedAt.getTime() - startedAt.getTime() <= CLOCK_OFF_AT_MOST_MS;
  const before = addMs(startedAt, CLOCK_TOLERANCE_MS);
  return {
    dialedSince,
    dialedBefore: isFirstNews && isNews && receivedAt > before ? receivedAt : before,
  };
}

/** A call that was closed before the provider showed it, and that is up all the same. */
interface StrayCall {
  readonly kind: 'stray';
  readonly call: CompletedCall & { readonly dialedAt: Date };
  readonly agent: Agent;
}

/** Applies all facts of the events to their call, as one decision. */
async function applyToCall(ports: Ports, told: readonly InterpretedCallEvent[]): Promise<void> {
  const { clock } = ports;
  const [{ event }] = told as [InterpretedCallEvent];
  const telephony = ports.carriers.of(event.provider);
  const events = told.map((one) => one.event);
  const match = Object.assign({}, ...told.map(({ said }) => said.match).reverse()) as CallMatch;
  const { providerCallId } = match;
  const known = providerCallId === undefined ? {} : { providerCallId };
  const measured = telephony.clockSkewMs === undefined ? 0 : telephony.clockSkewMs();
  const skewMs = measured ?? 0;
  const isFirstNews = told.some(({ said }) => said.manualIfUnmatched);
  const meant = {
    ...match,
    ...dialTimesOf(match, { receivedAt: event.receivedAt, measured, isFirstNews }),
  };
  const factsFor = (scene: SceneOfCall): { facts: CallFacts; movedMs: number } => {
    const { call } = scene.subject;
    const dialedAt = 'dialedAt' in call ? call.dialedAt : null;
    let movedMs = 0;
    const facts = told.reduce<CallFacts>((all, { said, event: { receivedAt } }) => {
      const possible = possibleFacts(said.facts, { dialedAt, receivedAt, skewMs });
      movedMs = Math.max(movedMs, possible.movedMs);
      return mergeFacts(all, possible.facts);
    }, known);
    return { facts, movedMs };
  };
  const now = clock.now();
  const apply = (agentIsThere: boolean | null) =>
    changeCall<NeedsPresence | StrayCall | AppliedToCall>(ports, event.provider, meant, (scene) => {
      const { facts, movedMs } = factsFor(scene);
      if (agentIsThere === null && asksForAgent(scene, facts, telephony.capabilities)) {
        return { change: {}, answer: { kind: 'ask for', agentId: scene.agent.id, facts } };
      }
      const { draft } = applyFacts(scene, facts, telephony.capabilities, now, agentIsThere ?? true);
      const { call } = scene.subject;
      return {
        change: draft.change({ processedEventIds: events.map(({ id }) => id) }),
        answer:
          facts.endedAt === undefined && wasClosedUnseen(call)
            ? { kind: 'stray', call, agent: scene.agent }
            : { kind: 'done', callId: call.id, movedMs },
      };
    });
  let applied = await apply(null);
  if (applied?.answer.kind === 'ask for') {
    // A person answers. Presence is read only for an answered call, not for each event.
    const lastLive = await ports.presence.lastLive(applied.answer.agentId, clock.now());
    const answeredAt = applied.answer.facts.answeredAt ?? now;
    applied = await apply(wasThere(lastLive, answeredAt, clock.now()));
  }
  if (applied !== null) {
    publishEffects(ports, applied);
    const { answer } = applied;
    if (answer.kind === 'stray') {
      await hangUpStrayCall(ports, answer.call, answer.agent, providerCallId ?? null);
    } else if (answer.kind === 'done') {
      noteMovedTime(ports.journal, { ...answer, eventId: event.id, skewMs });
    }
    return;
  }
  if (await isClosedCallOfOurs(ports, event.provider, meant)) {
    await ignore(
      ports,
      events,
      'It is about a call that was closed before the provider told its id.',
    );
    return;
  }
  const { placed } = match;
  if (placed !== undefined && providerCallId !== undefined) {
    // A phone rang all the same: it counts for the number's gap and the calls of its day.
    const dialedAt = believedTime(placed.startedAt, event.receivedAt, skewMs);
    const endedAt = told.reduce<Date | null>((latest, { said, event: { receivedAt } }) => {
      const about = { dialedAt, receivedAt, skewMs };
      return possibleFacts(said.facts, about).facts.endedAt ?? latest;
    }, null);
    await ports.store.noteOutsideCall({
      provider: event.provider,
      providerCallId,
      phone: placed.to,
      dialedAt,
      endedAt,
    });
  }
  if (isFirstNews) await pauseForManualCall(ports, event.provider, meant);
  await ignore(ports, events, 'It is about no call of ours.');
}

/** Decides about the call that is meant; null when it is none of ours. */
async function changeCall<T>(
  { store }: Ports,
  provider: string,
  match: MatchWithDialTimes,
  decide: (scene: SceneOfCall) => Decision<T>,
): Promise<Applied<T> | null> {
  const { callId, providerCallId, placed } = match;
  if (callId !== undefined) {
    const applied = await store.changeByCall<{ readonly of: T } | null>(callId, (scene) => {
      if (scene.subject.call.provider !== provider) return { change: {}, answer: null };
      const { change, answer } = decide(scene);
      return { change, answer: { of: answer } };
    });
    if (applied !== null && applied.answer !== null) {
      return { ...applied, answer: applied.answer.of };
    }
  }
  const byProviderId = async () =>
    providerCallId === undefined
      ? null
      : store.changeByProviderCall(provider, providerCallId, decide);
  const applied = await byProviderId();
  if (applied !== null || placed === undefined) return applied;
  const { agentProviderUserId, agentEmail, to, startedAt } = placed;
  const found = await store.findPlacedCall({
    provider,
    agentProviderUserId,
    agentEmail,
    to,
    dialedBefore: match.dialedBefore ?? startedAt,
  });
  // Its first events come together: another node may have told the call its id between our two questions.
  return found === null ? byProviderId() : store.changeByCall(found, decide);
}

/** The dialer's after all: a call that was closed as lost before the first event of it came. */
async function isClosedCallOfOurs(
  { store, journal }: Ports,
  provider: string,
  match: MatchWithDialTimes,
): Promise<boolean> {
  if (match.placed === undefined) return false;
  const { agentProviderUserId, agentEmail, to, startedAt } = match.placed;
  const agent = await store.findAgentAtProvider(provider, agentProviderUserId, agentEmail);
  if (agent === null) return false;
  const isOurs = await store.wasClosedUnknown({
    provider,
    agentId: agent.id,
    to,
    dialedSince: match.dialedSince ?? startedAt,
    dialedBefore: match.dialedBefore ?? startedAt,
  });
  if (!isOurs) return false;
  journal.note({
    level: 'warn',
    event: 'call closed too early',
    agentId: agent.id,
    details: { providerCallId: match.providerCallId ?? null },
  });
  return true;
}

/** The agent dialed by hand in the provider's own app: the dialer leaves the line to them until they resume. */
async function pauseForManualCall(
  ports: Ports,
  connectionId: string,
  match: MatchWithDialTimes,
): Promise<void> {
  const { store, clock, journal } = ports;
  if (match.placed === undefined) return;
  const { agentProviderUserId, agentEmail } = match.placed;
  const agent = await store.findAgentAtProvider(connectionId, agentProviderUserId, agentEmail);
  const session = agent === null ? null : await store.findOpenSession(agent.id);
  if (session === null || session.status !== 'RUNNING') return;
  const now = clock.now();
  const applied = await store.changeSession(session.id, (scene) => {
    const paused = pause(scene, 'manual_call', now);
    return { change: paused.kind === 'changed' ? paused.change : {}, answer: undefined };
  });
  journal.note({
    level: 'info',
    event: 'manual call by agent',
    sessionId: session.id,
    agentId: session.agentId,
    details: { provider_call_id: match.providerCallId ?? null },
  });
  if (applied !== null) publishEffects(ports, applied);
}

/** The agent's availability changed: a session that waits for them looks again. */
async function wakeAgent(
  { store, jobs }: Ports,
  connectionId: string,
  { agentProviderUserId, agentEmail }: Extract<InterpretedEvent, { kind: 'agent' }>,
): Promise<void> {
  const agent = await store.findAgentAtProvider(connectionId, agentProviderUserId, agentEmail);
  const session = agent === null ? null : await store.findOpenSession(agent.id);
  if (session !== null) jobs.wake({ job: 'advance-session', id: session.id });
}

async function ignore(
  { inbox, journal }: Ports,
  events: readonly ProviderEvent[],
  reason: string,
): Promise<void> {
  const ids = events.map(({ id }) => id);
  for (const eventId of ids) {
    journal.note({
      level: 'debug',
      event: 'provider event ignored',
      eventId,
      details: { reason },
    });
  }
  await inbox.settle(ids, 'IGNORED', reason);
}
