import type { AnsweredBy, CallFacts, EndCause, InterpretedEvent } from '@outdial/core';

/** Marks our payloads, so that no other payload passes as one. */
const SOURCE = 'outdial-simulator/1';

/**
 * What the network tells about a call, as JSON. An `ended` event repeats the times before it, so that a lost event costs
 * nothing once the call is over. Times are ISO 8601.
 */
export type SimulatorEvent =
  | (EventHead & { readonly event: 'ringing'; readonly ringing_at: string })
  | (EventHead & {
      readonly event: 'answered';
      readonly answered_at: string;
      readonly answered_by: AnsweredBy;
    })
  | (EventHead & {
      readonly event: 'ended';
      readonly ringing_at: string | null;
      readonly answered_at: string | null;
      readonly answered_by: AnsweredBy | null;
      readonly ended_at: string;
      readonly cause: EndCause;
      readonly reason: string;
    });

interface EventHead {
  readonly source: typeof SOURCE;
  /** Our own call id, which the network carries back. */
  readonly call_id: string;
  /** The network's id of the call. */
  readonly id: string;
}

export type EventKind = SimulatorEvent['event'];

/** What is known about one call, all of it or as much as has happened. */
export type KnownFacts = CallFacts & { readonly providerCallId: string };

/** Writes one of a call's events; null when the facts do not hold it. */
export function writeEvent(
  kind: EventKind,
  callId: string,
  facts: KnownFacts,
): SimulatorEvent | null {
  const head: EventHead = { source: SOURCE, call_id: callId, id: facts.providerCallId };
  const { ringingAt, answeredAt, answeredBy, endedAt, endCause, endReason } = facts;
  switch (kind) {
    case 'ringing':
      return ringingAt ? { ...head, event: kind, ringing_at: ringingAt.toISOString() } : null;
    case 'answered':
      return answeredAt && answeredBy
        ? {
            ...head,
            event: kind,
            answered_at: answeredAt.toISOString(),
            answered_by: answeredBy,
          }
        : null;
    case 'ended':
      return endedAt && endCause
        ? {
            ...head,
            event: kind,
            ringing_at: ringingAt?.toISOString() ?? null,
            answered_at: answeredAt?.toISOString() ?? null,
            answered_by: answeredBy ?? null,
            ended_at: endedAt.toISOString(),
            cause: endCause,
            reason: endReason ?? '',
          }
        : null;
    default: {
      const never: never = kind;
      return never;
    }
  }
}

/** Reads a stored payload. Whatever is not exactly one of ours is ignored, with the reason. */
export function interpretEvent(payload: unknown): InterpretedEvent {
  if (!isRecord(payload) || payload.source !== SOURCE) {
    return ignored('not an event of the simulator');
  }
  const { call_id: callId, id } = payload;
  if (!isText(callId) || !isText(id)) return ignored('the event names no call');
  const facts = readFacts(payload);
  if (typeof facts === 'string') return ignored(facts);
  return {
    kind: 'call',
    match: { callId, providerCallId: id },
    facts: { providerCallId: id, ...facts },
    manualIfUnmatched: false,
  };
}

/** The facts, or why they cannot be read. */
function readFacts(payload: Record<string, unknown>): CallFacts | string {
  switch (payload.event) {
    case 'ringing': {
      const ringingAt = readTime(payload.ringing_at);
      return ringingAt ? { ringingAt } : 'ringing_at is not a time';
    }
    case 'answered': {
      const answeredAt = readTime(payload.answered_at);
      const answeredBy = readAnsweredBy(payload.answered_by);
      if (!answeredAt) return 'answered_at is not a time';
      return answeredBy ? { answeredAt, answeredBy } : 'answered_by is unknown';
    }
    case 'ended':
      return readEnd(payload);
    default:
      return 'an unknown kind of event';
  }
}

function readEnd(payload: Record<string, unknown>): CallFacts | string {
  const endedAt = readTime(payload.ended_at);
  const endCause = readCause(payload.cause);
  if (!endedAt) return 'ended_at is not a time';
  if (!endCause) return 'the cause of the end is unknown';
  const ringingAt = readTime(payload.ringing_at);
  if (!ringingAt && payload.ringing_at !== null) return 'ringing_at is not a time';
  const answeredAt = readTime(payload.answered_at);
  if (!answeredAt && payload.answered_at !== null) return 'answered_at is not a time';
  const answeredBy = readAnsweredBy(payload.answered_by);
  if (answeredAt && !answeredBy) return 'answered_by is unknown';
  return {
    ...(ringingAt && { ringingAt }),
    ...(answeredAt && answeredBy && { answeredAt, answeredBy }),
    endedAt,
    endCause,
    ...(isText(payload.reason) && { endReason: payload.reason }),
  };
}

const END_CAUSES: Readonly<Record<EndCause, true>> = {
  hangup: true,
  no_answer: true,
  busy: true,
  voicemail: true,
  canceled: true,
  failed: true,
};

const readCause = (value: unknown): EndCause | null =>
  isText(value) && Object.hasOwn(END_CAUSES, value) ? (value as EndCause) : null;

const readAnsweredBy = (value: unknown): AnsweredBy | null =>
  value === 'PERSON' || value === 'MACHINE' ? value : null;

function readTime(value: unknown): Date | null {
  if (!isText(value)) return null;
  const time = new Date(value);
  return Number.isNaN(time.getTime()) ? null : time;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const ignored = (reason: string): InterpretedEvent => ({ kind: 'ignored', reason });
