import type { Disposition } from '@outdial/protocol';

const UNITS = [
  { seconds: 86_400, word: 'day' },
  { seconds: 3600, word: 'hour' },
  { seconds: 60, word: 'minute' },
  { seconds: 1, word: 'second' },
];

/** "again after 2 hours, 3 calls at most", in the largest unit in which the time is a whole number. */
export function retrySentence({ delay_seconds, tries }: NonNullable<Disposition['retry']>): string {
  const unit = UNITS.find(({ seconds }) => delay_seconds % seconds === 0) ?? {
    seconds: 1,
    word: 'second',
  };
  const after = plural(delay_seconds / unit.seconds, unit.word);
  return `again after ${after}${tries === null ? '' : `, ${plural(tries, 'call')} at most`}`;
}

const plural = (n: number, word: string) => `${n} ${word}${n === 1 ? '' : 's'}`;
