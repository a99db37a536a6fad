import type { CancelReason } from '../call/call.js';
import { noteOf } from '../call/note.js';
import { meaningOf, OUTCOMES, type Outcome } from '../call/outcome.js';

/** What is written into a CRM for a call with this outcome that has no disposition or note of the agent. */
export interface CrmRecord {
  readonly disposition: string;
  readonly note: string;
  /** False: the call gets no activity, unless its agent saved a disposition or a note. */
  readonly logged: boolean;
}

export type CrmRecords = Readonly<Record<Outcome, CrmRecord>>;

/** The outcome table as it stands: what counts until the setting is changed. Every call is logged. */
export const STANDARD_CRM_RECORDS: CrmRecords = Object.fromEntries(
  OUTCOMES.map((outcome) => {
    const { disposition, note } = meaningOf(outcome);
    return [outcome, { disposition, note, logged: true }];
  }),
) as unknown as CrmRecords;

/**
 * Says no more than what happened: a voicemail that answered is no message left, an answer is no conversation before the agent says
 * so, and rings that the dialer canceled (a third of all calls on three lines) are no activity of the team's.
 */
export const TRUTHFUL_CRM_RECORDS: CrmRecords = {
  CONNECTED: {
    disposition: 'Answered, no disposition yet',
    note: 'A person answered. No disposition has been saved.',
    logged: true,
  },
  NO_ANSWER: { disposition: 'No Answer', note: 'The call was not answered.', logged: true },
  BUSY: { disposition: 'Busy', note: 'The line was busy.', logged: true },
  VOICEMAIL: {
    disposition: 'Reached voicemail',
    note: 'Voicemail answered. No message was left.',
    logged: true,
  },
  CANCELED_BY_DIALER: {
    disposition: 'Canceled by Dialer',
    note: 'The dialer canceled the call because another line connected first.',
    logged: false,
  },
  ABANDONED: {
    disposition: 'Abandoned',
    note: 'A person answered after another line had connected.',
    logged: true,
  },
  FAILED: { disposition: 'Failed', note: 'The call could not be placed.', logged: true },
};

/** A completed call, as far as a CRM's record of it depends on it. */
export interface CallForCrm {
  readonly outcome: Outcome;
  /** null: the agent saved none. */
  readonly agentDisposition: string | null;
  /** null: the agent wrote none. */
  readonly agentNote: string | null;
  readonly cancelReason: CancelReason | null;
  readonly reason: string | null;
  /** The CRM has an activity of this call already. */
  readonly hasActivity: boolean;
}

/**
 * The words of a call's activity; null: it is not logged. The agent's word comes before the record's, and an activity that exists is
 * kept up to date even if calls of its outcome are no longer logged.
 */
export function recordOf(
  call: CallForCrm,
  records: CrmRecords,
): { readonly disposition: string; readonly notes: string } | null {
  const record = records[call.outcome];
  const agentSpoke = call.agentDisposition !== null || call.agentNote !== null;
  if (!record.logged && !agentSpoke && !call.hasActivity) return null;
  return {
    disposition: call.agentDisposition ?? record.disposition,
    notes: call.agentNote ?? noteOf(call, record.note),
  };
}
