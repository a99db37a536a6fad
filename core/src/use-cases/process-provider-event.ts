import { after } from '../call/deadlines.js';
import { providerDelayAfter } from '../pacing/back-off.js';
import type { ProviderEvent } from '../ports/provider-inbox.js';
import type { CallMatch, InterpretedEvent } from '../ports/telephony.js';
import { applyFacts } from '../session/apply-facts.js';
import { pause } from '../session/control.js';
import type { DialerPorts } from './dialer-ports.js';
import { tell } from './tell.js';

/** After so many failures a person has to look at the event. */
const GIVE_UP_AFTER = 10;

/** Providers' clocks differ from ours: a call may claim to have started before we dialed it. */
const CLOCK_TOLERANCE = 5_000;

type Ports = Pick<
  DialerPorts,
  'store' | 'inbox' | 'telephony' | 'clock' | 'jobs' | 'announcements' | 'journal'
>;
type CallEvent = Extract<InterpretedEvent, { kind: 'call' }>;

/**
 * Applies one stored provider event to its call. Facts merge, so it may run twice, late, or in any order (P7). What
 * fails is tried again with growing delays and, in the end, put aside as DEAD where a person can see and replay it.
 */
export async function processProviderEvent(ports: Ports, eventId: string): Promise<void> {
  const { inbox, telephony, clock, journal, jobs } = ports;
  const event = await inbox.find(eventId);
  if (event === null || event.state !== 'PENDING') return;
  try {
    const interpreted = telephony.interpret(event.payload);
    switch (interpreted.kind) {
      case 'ignored':
        await ignore(ports, event, interpreted.reason);
        return;
      case 'agent':
        await wakeAgent(ports, interpreted.agentProviderUserId, interpreted.agentEmail);
        await inbox.settle(event.id, 'PROCESSED', null, null);
        return;
      case 'call':
        await applyToCall(ports, event, interpreted);
        return;
      default: {
        const never: never = interpreted;
        return never;
      }
    }
  } catch (error) {
    const failures = event.attempts + 1;
    const message = error instanceof Error ? error.message : String(error);
    const dueAt =
      failures >= GIVE_UP_AFTER ? null : after(clock.now(), providerDelayAfter(failures));
    journal.note({
      level: dueAt === null ? 'error' : 'warn',
      event: 'provider event failed',
      eventId,
      details: { failures, message, dead: dueAt === null },
    });
    await inbox.failed(eventId, message, dueAt);
    if (dueAt !== null) jobs.wake({ job: 'process-event', id: eventId, at: dueAt });
  }
}

async function applyToCall(ports: Ports, event: ProviderEvent, said: CallEvent): Promise<void> {
  const { store, inbox, telephony, clock } = ports;
  const callId = await findCall(ports, event.provider, said.match);
  if (callId === null) {
    if (said.manualIfUnmatched) await stepBack(ports, said.match);
    await ignore(ports, event, 'It is about no call of ours.');
    return;
  }
  const now = clock.now();
  const { providerCallId } = said.match;
  const facts = providerCallId === undefined ? said.facts : { ...said.facts, providerCallId };
  const applied = await store.changeByCall(callId, (scene) => {
    const { draft, verdict } = applyFacts(scene, facts, telephony.capabilities, now);
    return { change: draft.change({ processedEventId: event.id }), answer: verdict };
  });
  if (applied === null) {
    await inbox.settle(event.id, 'IGNORED', 'Its call is gone.', callId);
    return;
  }
  tell(ports, applied);
}

async function findCall(
  { store }: Ports,
  provider: string,
  match: CallMatch,
): Promise<string | null> {
  if (match.callId !== undefined) {
    const call = await store.findCall(match.callId);
    if (call !== null && call.provider === provider) return call.id;
  }
  if (match.providerCallId !== undefined) {
    const found = await store.findCallByProviderId(provider, match.providerCallId);
    if (found !== null) return found;
  }
  if (match.placed === undefined) return null;
  const { agentProviderUserId, agentEmail, to, startedAt } = match.placed;
  const placed = await store.findPlacedCall({
    provider,
    agentProviderUserId,
    agentEmail,
    to,
    dialedBefore: after(startedAt, CLOCK_TOLERANCE),
  });
  if (placed !== null || match.providerCallId === undefined) return placed;
  // Its first events come together: another of them may have told the call its id between our two questions.
  return store.findCallByProviderId(provider, match.providerCallId);
}

/** The agent dialed by hand in the provider's own app: the dialer leaves the line to them until they resume. */
async function stepBack(ports: Ports, match: CallMatch): Promise<void> {
  const { store, clock, journal } = ports;
  if (match.placed === undefined) return;
  const { agentProviderUserId, agentEmail } = match.placed;
  const agent = await store.findAgentAtProvider(agentProviderUserId, agentEmail);
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
  });
  if (applied !== null) tell(ports, applied);
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
  event: ProviderEvent,
  reason: string,
): Promise<void> {
  journal.note({
    level: 'debug',
    event: 'provider event ignored',
    eventId: event.id,
    details: { reason },
  });
  await inbox.settle(event.id, 'IGNORED', reason, null);
}
