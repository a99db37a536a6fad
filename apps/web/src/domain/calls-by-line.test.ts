import { describe, expect, it } from 'vitest';
import { aCall, ago, anEndedCall } from '../testing/builders.js';
import { callsByLine } from './calls-by-line.js';

const names = (calls: Parameters<typeof callsByLine>[0]['calls'], lines = 2, round = 1) =>
  callsByLine({ calls, lines, round }).map((call) => call?.lead.name ?? null);

describe('which call stands on which line', () => {
  it('which call stands on which line fills the lines from the first, and shows the free ones', () => {
    expect(names([aCall(1)])).toEqual(['Lead 1', null]);
  });

  it('which call stands on which line keeps a call where it is, in whatever order the calls come', () => {
    const first = aCall(1, { queued_at: ago(30) });
    const second = aCall(2, { queued_at: ago(29) });
    expect(names([second, first])).toEqual(['Lead 1', 'Lead 2']);
    expect(names([first, second])).toEqual(['Lead 1', 'Lead 2']);
  });

  it('which call stands on which line puts the next call on the line that became free first', () => {
    const busy = anEndedCall(2, 'BUSY', { queued_at: ago(29), ended_at: ago(20) });
    expect(
      names([aCall(3, { queued_at: ago(18) }), busy, aCall(1, { queued_at: ago(30) })]),
    ).toEqual(['Lead 1', 'Lead 3']);
  });

  it('which call stands on which line shows nothing of earlier rounds but calls that are still live', () => {
    expect(names([anEndedCall(1, 'CONNECTED', { round: 1 })], 2, 2)).toEqual([null, null]);
    expect(names([aCall(1, { round: 1 })], 2, 2)).toEqual(['Lead 1', null]);
  });

  it('which call stands on which line never shows more cards than lines', () => {
    expect(names([aCall(1), aCall(2), aCall(3)])).toHaveLength(2);
  });
});
