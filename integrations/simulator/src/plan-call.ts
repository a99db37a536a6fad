import type { AnsweredBy, EndCause } from '@outdial/core';
import { chanceOf } from './chance.js';
import { drawSeconds, FAR_ENDS, type FarEnd, type Profile, pick, type Spread } from './profiles.js';

/** What the far end is going to do, in milliseconds of the network's time after placing. */
export interface CallPlan {
  readonly farEnd: FarEnd;
  /** null: it never rings. */
  readonly ringsAfterMs: number | null;
  /** When it is picked up, found busy, or given up; null: at the ring limit. */
  readonly decidedAfterMs: number | null;
  /** Who answers then; null: the call is not answered. */
  readonly answeredBy: AnsweredBy | null;
  /** From the pick-up to the end; 0 when the call is not answered. */
  readonly staysMs: number;
  readonly endCause: EndCause;
}

/**
 * The whole life of one call, before it is placed. Pure: the same seed, profile, number and attempt give the same plan,
 * in whatever order calls are made and however often the process was restarted meanwhile. `force` overrules the drawn
 * outcome, and changes none of the other draws.
 */
export function planCall(
  seed: number,
  profile: Profile,
  to: string,
  attempt: number,
  force: FarEnd | null = null,
): CallPlan {
  const chance = chanceOf(seed, 'plan', to, attempt);
  const drawn = pick(FAR_ENDS, (candidate) => profile.weights[candidate], chance);
  const postDialMs = toMs(drawSeconds(profile.postDial, chance));
  const farEnd = force ?? drawn;
  const course = courseOf(farEnd, profile);
  const decidedAfterMs =
    course.decided === 'ring_limit' ? null : toMs(drawSeconds(course.decided, chance));
  return {
    farEnd,
    ringsAfterMs: course.rings ? Math.min(postDialMs, decidedAfterMs ?? postDialMs) : null,
    decidedAfterMs,
    answeredBy: course.answeredBy,
    staysMs: course.stays === null ? 0 : toMs(drawSeconds(course.stays, chance)),
    endCause: course.endCause,
  };
}

interface Course {
  readonly rings: boolean;
  readonly decided: Spread | 'ring_limit';
  readonly answeredBy: AnsweredBy | null;
  readonly stays: Spread | null;
  readonly endCause: EndCause;
}

function courseOf(farEnd: FarEnd, profile: Profile): Course {
  const unanswered = { answeredBy: null, stays: null } as const;
  switch (farEnd) {
    case 'CONNECTED':
      return {
        rings: true,
        decided: profile.answer,
        answeredBy: 'PERSON',
        stays: profile.talk,
        endCause: 'hangup',
      };
    case 'VOICEMAIL':
      return {
        rings: true,
        decided: profile.voicemail,
        answeredBy: 'MACHINE',
        stays: profile.greeting,
        endCause: 'voicemail',
      };
    case 'NO_ANSWER':
      return { ...unanswered, rings: true, decided: profile.noAnswer, endCause: 'no_answer' };
    case 'BUSY':
      return { ...unanswered, rings: false, decided: profile.busy, endCause: 'busy' };
    case 'FAILED':
      return { ...unanswered, rings: false, decided: profile.failed, endCause: 'failed' };
    default: {
      const never: never = farEnd;
      return never;
    }
  }
}

/** A plan with the ring limit and the speed applied: whole milliseconds of real time after placing. */
export interface Timeline {
  readonly ringing: number | null;
  readonly answered: number | null;
  readonly answeredBy: AnsweredBy | null;
  readonly ended: number;
  readonly endCause: EndCause;
}

/** When what happens. A phone rings no longer than `ringSeconds`: a later answer does not happen. */
export function timelineOf(plan: CallPlan, ringSeconds: number, speed: number): Timeline {
  const real = (ms: number): number => Math.round(ms / speed);
  const ringing = plan.ringsAfterMs === null ? null : real(plan.ringsAfterMs);
  const limitMs = (plan.ringsAfterMs ?? 0) + ringSeconds * 1000;
  const decidedMs = plan.decidedAfterMs ?? Number.POSITIVE_INFINITY;
  if (decidedMs > limitMs) {
    return {
      ringing,
      answered: null,
      answeredBy: null,
      ended: real(limitMs),
      endCause: 'no_answer',
    };
  }
  return {
    ringing,
    answered: plan.answeredBy === null ? null : real(decidedMs),
    answeredBy: plan.answeredBy,
    ended: real(decidedMs + plan.staysMs),
    endCause: plan.endCause,
  };
}

const toMs = (seconds: number): number => Math.round(seconds * 1000);
