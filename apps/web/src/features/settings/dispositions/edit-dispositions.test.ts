import type { Disposition } from '@outdial/protocol';
import { describe, expect, it } from 'vitest';
import {
  codeFromLabel,
  findFormErrors,
  freeKey,
  isLastSuppression,
  moveDisposition,
} from './edit-dispositions.js';

const aDisposition = (code: string, rest: Partial<Disposition> = {}): Disposition => ({
  code,
  label: code,
  effect: 'keep',
  retry: null,
  color: 'gray',
  key: null,
  ...rest,
});
const [a, b, c] = [aDisposition('a'), aDisposition('b'), aDisposition('c')];

describe('editing a set of dispositions', () => {
  it('a moved disposition changes places with its neighbor, and the ends stay where they are', () => {
    expect(moveDisposition([a, b, c], 1, -1)).toEqual([b, a, c]);
    expect(moveDisposition([a, b, c], 1, 1)).toEqual([a, c, b]);
    expect(moveDisposition([a, b, c], 0, -1)).toEqual([a, b, c]);
    expect(moveDisposition([a, b, c], 2, 1)).toEqual([a, b, c]);
  });

  it.each([
    ['Asked for an e-mail', 'asked_for_an_e_mail'],
    ['  Später, bitte! ', 'spater_bitte'],
    ['2nd call', 'nd_call'],
    ['不', ''],
  ])('the label %j gives the code %j', (label, code) => {
    expect(codeFromLabel([], label)).toBe(code);
  });

  it('a code made from a label differs from all others and keeps within 50 characters', () => {
    const first = codeFromLabel([], 'x'.repeat(60));
    const second = codeFromLabel([aDisposition(first)], 'x'.repeat(60));
    expect(second).not.toBe(first);
    expect(second.length).toBeLessThanOrEqual(50);
  });

  it('the first key that no disposition has is offered, and none when all are taken', () => {
    expect(freeKey([aDisposition('a', { key: '1' }), aDisposition('b', { key: '3' })])).toBe('2');
    expect(freeKey([...'1234567890'].map((key) => aDisposition(`k${key}`, { key })))).toBeNull();
  });

  it('the last disposition that suppresses a person is recognized', () => {
    const stop = aDisposition('stop', { effect: 'suppress_person' });
    const never = aDisposition('never', { effect: 'suppress_person' });
    expect(isLastSuppression([a, stop], stop)).toBe(true);
    expect(isLastSuppression([never, stop], stop)).toBe(false);
    expect(isLastSuppression([a, stop], a)).toBe(false);
  });

  it('an empty or taken label and a malformed or taken code are found before the server is asked', () => {
    expect(findFormErrors([a], { code: 'ok', label: 'Fine' })).toEqual({});
    expect(Object.keys(findFormErrors([a], { code: 'A!', label: ' ' }))).toEqual(['label', 'code']);
    expect(Object.keys(findFormErrors([a], { code: 'a', label: 'A' }))).toEqual(['label', 'code']);
  });
});
