import { expect, it } from 'vitest';
import { weaknessOf } from './password-rules.js';

const ANNA = { email: 'anna.lindqvist@example.com', name: 'Anna Lindqvist' };

it.each([
  'qwerty123456',
  'Password12345',
  'P@ssw0rd2026!',
  'sunshineprincess',
  'abcabcabcabc',
  'aaaaaaaaaaaab',
  'Welcome2026!!',
  '1q2w3e4r5t6y',
])('“%s” is refused: it is among those that are tried first', (password) => {
  expect(weaknessOf(password, ANNA)).toMatch(/common|different/);
});

it.each(['anna.lindqvist@example.com', 'AnnaLindqvist1', 'lindqvist-outdial', 'Outdial-2026-Anna'])(
  '“%s” is refused as Anna Lindqvist’s: it is made of what everybody knows of her',
  (password) => {
    expect(weaknessOf(password, ANNA)).toMatch(/your name/);
  },
);

it.each([
  'correct horse battery staple',
  'k7wdm-q3xpt-9htnv-b2cfr',
  'no other person knows these words',
  'mein Hund heißt nicht so',
  'Lindqvist sells far too many boats',
  '日本語のとても長い合言葉です',
])('“%s” is good enough', (password) => {
  expect(weaknessOf(password, ANNA)).toBeNull();
});
