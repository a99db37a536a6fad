import { describe, expect, it } from 'vitest';
import { changedFields } from './changed-fields.js';

describe('what the audit log says of a change', () => {
  it('what the audit log says of a change is the fields that differ, as they were and as they are, and nothing else', () => {
    const before = { name: 'Ada', dialing: { lines: 1, window: { start: '08:00', end: '21:00' } } };
    const after = { name: 'Ada', dialing: { lines: 3, window: { start: '09:00', end: '21:00' } } };
    expect(changedFields(before, after)).toEqual({
      before: { 'dialing.lines': 1, 'dialing.window.start': '08:00' },
      after: { 'dialing.lines': 3, 'dialing.window.start': '09:00' },
    });
  });

  it('what the audit log says of a change says null for what was not there before, or is no more; a list is one value', () => {
    expect(changedFields({ to: ['a'], old: 1 }, { to: ['a', 'b'], fresh: 2 })).toEqual({
      before: { to: ['a'], old: 1, fresh: null },
      after: { to: ['a', 'b'], old: null, fresh: 2 },
    });
    expect(changedFields({ a: { b: [1] } }, { a: { b: [1] } })).toEqual({ before: {}, after: {} });
  });
});
