/**
 * What a disposition does to the lead's place in the queue.
 *
 * finish     nothing more to do here
 * callback   due again when the lead asked for it, before everything else
 * suppress   the number is never dialed again
 * keep       nothing: what the outcome and the retry rules say stands
 */
export type DispositionEffect = 'finish' | 'callback' | 'suppress' | 'keep';

export interface Disposition {
  readonly code: string;
  /** As it stands in the CRM and in the history. */
  readonly label: string;
  readonly effect: DispositionEffect;
  /** Offered to an agent after a call; the others are the dialer's own words for what happened. */
  readonly byAgent: boolean;
}

/** In the order in which an agent wants them offered. Every disposition of the outcome table is among them. */
export const DISPOSITIONS = [
  { code: 'connected', label: 'Connected - Conversation', effect: 'finish', byAgent: true },
  { code: 'interested', label: 'Interested', effect: 'finish', byAgent: true },
  { code: 'meeting_booked', label: 'Meeting Booked', effect: 'finish', byAgent: true },
  { code: 'call_back', label: 'Call Back', effect: 'callback', byAgent: true },
  { code: 'not_interested', label: 'Not Interested', effect: 'finish', byAgent: true },
  { code: 'not_a_fit', label: 'Not A Fit', effect: 'finish', byAgent: true },
  { code: 'gatekeeper', label: 'Gatekeeper', effect: 'keep', byAgent: true },
  { code: 'wrong_number', label: 'Wrong Number', effect: 'finish', byAgent: true },
  { code: 'do_not_call', label: 'Do Not Call', effect: 'suppress', byAgent: true },
  { code: 'left_voicemail', label: 'Left Voicemail', effect: 'keep', byAgent: true },
  { code: 'no_answer', label: 'No Answer', effect: 'keep', byAgent: true },
  { code: 'busy', label: 'Busy', effect: 'keep', byAgent: true },
  { code: 'canceled_by_dialer', label: 'Canceled by Dialer', effect: 'keep', byAgent: false },
  { code: 'abandoned', label: 'Abandoned', effect: 'keep', byAgent: false },
  { code: 'failed', label: 'Failed', effect: 'keep', byAgent: false },
] as const satisfies readonly Disposition[];

export type DispositionCode = (typeof DISPOSITIONS)[number]['code'];

/** Other words that people and CRMs use. */
const ALSO: Readonly<Record<string, DispositionCode>> = {
  conversation: 'connected',
  dnc: 'do_not_call',
  voicemail: 'left_voicemail',
  meeting: 'meeting_booked',
  cancelled_by_dialer: 'canceled_by_dialer',
};

/** "Call back", "call_back", "CALLBACK" and "call-back" are one word. */
const bare = (words: string): string => words.toLowerCase().replace(/[^a-z0-9]/g, '');

const BY_WORD = new Map<string, Disposition>();
for (const disposition of DISPOSITIONS) {
  BY_WORD.set(bare(disposition.code), disposition);
  BY_WORD.set(bare(disposition.label), disposition);
}
for (const [word, code] of Object.entries(ALSO)) {
  const meant = BY_WORD.get(bare(code));
  if (meant !== undefined) BY_WORD.set(bare(word), meant);
}

/** Reads a label or a code, however it is written; null when it is neither. */
export const parseDisposition = (input: string): Disposition | null =>
  BY_WORD.get(bare(input)) ?? null;
