import type { Disposition, DispositionSet } from './disposition.js';

/** Other words that people and CRMs use for codes of the standard set. */
const ALSO: Readonly<Record<string, string>> = {
  conversation: 'connected',
  dnc: 'do_not_call',
  voicemail: 'left_voicemail',
  meeting: 'meeting_booked',
};

/** "Call back", "call_back", "CALLBACK" and "call-back" are one word; "Ja, später" and "ja später" too. */
const bare = (words: string): string => words.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/** The disposition of the set with this code or label, however it is written: a code before a label; null where there is none. */
export function findDisposition(set: DispositionSet, words: string): Disposition | null {
  const wanted = bare(words);
  if (wanted === '') return null;
  const by = (word: string): Disposition | undefined =>
    set.find(({ code }) => bare(code) === word) ?? set.find(({ label }) => bare(label) === word);
  const also = ALSO[wanted];
  return by(wanted) ?? (also === undefined ? undefined : by(bare(also))) ?? null;
}
