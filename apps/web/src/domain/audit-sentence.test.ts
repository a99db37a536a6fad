import type { AuditEntry } from '@outdial/protocol';
import { expect, it } from 'vitest';
import { anAuditEntry } from '../testing/builders.js';
import { changesOf, sentenceOf } from './audit-sentence.js';

const entry = (action: AuditEntry['action'], details: AuditEntry['details']) =>
  anAuditEntry(1, { action, details });

it('says what was changed, from what to what', () => {
  expect(
    sentenceOf(entry('user_changed', { before: { role: 'agent' }, after: { role: 'supervisor' } })),
  ).toBe('User changed: role from agent to supervisor');
});

it('says the first of many changes, and how many there are', () => {
  const changed = entry('config_changed', {
    before: { 'dialing.lines': 1, 'imports.default_country': null },
    after: { 'dialing.lines': 2, 'imports.default_country': 'US' },
  });
  expect(sentenceOf(changed)).toBe('Settings changed: dialing, lines from 1 to 2 and 1 more');
  expect(changesOf(changed)).toHaveLength(2);
});

it('names what was made', () => {
  expect(sentenceOf(entry('api_key_created', { name: 'Nightly export', prefix: 'od_x' }))).toBe(
    'API key created: Nightly export',
  );
  expect(sentenceOf(entry('user_created', { after: { name: 'Ben Okri', role: 'agent' } }))).toBe(
    'User added: Ben Okri',
  );
});

it('says what happened where there is no more to say', () => {
  expect(sentenceOf(entry('signed_in', {}))).toBe('Signed in');
});
