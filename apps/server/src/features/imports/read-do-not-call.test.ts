import { describe, expect, it } from 'vitest';
import { readDoNotCall } from './read-optional.js';

describe('a cell of a do-not-call column', () => {
  // Microsoft Dynamics 365 writes the first two, TPS and other registers' screening the others.
  it.each([
    'Allow',
    'Not listed',
    'not registered',
    'Clear',
    'No',
    '0',
    '',
    'Нет',
    'hayır',
    '否',
    'FAŁSZ',
    'Nej',
    'No DNC',
    'ok to call',
  ])('lets the person be called: "%s"', (cell) => {
    expect(readDoNotCall(cell)).toEqual({ yes: false, sure: true });
  });

  it.each([
    'Do Not Allow',
    'Not allowed',
    'Listed',
    'registered',
    'yes',
    'x',
    'Да',
    '是',
    'PRAWDA',
  ])('forbids it: "%s"', (cell) => {
    expect(readDoNotCall(cell)).toEqual({ yes: true, sure: true });
  });

  it.each(['2026-01-02', 'asked us to stop', 'maybe'])('forbids it in doubt: "%s"', (cell) => {
    expect(readDoNotCall(cell)).toEqual({ yes: true, sure: false });
  });
});
