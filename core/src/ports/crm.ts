import type { Outcome } from '../call/outcome.js';
import type { CallForCrm } from '../crm/crm-records.js';
import type { Lead } from '../lead/lead.js';

/**
 * The CRM, as much of it as the dialer needs. Both methods are idempotent, because they will be called again after a
 * lost answer: `upsertContact` by lead, `putActivity` by call (P6: one activity per call, in the end).
 * Failures are thrown as `CrmError`; anything else thrown counts as "may try again". Each gives up within
 * `CRM_REQUEST_TIMEOUT_MS` (30 s), because the call is under lease meanwhile.
 */
export interface Crm {
  readonly name: string;
  upsertContact(lead: Lead): Promise<{ readonly externalId: string }>;
  /** Creates the call's activity, or brings the one that exists up to date (the agent refined the disposition). */
  putActivity(activity: CrmActivity): Promise<{ readonly activityId: string }>;
}

export interface CrmActivity {
  readonly callId: string;
  readonly contactExternalId: string;
  readonly outcome: Outcome;
  readonly disposition: string;
  readonly notes: string;
  readonly agentName: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly talkSeconds: number;
}

export class CrmError extends Error {
  constructor(
    message: string,
    /** False: the CRM said that this will never work (a person must look at it). */
    readonly mayTryAgain: boolean,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'CrmError';
  }
}

/** Where the dialer keeps how far the CRM has each call. */
export interface CrmSyncStore {
  /**
   * Takes one due call for syncing by moving its due time to `leaseUntil`; null when it is not due or another worker
   * has it. A worker that dies leaves a row that becomes due again.
   */
  claim(callId: string, now: Date, leaseUntil: Date): Promise<CrmJob | null>;
  /** SYNCED, unless the call changed meanwhile (`revision`): then it stays PENDING and due. */
  synced(
    callId: string,
    result: { revision: number; activityId: string; contactExternalId: string },
    now: Date,
  ): Promise<void>;
  /**
   * FAILED until `dueAt`; null: until a person replays it. Nothing, when the call changed meanwhile (`revision`): what was
   * refused is not what is to be brought now, and that is due already.
   */
  failed(
    callId: string,
    failure: { revision: number; error: string; dueAt: Date | null },
  ): Promise<void>;
  /** NOT_LOGGED, unless the call changed meanwhile (`revision`): then it stays PENDING and is due at `now`. */
  notLogged(callId: string, result: { revision: number }, now: Date): Promise<void>;
  /** PENDING and due now, whatever it was: a person asked for a replay. False when there is no such completed call. */
  replay(callId: string, now: Date): Promise<boolean>;
  /** The same for every completed call that the CRM should have and has not: how many those are, and the `show` oldest of them. */
  replayAll(
    now: Date,
    show: number,
  ): Promise<{ readonly count: number; readonly oldest: readonly ReplayedCall[] }>;
}

export interface ReplayedCall {
  readonly callId: string;
  readonly sessionId: string;
  readonly agentId: string;
}

export interface CrmJob {
  readonly callId: string;
  readonly sessionId: string;
  readonly agentId: string;
  readonly revision: number;
  readonly attempts: number;
  readonly lead: Lead;
  readonly call: CallForCrm &
    Pick<CrmActivity, 'agentName' | 'startedAt' | 'endedAt' | 'talkSeconds'>;
}
