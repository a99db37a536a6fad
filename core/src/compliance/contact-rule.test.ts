import { savedAs } from '@outdial/testing/builders';
import { describe, expect, it } from 'vitest';
import { findDisposition } from '../disposition/find-disposition.js';
import { STANDARD_DISPOSITIONS } from '../disposition/standard-dispositions.js';
import { contactRuleOf, contactRuleOfSaved } from './contact-rule.js';

const monday = new Date('2026-03-09T15:00:00Z');
const rule = (label: string, callbackAt: Date | null = null) => {
  const disposition = findDisposition(STANDARD_DISPOSITIONS, label);
  if (disposition === null) throw new Error(`no disposition ${label}`);
  return contactRuleOf(disposition, callbackAt);
};

describe('a contact rule', () => {
  it.each([
    ['Not Interested', 'ends_everywhere'],
    ['Not A Fit', 'ends_everywhere'],
    ['Interested', 'ends_everywhere'],
    ['Meeting Booked', 'ends_everywhere'],
    ['Wrong Number', 'suppress_number'],
    ['Do Not Call', 'suppress_person'],
  ])('of "%s" is %s', (label, effect) => {
    expect(rule(label)).toEqual({ effect });
  });

  it.each(['Connected - Conversation', 'Gatekeeper', 'No Answer', 'Busy', 'Left Voicemail'])(
    'does not come of "%s", which says nothing about the person',
    (label) => {
      expect(rule(label)).toBeNull();
    },
  );

  it('a contact rule lets no queue call before the time that was promised', () => {
    for (const label of ['Call Back', 'Interested', 'Not Interested', 'Gatekeeper']) {
      expect(rule(label, monday)).toEqual({ effect: 'waits', until: monday });
    }
  });

  it('against calling outweighs a time', () => {
    expect(rule('Do Not Call', monday)).toEqual({ effect: 'suppress_person' });
    expect(rule('Wrong Number', monday)).toEqual({ effect: 'suppress_number' });
  });

  it('a contact rule follows the effect that was saved, whatever the disposition is called now', () => {
    const saved = savedAs('Do Not Call', { code: 'gdpr_stop', label: 'Widerspruch' });
    expect(contactRuleOfSaved(saved)).toEqual({ effect: 'suppress_person' });
    expect(contactRuleOfSaved({ ...saved, effect: 'keep' })).toBeNull();
    expect(contactRuleOfSaved(null)).toBeNull();
  });
});
