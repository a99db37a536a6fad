import { describe, expect, it } from 'vitest';
import { DISPOSITIONS, parseDisposition } from './dispositions.js';
import { meaningOf, OUTCOMES } from './outcome.js';

describe('dispositions', () => {
  it.each(['call_back', 'Call back', 'callback', 'CALL-BACK', '  Call Back '])(
    'are understood however they are written: "%s"',
    (input) => {
      expect(parseDisposition(input)?.label).toBe('Call Back');
    },
  );

  it.each([
    ['connected', 'Connected - Conversation'],
    ['Connected - Conversation', 'Connected - Conversation'],
    ['connected_conversation', 'Connected - Conversation'],
    ['DNC', 'Do Not Call'],
    ['voicemail', 'Left Voicemail'],
    ['Cancelled by dialer', 'Canceled by Dialer'],
  ])('know the words that people use: "%s" is %s', (input, label) => {
    expect(parseDisposition(input)?.label).toBe(label);
  });

  it.each(['', '---', 'maybe', 'call'])('are not guessed: "%s"', (input) => {
    expect(parseDisposition(input)).toBeNull();
  });

  it('include what every outcome means', () => {
    for (const outcome of OUTCOMES) {
      const { disposition } = meaningOf(outcome);
      expect(parseDisposition(disposition)?.label).toBe(disposition);
    }
  });

  it('have codes and labels that each mean one thing', () => {
    for (const disposition of DISPOSITIONS) {
      expect(parseDisposition(disposition.code)).toBe(disposition);
      expect(parseDisposition(disposition.label)).toBe(disposition);
    }
  });
});
