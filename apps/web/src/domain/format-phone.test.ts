import { expect, it } from 'vitest';
import { formatPhone } from './format-phone.js';

it('puts numbers in groups that can be read aloud', () => {
  expect(formatPhone('+12025550110')).toBe('+1 202 555 0110');
  expect(formatPhone('+442079460123')).toBe('+44 207 946 0123');
  expect(formatPhone('+35312345678')).toBe('+353 123 456 78');
});

it('leaves alone what is not an international number', () => {
  expect(formatPhone('2025550110')).toBe('2025550110');
});
