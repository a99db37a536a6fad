import { z } from 'zod';

const range = z.tuple([z.number().min(0), z.number().min(0)]);
const seconds = z.number().min(0);

/**
 * How this mock settles what the reference leaves open (its UNSURE lines), and how long things take.
 * All seconds are the provider's and are divided by the speed factor, except the delivery time-out.
 */
export const behaviourSchema = z.strictObject({
  /** Reference 1.3: per company; which accounts have 60 and where the headers stand is unsure. */
  rateLimit: z.strictObject({
    perMinute: z.number().int().positive(),
    resetUnit: z.enum(['s', 'ms']),
    headers: z.enum(['always', 'when_limited']),
    retryAfter: z.boolean(),
  }),
  /** Reference 0.7: `/v1/users` and `/v1/users/:id` were announced for removal on 2026-09-30. */
  v1UserReads: z.enum(['served', 'not_found', 'gone']),
  /** Reference 1.4: what `per_page` above 50 does is unsure. */
  perPageOver50: z.enum(['refuse', 'clamp']),
  /** Reference 1: JSON content type "is required" on POST, PUT and DELETE; refused with 400 when true. */
  strictContentType: z.boolean(),
  /** Reference 3.1: whether a call may be ordered during wrap-up is unsure. */
  dialDuringWrapUp: z.enum(['refuse', 'accept']),
  /** Reference 3.1: a second order before the first call is created; the exact race is unsure. */
  secondOrder: z.enum(['refuse', 'accept']),
  /** Reference 4: whether posted tags are added or replace the old ones is unsure. */
  tagPost: z.enum(['append', 'replace']),
  /** Reference 7.2: `.v2` names are preferred, the plain ones deprecated. */
  userEventNames: z.enum(['v2', 'v1', 'both']),
  /** With mandatory tagging, an untagged call keeps the agent in wrap-up until it is tagged (reference 7.2). */
  mandatoryTagging: z.boolean(),
  /** Reference 4.1: display format; `spaced` has spaces only, `plain` is E.164. */
  rawDigits: z.enum(['display', 'spaced', 'plain']),
  /** Reference 7.3. */
  timing: z.strictObject({
    createdAfterSeconds: seconds,
    endedAfterSeconds: seconds,
    commAssetsAfterSeconds: seconds,
    /** After `call.ended`, when the agent leaves the call-ended view. */
    commentSavedAfterSeconds: seconds,
  }),
  /** The fate of a number without a script. */
  fates: z.strictObject({
    weights: z.strictObject({
      answered: seconds,
      noAnswer: seconds,
      busy: seconds,
      mailbox: seconds,
    }),
    answerAfterSeconds: range,
    talkSeconds: range,
    ringSeconds: range,
    busyAfterSeconds: range,
    mailboxAfterSeconds: range,
    mailboxTalkSeconds: range,
    agentHangsUpPercent: z.number().min(0).max(100),
  }),
  /** Reference 8.1; the back-off schedule is unsure. */
  delivery: z.strictObject({
    timeoutSeconds: z.number().positive(),
    maxRetries: z.number().int().min(0),
    backoffFirstSeconds: z.number().positive(),
    backoffMaxSeconds: z.number().positive(),
    disableAfterFailures: z.number().int().positive(),
    reviveWindowSeconds: z.number().positive(),
  }),
});

/** What goes wrong with webhook events (reference section 10, row "faults"). Percentages are out of 100. */
const percent = z.number().min(0).max(100);
export const eventFaultsSchema = z.strictObject({
  duplicatePercent: percent,
  dropPercent: percent,
  /** Event names that are never delivered. */
  dropEvents: z.array(z.string()),
  delaySeconds: seconds,
  /** A delivery that is shuffled waits a further random time below this, so that order is lost. */
  shuffleWindowSeconds: seconds,
  /** How many deliveries are. */
  shufflePercent: percent,
  hungupOmittedPercent: percent,
  endedBeforeHungupPercent: percent,
  /** Two tabs open: `user.connected` and `user.disconnected` come twice (reference 7.2). */
  doubleUserConnected: z.boolean(),
  /** `user` is absent in call payloads. */
  userAbsentPercent: percent,
  /** 204, and then no call at all (reference 3.1). */
  orderLostPercent: percent,
});

export type Behaviour = z.infer<typeof behaviourSchema>;
export type EventFaults = z.infer<typeof eventFaultsSchema>;
export type RawDigitsStyle = Behaviour['rawDigits'];

/** Any part of it; arrays and plain values replace, objects are merged. */
export type DeepPartial<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [K in keyof T]?: DeepPartial<T[K]> }
    : T;

export const defaultBehaviour: Behaviour = {
  rateLimit: { perMinute: 120, resetUnit: 's', headers: 'when_limited', retryAfter: false },
  v1UserReads: 'served',
  perPageOver50: 'refuse',
  strictContentType: true,
  dialDuringWrapUp: 'refuse',
  secondOrder: 'refuse',
  tagPost: 'append',
  userEventNames: 'v2',
  mandatoryTagging: false,
  rawDigits: 'display',
  timing: {
    createdAfterSeconds: 2,
    endedAfterSeconds: 30,
    commAssetsAfterSeconds: 5,
    commentSavedAfterSeconds: 3,
  },
  fates: {
    weights: { answered: 40, noAnswer: 40, busy: 10, mailbox: 10 },
    answerAfterSeconds: [4, 20],
    talkSeconds: [20, 120],
    ringSeconds: [25, 30],
    busyAfterSeconds: [3, 5],
    mailboxAfterSeconds: [15, 25],
    mailboxTalkSeconds: [5, 20],
    agentHangsUpPercent: 50,
  },
  delivery: {
    timeoutSeconds: 5,
    maxRetries: 50,
    backoffFirstSeconds: 1,
    backoffMaxSeconds: 900,
    disableAfterFailures: 50,
    reviveWindowSeconds: 12 * 3600,
  },
};

export const noEventFaults: EventFaults = {
  duplicatePercent: 0,
  dropPercent: 0,
  dropEvents: [],
  delaySeconds: 0,
  shuffleWindowSeconds: 0,
  shufflePercent: 100,
  hungupOmittedPercent: 0,
  endedBeforeHungupPercent: 0,
  doubleUserConnected: false,
  userAbsentPercent: 0,
  orderLostPercent: 0,
};
