import type { CallFacts, CallMatch, EndCause, InterpretedEvent } from '@outdial/core';
import { type AircallCall, callShape, envelopeShape, userShape } from './aircall-shapes.js';
import { toE164 } from './phone-match.js';
import {
  AGENT_EVENTS,
  CALL_EVENTS,
  FINAL_CALL_EVENTS,
  HANDED_ON_EVENTS,
} from './webhook-events.js';

/**
 * The one place where Aircall's words become ours. Section numbers are those of the provider reference.
 *
 * What is relied on: `event`, and `data.id`. Everything else may be absent (3, 8.2).
 *
 * - Facts come from the call object, not from the name of the event: every `call.*` event carries all that is known
 *   so far, so any one of them repairs those that were lost, and `call.hungup` is never required (7.3).
 * - Ringing: Aircall does not report it for outbound calls. That the call exists means that it is being dialed, which
 *   is the nearest thing, so `started_at` counts as the start of ringing.
 * - Answered: `answered_at`. There is no machine detection (0.3), so who picked up is left out: it counts as a person.
 * - Ended without `answered_at` is `no_answer`: busy, failed and unanswered look alike (7.3).
 */
export function interpretEvent(payload: unknown): InterpretedEvent {
  const envelope = envelopeShape.safeParse(payload);
  if (!envelope.success) return ignored('Not an Aircall event: it has no event name.');
  const { event, data } = envelope.data;
  const toldAt = dateOf(envelope.data.timestamp);

  if (event.startsWith('call.')) {
    if (!CALL_EVENTS.has(event)) return ignored(`The call event ${event} is not known.`);
    const call = callShape.safeParse(data);
    if (!call.success) return ignored(`${event} names no call.`);
    return interpretCall(event, call.data, toldAt);
  }
  if (event.startsWith('user.')) {
    if (!AGENT_EVENTS.has(event.replace(/\.v2$/, ''))) {
      return ignored(`${event} says nothing about whether an agent can take calls.`);
    }
    const user = userShape.safeParse(data);
    if (!user.success) return ignored(`${event} names no user.`);
    return {
      kind: 'agent',
      agentProviderUserId: user.data.id,
      agentEmail: user.data.email ?? null,
    };
  }
  return ignored(`The dialer has no use for ${event}.`);
}

function interpretCall(
  event: string,
  call: AircallCall,
  toldAt: Date | undefined,
): InterpretedEvent {
  if (call.direction === 'inbound') return ignored('An inbound call.');
  const facts = factsOfCall(call, {
    toldAt,
    isOver: FINAL_CALL_EVENTS.has(event),
    isHandedOn: HANDED_ON_EVENTS.has(event),
  });
  const placed = placedHint(call);
  return {
    kind: 'call',
    match: { providerCallId: call.id, ...(placed !== undefined && { placed }) },
    facts,
    manualIfUnmatched: isFirstSight(event) && placed !== undefined && facts.endedAt === undefined,
  };
}

/**
 * Only these two are the first event of a live call. Holds, transfers and tags come from a call that an agent
 * saw before, or took over from a colleague, and do not show that this agent dialed by hand.
 */
function isFirstSight(event: string): boolean {
  return event === 'call.created' || event === 'call.answered';
}

/** Caller, callee and time, because placing returns no id (3.1, 7.4). Needs all three, and a call that is certainly outbound. */
function placedHint(call: AircallCall): CallMatch['placed'] {
  const to = call.raw_digits ? toE164(call.raw_digits, call.number?.country) : undefined;
  const startedAt = dateOf(call.started_at);
  // After a transfer `user` is the colleague; the call was placed for the user who transferred it.
  const user = call.transferred_by ?? call.user;
  if (call.direction !== 'outbound' || !user || to === undefined || startedAt === undefined) {
    return undefined;
  }
  return {
    agentProviderUserId: user.id,
    agentEmail: user.email ?? null,
    to,
    startedAt,
  };
}

/**
 * What a call object says (4.1), from an event or from a look-up. `toldAt` is when the payload was built, and stands in
 * for a time that the payload should have and has not.
 */
export function factsOfCall(
  call: AircallCall,
  {
    toldAt,
    isOver,
    isHandedOn = false,
    seenAt = toldAt,
  }: {
    readonly toldAt: Date | undefined;
    readonly isOver: boolean;
    readonly isHandedOn?: boolean;
    /** When it was looked up, by Aircall's clock: a transfer has no time of its own. */
    readonly seenAt?: Date | undefined;
  },
): CallFacts {
  const startedAt = dateOf(call.started_at);
  const answeredAt = dateOf(call.answered_at) ?? (call.status === 'answered' ? toldAt : undefined);
  const endedAt = endOf(call, { startedAt, toldAt, isOver });
  const wasHandedOn = isHandedOn || Boolean(call.transferred_by ?? call.transferred_to);
  const seen = seenAt ?? startedAt;
  const agentLeftAt = !wasHandedOn ? undefined : endedAt && seen && seen > endedAt ? endedAt : seen;
  const endCause = endedAt && endCauseOf(call, answeredAt);
  const endReason = endedAt && (call.hangup_cause || call.missed_call_reason);
  return {
    providerCallId: call.id,
    ...(startedAt && { ringingAt: startedAt }),
    ...(answeredAt && { answeredAt }),
    ...(agentLeftAt && { agentLeftAt }),
    ...(endedAt && { endedAt }),
    ...(endCause && { endCause }),
    ...(endReason && { endReason }),
  };
}

function endOf(
  call: AircallCall,
  known: {
    readonly startedAt: Date | undefined;
    readonly toldAt: Date | undefined;
    readonly isOver: boolean;
  },
): Date | undefined {
  const endedAt = dateOf(call.ended_at);
  if (endedAt !== undefined) return endedAt;
  if (!known.isOver && call.status !== 'done') return undefined;
  // The duration includes ringing, so it counts from the start (4.1).
  if (known.startedAt !== undefined && call.duration) {
    return dateOf(known.startedAt.getTime() / 1000 + call.duration);
  }
  return known.toldAt ?? known.startedAt;
}

/** Left out when the payload does not say whether the call was answered; `null`: it was not. */
function endCauseOf(call: AircallCall, answeredAt: Date | undefined): EndCause | undefined {
  if (answeredAt !== undefined) return 'hangup';
  return call.answered_at === null ? 'no_answer' : undefined;
}

/** UNIX seconds; milliseconds are recognised, as message objects use them (1.4). */
function dateOf(unixTime: number | null | undefined): Date | undefined {
  if (!unixTime || unixTime < 0) return undefined;
  const date = new Date(unixTime > 1e12 ? unixTime : unixTime * 1000);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

function ignored(reason: string): InterpretedEvent {
  return { kind: 'ignored', reason };
}
