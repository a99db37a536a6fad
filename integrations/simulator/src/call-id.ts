import type { EndCause } from '@outdial/core';
import { hash32 } from './chance.js';
import type { Timeline } from './plan-call.js';

/**
 * The network's own name for a call: when it was placed and its whole timeline, in base 36, then a check over these and
 * our own call id and number. A process that remembers nothing reads from it how the call goes on, even when it was
 * restarted with another seed, profile or speed; and an id that is not this network's, or belongs to another call, does
 * not pass the check.
 *
 *     sim-<placed at>-<ringing>-<answered>-<by>-<ended>-<cause>-<check>
 */
export interface CallInId {
  readonly placedAtMs: number;
  readonly timeline: Timeline;
}

const CAUSES: readonly EndCause[] = [
  'hangup',
  'no_answer',
  'busy',
  'voicemail',
  'canceled',
  'failed',
];
const ABSENT = '_';
const LETTERS = { PERSON: 'p', MACHINE: 'm' } as const;
const SHAPE =
  /^(sim-([0-9a-z]{1,10})-(_|[0-9a-z]{1,10})-(_|[0-9a-z]{1,10})-([pm_])-([0-9a-z]{1,10})-([0-5]))-([0-9a-z]{14})$/;

/** The id of a call. */
export function writeCallId(call: CallInId, callId: string, to: string): string {
  const { ringing, answered, answeredBy, ended, endCause } = call.timeline;
  const body = [
    'sim',
    call.placedAtMs.toString(36),
    ringing?.toString(36) ?? ABSENT,
    answered?.toString(36) ?? ABSENT,
    answeredBy === null ? ABSENT : LETTERS[answeredBy],
    ended.toString(36),
    CAUSES.indexOf(endCause),
  ].join('-');
  return `${body}-${check(body, callId, to)}`;
}

/** The call that an id names; null when it is not an id that `writeCallId` wrote for this call. */
export function readCallId(id: string, callId: string, to: string): CallInId | null {
  const match = SHAPE.exec(id);
  if (match === null) return null;
  const [, body = '', placedAt = '', ringing = '', answered = '', by, ended = '', cause, sum] =
    match;
  const endCause = CAUSES[Number(cause)];
  if (sum !== check(body, callId, to) || endCause === undefined) return null;
  return {
    placedAtMs: Number.parseInt(placedAt, 36),
    timeline: {
      ringing: readMs(ringing),
      answered: readMs(answered),
      answeredBy: by === LETTERS.PERSON ? 'PERSON' : by === LETTERS.MACHINE ? 'MACHINE' : null,
      ended: Number.parseInt(ended, 36),
      endCause,
    },
  };
}

const readMs = (text: string): number | null =>
  text === ABSENT ? null : Number.parseInt(text, 36);

/** Distinguishes our ids from others; it is not a security measure. */
function check(body: string, callId: string, to: string): string {
  const text = `outdial simulator ${body} ${callId} ${to}`;
  return [5, 6].map((salt) => (hash32(text, salt) >>> 0).toString(36).padStart(7, '0')).join('');
}
