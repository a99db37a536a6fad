import { describe, expect, it } from 'vitest';
import { isKnownZone } from './is-known-zone.js';

describe('a lead’s time zone', () => {
  it.each([
    'America/New_York',
    'america/new_york',
    'Europe/Kyiv',
    'Asia/Kolkata',
    'America/Argentina/Buenos_Aires',
    'US/Eastern',
    'Etc/GMT+5',
    'UTC',
    'Singapore',
  ])('is accepted by its IANA name: %s', (name) => {
    expect(isKnownZone(name)).toBe(true);
  });

  it.each([
    '',
    'New York',
    'America/Gotham',
    'local',
    '+05:30',
    'GMT+5',
    'Etc/Unknown',
    'Eastern Time',
  ])('is refused when no such zone exists: "%s"', (name) => {
    expect(isKnownZone(name)).toBe(false);
  });

  it.each(['AST', 'IST', 'PST', 'BST', 'CST'])(
    'is refused as an abbreviation that means several places: %s',
    (name) => {
      expect(isKnownZone(name)).toBe(false);
    },
  );
});
