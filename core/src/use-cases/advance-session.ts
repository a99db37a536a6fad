import { agentAt } from '../agent/agent.js';
import { isWithinReach, needsScreen } from '../agent/attendance.js';
import { isHandedOn } from '../call/call.js';
import { addMs } from '../call/deadlines.js';
import { providerDelayAfter } from '../pacing/back-off.js';
import type { Scene, SceneChange } from '../ports/dialer-store.js';
import type { Availability } from '../ports/telephony.js';
import { outageAfterFailure, pause, pauseWithoutConnection } from '../session/control.js';
import { type Claimed, lineFilling, wantsToDial } from '../session/fill-lines.js';
import { SceneDraft } from '../session/scene.js';
import type { DialerPorts } from './dialer-ports.js';
import { publishEffects } from './publish-effects.js';

/** A page that connects wakes its agent's session; looking again is for wake-ups that were lost. */
const LOOK_FOR_SCREEN_AGAIN_AFTER_MS = 5_000;

/** The provider's event wakes the session when the agent is free; asking is for events that were lost. */
const ASK_BUSY_AGENT_AGAIN_AFTER = { first: 3_000, atMost: 15_000 };

/**
 * Does what is due for a session: ends its wrap-up, begins its next round, fills its lines, or stops it when its queue
 * is dry. Safe to run at any time, twice, and on two nodes: decisions about one session come one after the other.
 */
export async function advanceSession(ports: DialerPorts, sessionId: string): Promise<void> {
  const { store, carriers, clock, ids, jobs, prefixZones, offsets } = ports;

  // The provider is asked outside of any transaction, and only when a call would follow.
  const remembered = await store.peek(sessionId, 'remembered');
  if (remembered === null) return;
  const telephony = carriers.of(remembered.session.provider);
  const { capabilities } = telephony;
  const scene = capabilities.reportsAvailability
    ? await store.peek(sessionId, 'fresh')
    : remembered;
  if (scene === null) return;
  const closedBecause = carriers.closedBecause(scene.session.provider);
  if (scene.session.status === 'RUNNING' && closedBecause !== null) {
    await pauseUntilConnected(ports, sessionId, closedBecause);
    return;
  }
  if (
    capabilities.reportsAvailability &&
    scene.live.every(({ call }) => isHandedOn(call)) &&
    wantsToDial(scene, capabilities, clock.now())
  ) {
    const availability = await telephony.availability(agentAt(scene.agent, scene.session.provider));
    if (availability.kind !== 'ready') {
      await holdBack(ports, sessionId, availability);
      return;
    }
  }

  if (needsScreen(scene.session, capabilities) && wantsToDial(scene, capabilities, clock.now())) {
    const now = clock.now();
    const lastLive = await ports.presence.lastLive(scene.agent.id, now);
    if (!isWithinReach(scene.session, lastLive, now)) {
      await waitForScreen(ports, sessionId);
      return;
    }
  }

  // Not from the session's settings: a country that was taken off the list is not called from now on.
  const allowedCountries = await ports.allowedCountries?.();
  const { begunCalls } = ports;
  const takenAtMs = ports.stopwatchMs();
  const filling = lineFilling({
    capabilities,
    begins: begunCalls !== undefined,
    prefixZones,
    ...(offsets === undefined ? {} : { offsets }),
    ...(allowedCountries === undefined ? {} : { allowedCountries }),
    nextId: () => ids.next(),
    now: clock.now(),
  });
  const applied = await store.fillLines<Claimed>(sessionId, clock.now(), filling);
  if (applied === null) return;
  const { begun, agent } = applied.answer;
  const { ringSeconds } = applied.session.settings;
  for (const call of begun) {
    begunCalls?.add({ call, agent, ringSeconds, takenAtMs });
    jobs.wake({ job: 'place-call', id: call.id });
  }
  publishEffects(ports, applied);
}

/** No screen of the agent is there: no call is placed until one is, and `reconcile` pauses the session if none comes. */
async function waitForScreen(ports: DialerPorts, sessionId: string): Promise<void> {
  const now = ports.clock.now();
  const applied = await ports.store.changeSession(sessionId, (scene) => {
    if (scene.session.status !== 'RUNNING') return { change: {}, answer: undefined };
    const draft = new SceneDraft(scene, now);
    draft.update({ reason: 'agent_absent', wakeAt: addMs(now, LOOK_FOR_SCREEN_AGAIN_AFTER_MS) });
    return { change: draft.change(), answer: undefined };
  });
  if (applied !== null) publishEffects(ports, applied);
}

async function pauseUntilConnected(
  ports: DialerPorts,
  sessionId: string,
  why: string,
): Promise<void> {
  const { store, clock } = ports;
  const now = clock.now();
  const applied = await store.changeSession(sessionId, (scene) => {
    const paused = pauseWithoutConnection(scene, why, now);
    return { change: paused.kind === 'changed' ? paused.change : {}, answer: undefined };
  });
  if (applied !== null) publishEffects(ports, applied);
}

/** The carrier says that the agent cannot take a call now: busy is asked again soon, away pauses the session with the reason. */
async function holdBack(
  ports: DialerPorts,
  sessionId: string,
  availability: Exclude<Availability, { kind: 'ready' }>,
): Promise<void> {
  const { store, clock, journal } = ports;
  const now = clock.now();
  const applied = await store.changeSession(sessionId, (scene) => ({
    change: heldBack(scene, availability, now),
    answer: undefined,
  }));
  journal.note({
    level: availability.kind === 'unreachable' ? 'warn' : 'info',
    event: 'agent not available',
    sessionId,
    details: { kind: availability.kind, message: availability.message },
  });
  if (applied !== null) publishEffects(ports, applied);
}

function heldBack(
  scene: Scene,
  availability: Exclude<Availability, { kind: 'ready' }>,
  now: Date,
): SceneChange {
  if (scene.session.status !== 'RUNNING') return {};
  const draft = new SceneDraft(scene, now);
  switch (availability.kind) {
    case 'away': {
      const reason = availability.because === 'offline' ? 'agent_offline' : 'agent_do_not_disturb';
      const paused = pause(scene, reason, now);
      return paused.kind === 'changed' ? paused.change : {};
    }
    case 'busy':
      draft.update({
        reason: 'agent_busy',
        outage: null,
        wakeAt: addMs(now, askAgainAfter(scene, now)),
      });
      return draft.change();
    case 'unreachable': {
      const outage = outageAfterFailure(
        scene.session.outage,
        availability.message,
        providerDelayAfter,
        now,
      );
      draft.update({ outage, reason: 'provider_unavailable', wakeAt: outage.retryAt });
      return draft.change();
    }
    default: {
      const never: never = availability;
      return never;
    }
  }
}

/**
 * Half of the time that the agent has been busy already: their colleagues share the provider's request limit, and a
 * quarter of an hour on another call is no rarity.
 */
function askAgainAfter({ session }: Scene, now: Date): number {
  const { first, atMost } = ASK_BUSY_AGENT_AGAIN_AFTER;
  if (session.phase !== 'WAITING') return first;
  return Math.min(atMost, Math.max(first, (now.getTime() - session.phaseSince.getTime()) / 2));
}
