import type {
  HangUpAnswer,
  LookUpAnswer,
  PlaceAnswer,
  PlaceOrder,
  ProviderCallRef,
  Telephony,
  TelephonyCapabilities,
  Timers,
} from '@outdial/core';
import { type CallInId, readCallId, writeCallId } from './call-id.js';
import { chanceOf } from './chance.js';
import { type EventKind, interpretEvent, type KnownFacts, writeEvent } from './event.js';
import { type DeliveredEvent, EventDelivery } from './event-delivery.js';
import { NO_FAULTS, type SimulatorFaults, withFaults } from './faults.js';
import { type Forced, forcedBy } from './forced-numbers.js';
import { endNow, factsAt, instantOf, isOver, type NetworkCall, reasonFor } from './network-call.js';
import { planCall, timelineOf } from './plan-call.js';
import { PROFILES, type Profile, type ProfileName, problemsOf } from './profiles.js';
import { NOTHING_SHARED, type SharedNetwork } from './shared-network.js';

export interface SimulatorOptions {
  /** The id of the connection; `simulator` when it is left out. */
  readonly name?: string;
  /** Where events go: the server's provider inbox. When it throws, the event is sent again, later. */
  deliver(event: DeliveredEvent): void | Promise<void>;
  /** An event that was given up after many tries; silent unless a listener is set. */
  onUndelivered?(event: DeliveredEvent, error: unknown): void;
  readonly seed?: number;
  /** 10: ten seconds of the network's time pass in one. Event times are real ones. */
  readonly speed?: number;
  /** `even`, `realistic`, or one of your own: `{ ...PROFILES.even, talk: between(5, 10) }`. */
  readonly profile?: ProfileName | Profile;
  readonly timers: Timers;
  readonly faults?: Partial<SimulatorFaults>;
  /** False: the numbers of README.md's table are numbers like all others. */
  readonly forcedNumbers?: boolean;
  /** Where other processes carry calls of the same network; left out, this one is the whole network. */
  readonly shared?: SharedNetwork;
}

/** A phone network in memory. */
export interface Simulator extends Telephony {
  /** From here on calls can be placed; events that were due meanwhile are sent. */
  start(): void;
  /** Stops telling events and takes no more calls; safe twice. Calls go on: look them up after a start. */
  close(): Promise<void>;
  /** How the phones behave from the next call on; calls under way keep their plan. Throws when it makes no sense. */
  setProfile(profile: Profile): void;
  /** Changes some faults from now on; the others stay. */
  setFaults(change: Partial<SimulatorFaults>): void;
  /** What the network has seen, oldest first: for worlds and load tests, which check the dialer against it. */
  calls(): readonly SimulatedCall[];
}

export interface SimulatedCall {
  readonly callId: string;
  readonly providerCallId: string;
  readonly to: string;
  readonly agentId: string;
  readonly attempt: number;
  readonly placedAt: Date;
  readonly live: boolean;
  readonly facts: KnownFacts;
}

export const SIMULATOR_CAPABILITIES: TelephonyCapabilities = {
  maxLinesPerAgent: 10,
  canHangUp: true,
  detectsMachines: true,
  returnsCallId: true,
  reportsAvailability: false,
  presenceBy: 'screen',
  reachesRealPhones: false,
};

/** Calls remembered at most; the oldest that are over go first, and their ids still tell how they went. */
const REMEMBERED = 10_000;
/** Other nodes may ask about a call for so long after its end: the dialer's own questions come within minutes. */
const SHARED_FOR_MS = 15 * 60_000;
const EVENT_KINDS: readonly EventKind[] = ['ringing', 'answered', 'ended'];

/**
 * A new network. Throws when its options make no sense. Two networks with the same seed, profile and speed treat the
 * same number, called for the same attempt, alike.
 */
export function createSimulator(options: SimulatorOptions): Simulator {
  const { seed = 1, speed = 1, timers, forcedNumbers = true, shared } = options;
  let profile =
    typeof options.profile === 'object' ? options.profile : PROFILES[options.profile ?? 'even'];
  refuseNonsense(seed, speed, profile);

  let faults = withFaults(NO_FAULTS, options.faults ?? {});
  let running = false;
  const calls = new Set<NetworkCall>();
  const byCallId = new Map<string, NetworkCall>();
  /** Calls of each agent that were live at the last look. */
  const linesOf = new Map<string, Set<NetworkCall>>();
  let stopHearing = (): void => {};
  /** How often each thing was asked for, so that asking again is a new draw. */
  const asked = new Map<string, number>();
  const delivery = new EventDelivery({
    seed,
    speed,
    timers,
    faults: () => faults,
    deliver: options.deliver,
    onUndelivered: (event, error) => options.onUndelivered?.(event, error),
  });

  const nowMs = (): number => timers.now().getTime();
  const forced = (to: string): Forced | null => (forcedNumbers ? forcedBy(to) : null);
  const unreachable = (): string | null =>
    !running
      ? 'The simulator is not running.'
      : faults.down
        ? 'The simulated network is down.'
        : null;

  /** Whether a fault strikes this time. Only faults that are switched on are counted. */
  function strikes(fault: string, percent: number, to: string, attempt: number): boolean {
    if (percent <= 0) return false;
    const key = `${fault} ${to} ${attempt}`;
    const times = (asked.get(key) ?? 0) + 1;
    asked.set(key, times);
    // Begun again after so many others: that the draw repeats then does no harm.
    for (const oldest of asked.keys()) {
      if (asked.size <= REMEMBERED) break;
      asked.delete(oldest);
    }
    return chanceOf(seed, key, times).percent(percent);
  }

  function place(order: PlaceOrder): PlaceAnswer {
    const trouble = unreachable();
    if (trouble !== null) return later(trouble);
    const struck = (fault: string, percent: number): boolean =>
      strikes(fault, percent, order.to, order.attempt);
    const force = forced(order.to);
    if (struck('refuse', faults.refuseLaterPercent))
      return later('The simulated network is overloaded.');
    if (force?.kind === 'down') return later('The simulated network is down for this number.');
    if (force?.kind === 'refused') return refused('number', 'The network refuses this number.');
    if (liveCallsOf(order.agent.id) >= SIMULATOR_CAPABILITIES.maxLinesPerAgent) {
      return refused('agent_busy', 'All lines of this agent are in use.');
    }
    if (force?.kind === 'request_lost' || struck('lose request', faults.loseRequestsPercent))
      return lostAnswer();
    const call = make(order, force);
    if (force?.kind !== 'forgotten') {
      remember(call);
      scheduleEvents(call);
      shared?.placed(call.callId, call.providerCallId, call.timeline.ended + SHARED_FOR_MS);
    }
    if (force?.kind === 'answer_lost' || struck('lose answer', faults.loseAnswersPercent))
      return lostAnswer();
    return { kind: 'accepted', providerCallId: call.providerCallId };
  }

  function make(order: PlaceOrder, force: Forced | null): NetworkCall {
    const farEnd = force !== null && 'farEnd' in force ? force.farEnd : null;
    const plan = planCall(seed, profile, order.to, order.attempt, farEnd);
    const timeline = timelineOf(plan, order.ringSeconds, speed);
    const placedAtMs = nowMs();
    return {
      callId: order.callId,
      providerCallId: writeCallId({ placedAtMs, timeline }, order.callId, order.to),
      to: order.to,
      agentId: order.agent.id,
      attempt: order.attempt,
      placedAtMs,
      timeline,
      endReason: reasonFor(timeline.endCause),
      told: new Set(),
      cancelEvents: () => {},
    };
  }

  /** As far as this process knows: that a session keeps to its lines over all nodes is the dialer's promise (P9). */
  function liveCallsOf(agentId: string): number {
    const now = nowMs();
    const lines = linesOf.get(agentId);
    for (const call of lines ?? []) if (isOver(call, now)) lines?.delete(call);
    if (lines?.size === 0) linesOf.delete(agentId);
    return lines?.size ?? 0;
  }

  function remember(call: NetworkCall): void {
    calls.add(call);
    byCallId.set(call.callId, call);
    const lines = linesOf.get(call.agentId);
    if (lines === undefined) linesOf.set(call.agentId, new Set([call]));
    else lines.add(call);
    const now = nowMs();
    for (const old of calls) {
      if (calls.size <= REMEMBERED) break;
      if (!isOver(old, now) || !old.told.has('ended')) continue;
      calls.delete(old);
      linesOf.get(old.agentId)?.delete(old);
      if (byCallId.get(old.callId) === old) byCallId.delete(old.callId);
    }
  }

  function scheduleEvents(call: NetworkCall): void {
    call.cancelEvents();
    // Closed during a look-up; a start resumes all calls.
    if (!running) return;
    const now = nowMs();
    const cancels = EVENT_KINDS.flatMap((kind) => {
      const instant = instantOf(call, kind);
      if (instant === null || call.told.has(kind)) return [];
      return [timers.after(Math.max(0, instant - now), () => tell(call, kind, instant))];
    });
    call.cancelEvents = () => {
      for (const cancel of cancels) cancel();
    };
  }

  function tell(call: NetworkCall, kind: EventKind, instant: number): void {
    call.told.add(kind);
    const payload = writeEvent(kind, call.callId, factsAt(call, instant));
    if (payload === null) return;
    const manner = forced(call.to)?.kind;
    delivery.send({
      dedupeKey: `${call.providerCallId}:${kind}`,
      payload,
      callKey: call.providerCallId,
      chanceKey: `${call.to} ${call.attempt} ${kind}`,
      last: kind === 'ended',
      manner:
        manner === 'events_lost' ? 'lost' : manner === 'unruly_events' ? 'unruly' : 'faithful',
    });
  }

  /** By memory, or rebuilt from the network's own id; with what other nodes did to it. */
  async function find(ref: ProviderCallRef): Promise<NetworkCall | null> {
    if (forced(ref.to)?.kind === 'forgotten') return null;
    // Asked before memory is: two that look at once must not both rebuild the call.
    const { providerCallId, hungUpAt } = (await shared?.recall(ref.callId)) ?? NOTHING_SHARED;
    const remembered = byCallId.get(ref.callId);
    if (remembered !== undefined) {
      if (hungUpAt !== null) endAt(remembered, hungUpAt.getTime());
      return remembered;
    }
    const id = ref.providerCallId ?? providerCallId;
    if (id === null) return null;
    const known = readCallId(id, ref.callId, ref.to);
    return known === null ? null : rebuild(ref, id, known, hungUpAt);
  }

  /** The call was hung up at that time: the rest of its plan does not happen. */
  function endAt(call: NetworkCall, atMs: number): void {
    if (isOver(call, atMs) || call.told.has('ended')) return;
    endNow(call, atMs);
    scheduleEvents(call);
  }

  function rebuild(
    ref: ProviderCallRef,
    providerCallId: string,
    known: CallInId,
    hungUpAt: Date | null,
  ): NetworkCall {
    const call: NetworkCall = {
      callId: ref.callId,
      providerCallId,
      to: ref.to,
      agentId: ref.agent.id,
      attempt: ref.attempt,
      placedAtMs: known.placedAtMs,
      timeline: known.timeline,
      endReason: reasonFor(known.timeline.endCause),
      told: new Set(),
      cancelEvents: () => {},
    };
    if (hungUpAt !== null && !isOver(call, hungUpAt.getTime())) endNow(call, hungUpAt.getTime());
    const now = nowMs();
    for (const kind of EVENT_KINDS) {
      if ((instantOf(call, kind) ?? Number.POSITIVE_INFINITY) <= now) call.told.add(kind);
    }
    remember(call);
    scheduleEvents(call);
    return call;
  }

  async function lookUp(ref: ProviderCallRef): Promise<LookUpAnswer> {
    const failing = strikes('look up', faults.failLookUpsPercent, ref.to, ref.attempt);
    const trouble = unreachable() ?? (failing ? 'The simulated network did not answer.' : null);
    if (trouble !== null) return { kind: 'unreachable', message: trouble };
    const call = await find(ref);
    return call === null ? { kind: 'not_found' } : { kind: 'found', facts: factsAt(call, nowMs()) };
  }

  async function hangUp(ref: ProviderCallRef): Promise<HangUpAnswer> {
    const failing = strikes('hang up', faults.failHangUpsPercent, ref.to, ref.attempt);
    const trouble = unreachable() ?? (failing ? 'The simulated network did not obey.' : null);
    if (trouble !== null) return { kind: 'failed', message: trouble };
    // One that is known here is ended at once; that another node ended it a moment ago would change nothing.
    const call = byCallId.get(ref.callId) ?? (await find(ref));
    const now = nowMs();
    if (call !== null && !isOver(call, now)) {
      endAt(call, now);
      // Before it is called done: should this process die now, the others know.
      await shared?.hungUp(call.callId, new Date(now), call.timeline.ended + SHARED_FOR_MS);
    }
    return { kind: 'done' };
  }

  return {
    name: options.name ?? 'simulator',
    capabilities: SIMULATOR_CAPABILITIES,
    place: async (order) => place(order),
    hangUp,
    lookUp,
    availability: async () => ({ kind: 'ready' }),
    interpret: interpretEvent,
    start() {
      if (running) return;
      running = true;
      const heard = shared?.onHangUp((callId, at) => {
        const call = byCallId.get(callId);
        if (call !== undefined) endAt(call, at.getTime());
      });
      if (heard !== undefined) stopHearing = heard;
      for (const call of calls) scheduleEvents(call);
    },
    async close() {
      running = false;
      stopHearing();
      for (const call of calls) call.cancelEvents();
      await delivery.stop();
    },
    setProfile(next) {
      refuseNonsense(seed, speed, next);
      profile = next;
    },
    setFaults(change) {
      faults = withFaults(faults, change);
    },
    calls() {
      const now = nowMs();
      return [...calls].map((call) => ({
        callId: call.callId,
        providerCallId: call.providerCallId,
        to: call.to,
        agentId: call.agentId,
        attempt: call.attempt,
        placedAt: new Date(call.placedAtMs),
        live: !isOver(call, now),
        facts: factsAt(call, now),
      }));
    },
  };
}

const refused = (because: 'number' | 'agent_busy', message: string): PlaceAnswer => ({
  kind: 'refused',
  because,
  message,
});

const later = (message: string): PlaceAnswer => ({ kind: 'refused', because: 'later', message });

const lostAnswer = (): PlaceAnswer => ({
  kind: 'unknown',
  message: 'The simulated network did not answer; the phone may be ringing.',
});

function refuseNonsense(seed: number, speed: number, profile: Profile): void {
  const problems = problemsOf(profile).map((problem) => `profile ${profile.name}: ${problem}`);
  if (!Number.isSafeInteger(seed)) problems.push('seed must be a whole number');
  if (!(speed > 0 && Number.isFinite(speed))) problems.push('speed must be a number above 0');
  if (problems.length > 0) throw new Error(`The simulator cannot start: ${problems.join('; ')}.`);
}
