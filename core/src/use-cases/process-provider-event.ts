import { after } from '../call/deadlines.js';
import { mergeFacts } from '../call/facts.js';
import { providerDelayAfter } from '../pacing/back-off.js';
import type { Applied, Decision, SceneOfCall } from '../ports/dialer-store.js';
import { byArrival, EarlierEventsWait, type ProviderEvent } from '../ports/provider-inbox.js';
import type { CallMatch, InterpretedEvent } from '../ports/telephony.js';
import { applyFacts } from '../session/apply-facts.js';
import { pause } from '../session/control.js';
import type { DialerPorts } from './dialer-ports.js';
import { tell } from './tell.js';

/** After so many failures a person has to look at the event. */
const GIVE_UP_AFTER = 10;

/** Each time other nodes are at work on the same call; more often than this is a mistake that looks like it. */
const LOOKS_FOR_EARLIER_EVENTS = 20;

/**
 * A provider may say that a call started before we dialed it. Aircall tells whole seconds, cut off, which is up to one
 * second; the rest is how far its clock may be behind the database's, by which all nodes go. Not more: the agent may have
 * dialed the same number by hand shortly before us, and what is told of that call must not be taken for ours.
 */
const CLOCK_TOLERANCE = 5_000;

/**
 * How long before the start that a provider tells we may have asked for the call. A request to the
 * provider is given up after seconds, and it dials once the agent's phone has taken the call; a minute is more than both.
 */
const STARTS_WITHIN = 60_000;

type Ports = Pick<
  DialerPorts,
  'store' | 'inbox' | 'telephony' | 'clock' | 'jobs' | 'announcements' | 'journal' | 'eventTurns'
>;
type CallEvent = Extract<InterpretedEvent, { kind: 'call' }>;

/** Stored events of one call, and what they say. */
interface Told {
  readonly event: ProviderEvent;
  readonly said: CallEvent;
}

/**
 * Applies one stored provider event to its call, in the order in which the call's events came, together with those that
 * wait beside it. Facts merge, so it may run twice, late, or in any order (P7). What fails is tried again with growing
 * delays and, in the end, put aside as DEAD where a person can see and replay it; it does not hold up what came after it.
 */
export async function processProviderEvent(ports: Ports, eventId: string): Promise<void> {
  const event = await ports.inbox.find(eventId);
  if (event === null || event.state !== 'PENDING') return;
  await ports.eventTurns.together(event, (events) => work(ports, events));
}

/** Answers the ids of the events that it is through with, whatever became of them. */
async function work(ports: Ports, events: readonly ProviderEvent[]): Promise<readonly string[]> {
  const told: Told[] = [];
  for (const event of events) {
    try {
      const said = ports.telephony.interpret(event.payload);
      if (said.kind === 'call') told.push({ event, said });
      else await settleAlone(ports, event, said);
    } catch (error) {
      await putAside(ports, event, error);
    }
  }
  const earlier = told.length > 0 ? await applyInOrder(ports, told) : [];
  return [...events.map(({ id }) => id), ...earlier];
}

async function settleAlone(
  ports: Ports,
  event: ProviderEvent,
  said: Exclude<InterpretedEvent, CallEvent>,
): Promise<void> {
  switch (said.kind) {
    case 'ignored':
      await ignore(ports, [event], said.reason);
      return;
    case 'agent':
      await wakeAgent(ports, said.agentProviderUserId, said.agentEmail);
      await ports.inbox.settle([event.id], 'PROCESSED', null);
      return;
    default: {
      const never: never = said;
      return never;
    }
  }
}

/** Takes along what came earlier and nobody has tried, such as what another node stored and died with. Answers those. */
async function applyInOrder(ports: Ports, told: readonly Told[]): Promise<readonly string[]> {
  for (let look = 1; ; look += 1) {
    try {
      await applyToCall(ports, told);
      return [];
    } catch (error) {
      const [{ event }] = told as [Told];
      if (error instanceof EarlierEventsWait && event.callKey !== null) {
        const known = new Set(told.map((one) => one.event.id));
        const untried = await ports.inbox.untried(event.provider, event.callKey);
        const earlier = untried.filter(({ id }) => !known.has(id));
        if (earlier.length > 0) {
          const all = [...earlier, ...told.map((one) => one.event)].sort(byArrival);
          return work(ports, all);
        }
        // Another node was through with them meanwhile.
        if (look < LOOKS_FOR_EARLIER_EVENTS) continue;
      }
      if (told.length === 1) {
        await putAside(ports, event, error);
        return [];
      }
      // One that cannot be applied does not hold up the others.
      const earlier: string[] = [];
      for (const one of told) earlier.push(...(await applyInOrder(ports, [one])));
      return earlier;
    }
  }
}

async function putAside(
  { inbox, clock, journal, jobs }: Ports,
  event: ProviderEvent,
  error: unknown,
): Promise<void> {
  const failures = event.attempts + 1;
  const message = error instanceof Error ? error.message : String(error);
  const dueAt = failures >= GIVE_UP_AFTER ? null : after(clock.now(), providerDelayAfter(failures));
  journal.note({
    level: dueAt === null ? 'error' : 'warn',
    event: 'provider event failed',
    eventId: event.id,
    details: { failures, message, dead: dueAt === null },
  });
  await inbox.failed(event.id, message, dueAt);
  if (dueAt !== null) jobs.wake({ job: 'process-event', id: event.id, at: dueAt });
}

/** All that the events tell of their call, as one decision. */
async function applyToCall(ports: Ports, told: readonly Told[]): Promise<void> {
  const { telephony, clock } = ports;
  const [{ event }] = told as [Told];
  const events = told.map((one) => one.event);
  const match = Object.assign({}, ...told.map(({ said }) => said.match).reverse()) as CallMatch;
  const { providerCallId } = match;
  const known = providerCallId === undefined ? {} : { providerCallId };
  const facts = told.reduce((all, { said }) => mergeFacts(all, said.facts), known);
  const now = clock.now();
  const applied = await changeCall(ports, event.provider, match, (scene) => {
    const { draft } = applyFacts(scene, facts, telephony.capabilities, now);
    return {
      change: draft.change({ processedEventIds: events.map(({ id }) => id) }),
      answer: undefined,
    };
  });
  if (applied !== null) {
    tell(ports, applied);
    return;
  }
  const ofOurs = told.some(({ said }) => said.manualIfUnmatched)
    ? await stepBack(ports, event.provider, match)
    : 'no call';
  await ignore(
    ports,
    events,
    ofOurs === 'closed call'
      ? 'It is about a call that was closed before the provider told its id.'
      : 'It is about no call of ours.',
  );
}

/** Decides about the call that is meant; null when it is none of ours. */
async function changeCall(
  { store }: Ports,
  provider: string,
  match: CallMatch,
  decide: (scene: SceneOfCall) => Decision<undefined>,
): Promise<Applied<undefined> | null> {
  const { callId, providerCallId, placed } = match;
  if (callId !== undefined) {
    const applied = await store.changeByCall<boolean>(callId, (scene) =>
      scene.subject.call.provider === provider
        ? { ...decide(scene), answer: true }
        : { change: {}, answer: false },
    );
    if (applied?.answer) return { ...applied, answer: undefined };
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
    dialedBefore: after(startedAt, CLOCK_TOLERANCE),
  });
  // Its first events come together: another node may have told the call its id between our two questions.
  return found === null ? byProviderId() : store.changeByCall(found, decide);
}

/**
 * The agent dialed by hand in the provider's own app: the dialer leaves the line to them until they resume. Unless it was the
 * dialer after all, whose call was closed as lost before the first event of it came: then nobody did anything by hand.
 */
async function stepBack(
  ports: Ports,
  provider: string,
  match: CallMatch,
): Promise<'no call' | 'closed call'> {
  const { store, clock, journal } = ports;
  if (match.placed === undefined) return 'no call';
  const { agentProviderUserId, agentEmail, to, startedAt } = match.placed;
  const agent = await store.findAgentAtProvider(agentProviderUserId, agentEmail);
  const session = agent === null ? null : await store.findOpenSession(agent.id);
  if (session === null || session.status !== 'RUNNING') return 'no call';
  const isOurs = await store.wasClosedUnknown({
    provider,
    agentId: session.agentId,
    to,
    dialedSince: after(startedAt, -STARTS_WITHIN),
    dialedBefore: after(startedAt, CLOCK_TOLERANCE),
  });
  if (isOurs) {
    journal.note({
      level: 'warn',
      event: 'call closed too early',
      sessionId: session.id,
      agentId: session.agentId,
      details: { providerCallId: match.providerCallId ?? null },
    });
    return 'closed call';
  }
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
  });
  if (applied !== null) tell(ports, applied);
  return 'no call';
}

/** The agent's availability changed: a session that waits for them looks again. */
async function wakeAgent(
  { store, jobs }: Ports,
  userId: string,
  email: string | null,
): Promise<void> {
  const agent = await store.findAgentAtProvider(userId, email);
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
