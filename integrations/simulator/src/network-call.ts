import type { EndCause } from '@outdial/core';
import type { EventKind, KnownFacts } from './event.js';
import type { Timeline } from './plan-call.js';

/** A call as the network holds it. What has happened of it is only a matter of the time asked for. */
export interface NetworkCall {
  readonly callId: string;
  readonly providerCallId: string;
  readonly to: string;
  readonly agentId: string;
  readonly attempt: number;
  readonly placedAtMs: number;
  /** Changes at most once: when the call is hung up before the plan's end. */
  timeline: Timeline;
  endReason: string;
  /** What was told; a call rebuilt from its id counts the past as told, for the look-up has told it. */
  readonly told: Set<EventKind>;
  /** Takes back the events still to come. */
  cancelEvents: () => void;
}

/** When this happens, in milliseconds since 1970; null: never. */
export function instantOf(call: NetworkCall, kind: EventKind): number | null {
  const { ringing, answered, ended } = call.timeline;
  const offset = { ringing, answered, ended }[kind];
  return offset === null ? null : call.placedAtMs + offset;
}

export const isOver = (call: NetworkCall, nowMs: number): boolean =>
  call.placedAtMs + call.timeline.ended <= nowMs;

/** What has become true by then. */
export function factsAt(call: NetworkCall, nowMs: number): KnownFacts {
  const happened = (kind: EventKind): Date | null => {
    const instant = instantOf(call, kind);
    return instant === null || instant > nowMs ? null : new Date(instant);
  };
  const ringingAt = happened('ringing');
  const answeredAt = happened('answered');
  const endedAt = happened('ended');
  const { answeredBy, endCause } = call.timeline;
  return {
    providerCallId: call.providerCallId,
    ...(ringingAt && { ringingAt }),
    ...(answeredAt && { answeredAt }),
    ...(answeredAt && answeredBy && { answeredBy }),
    ...(endedAt && { endedAt, endCause, endReason: call.endReason }),
  };
}

/** Ends a live call now: nothing of its plan that has not happened yet will happen. */
export function endNow(call: NetworkCall, nowMs: number): void {
  // A timer may run a moment before its time; what was told has happened.
  const happened = (kind: EventKind): boolean => {
    const instant = instantOf(call, kind);
    return instant !== null && (instant <= nowMs || call.told.has(kind));
  };
  const { ringing, answered, answeredBy } = call.timeline;
  const wasAnswered = happened('answered');
  const rang = happened('ringing') ? ringing : null;
  call.timeline = {
    ringing: rang,
    answered: wasAnswered ? answered : null,
    answeredBy: wasAnswered ? answeredBy : null,
    ended: Math.max(nowMs - call.placedAtMs, (wasAnswered ? answered : rang) ?? 0, 0),
    endCause: wasAnswered ? 'hangup' : 'canceled',
  };
  call.endReason = wasAnswered
    ? 'the dialer hung up'
    : 'the dialer cancelled the call before it was answered';
}

const REASONS: Readonly<Record<EndCause, string>> = {
  hangup: 'the lead hung up',
  no_answer: 'not answered',
  busy: 'the line is busy',
  voicemail: 'a mailbox picked up',
  canceled: 'the dialer cancelled the call before it was answered',
  failed: 'number not in service',
};

export const reasonFor = (cause: EndCause): string => REASONS[cause];
