import type { Disposition, DispositionSet } from './disposition.js';

type Row = readonly [string, string, Disposition['effect'], Disposition['color'], string | null];

const ROWS: readonly Row[] = [
  ['connected', 'Connected - Conversation', 'ends_here', 'blue', '1'],
  ['interested', 'Interested', 'ends_everywhere', 'green', '2'],
  ['meeting_booked', 'Meeting Booked', 'ends_everywhere', 'teal', '3'],
  ['call_back', 'Call Back', 'callback', 'violet', '4'],
  ['not_interested', 'Not Interested', 'ends_everywhere', 'gray', '5'],
  ['not_a_fit', 'Not A Fit', 'ends_everywhere', 'gray', '6'],
  ['gatekeeper', 'Gatekeeper', 'keep', 'yellow', '7'],
  ['wrong_number', 'Wrong Number', 'suppress_number', 'orange', '8'],
  ['do_not_call', 'Do Not Call', 'suppress_person', 'red', '9'],
  ['left_voicemail', 'Left Voicemail', 'keep', 'gray', null],
  ['no_answer', 'No Answer', 'keep', 'gray', null],
  ['busy', 'Busy', 'keep', 'gray', null],
];

/** The set of an installation that has saved none of its own. */
export const STANDARD_DISPOSITIONS: DispositionSet = ROWS.map(
  ([code, label, effect, color, key]) => ({ code, label, effect, color, key, retry: null }),
);
