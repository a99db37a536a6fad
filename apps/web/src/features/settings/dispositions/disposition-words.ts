import { type Disposition, DispositionColor } from '@outdial/protocol';

type Effect = Disposition['effect'];

/** What each effect does, for the person who chooses it. In the order in which the form offers them. */
export const EFFECT_WORDS: Record<Effect, { readonly label: string; readonly hint: string }> = {
  keep: {
    label: 'Follow the retry rules',
    hint: 'The outcome of the call decides whether the lead is called again.',
  },
  callback: {
    label: 'Schedule a callback',
    hint: 'The agent picks a time. The lead is called then, and no other queue calls earlier.',
  },
  ends_here: { label: 'Done in this queue', hint: 'This queue does not call the lead again.' },
  ends_everywhere: {
    label: 'Done in all queues',
    hint: 'No queue calls the person again. Their numbers are not suppressed.',
  },
  suppress_number: {
    label: 'Never dial this number',
    hint: 'The number is added to “Do not call”. Other numbers of the person can still be dialed.',
  },
  suppress_person: {
    label: 'Never call this person',
    hint: 'All numbers of the person are added to “Do not call”.',
  },
};

export const EFFECTS = Object.keys(EFFECT_WORDS) as Effect[];

export const COLOR_WORDS: Record<Disposition['color'], string> = {
  gray: 'Gray',
  green: 'Green',
  teal: 'Teal',
  blue: 'Blue',
  violet: 'Violet',
  yellow: 'Yellow',
  orange: 'Orange',
  red: 'Red',
};

export const COLORS = DispositionColor.options;

/** Letters are commands of the dialer; digits are free. */
export const KEYS = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0'] as const;
