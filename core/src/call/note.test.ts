import { describe, expect, it } from 'vitest';
import { agentNoteOf, joinNotes, noteOf, noteToSave } from './note.js';
import { meaningOf, OUTCOMES } from './outcome.js';

it('says what the outcome means where the agent wrote nothing', () => {
  for (const outcome of OUTCOMES) {
    expect(noteOf({ outcome, cancelReason: 'another_line_connected', reason: 'hung up' })).toBe(
      meaningOf(outcome).note,
    );
    expect(noteOf({ outcome, cancelReason: null, reason: null })).toBe(meaningOf(outcome).note);
  }
});

it('never tells the CRM that another line connected when none did', () => {
  const canceled = (cancelReason: 'session_stopped' | 'agent_hung_up' | 'not_placed') =>
    noteOf({
      outcome: 'CANCELED_BY_DIALER',
      cancelReason,
      reason: 'The session was paused first.',
    });
  expect(canceled('session_stopped')).toBe('Call was canceled because the session was stopped.');
  expect(canceled('agent_hung_up')).toBe('Call was canceled by the agent.');
  expect(canceled('not_placed')).toBe('Call was not placed. The session was paused first.');
});

describe('what an agent wrote', () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 15, 12, minute));
  const nothing = { notes: null, savedAt: null, draft: null, draftAt: null };

  it('a draft that was never saved is the note', () => {
    expect(agentNoteOf({ ...nothing, draft: 'Wants a quote', draftAt: at(1) })).toEqual({
      text: 'Wants a quote',
      isDraft: true,
    });
  });

  it('what was typed after the disposition replaces what was saved with it, also when it is less', () => {
    const saved = { notes: 'Wants a quote', savedAt: at(1) };
    expect(agentNoteOf({ ...saved, draft: 'Wants two quotes', draftAt: at(2) }).text).toBe(
      'Wants two quotes',
    );
    expect(agentNoteOf({ ...saved, draft: ' ', draftAt: at(2) })).toEqual({
      text: null,
      isDraft: true,
    });
  });

  it('a disposition that was saved after the draft wins', () => {
    const draft = { draft: 'Wants a', draftAt: at(1) };
    expect(agentNoteOf({ notes: 'Wants a quote', savedAt: at(1), ...draft })).toEqual({
      text: 'Wants a quote',
      isDraft: false,
    });
    expect(agentNoteOf({ notes: null, savedAt: at(2), ...draft }).text).toBeNull();
  });

  it.each([
    [null, null, null],
    ['  ', '', null],
    ['one', null, 'one'],
    ['', ' two ', 'two'],
    ['Wants a', 'Wants a quote', 'Wants a quote'],
    ['Wants a quote', 'a quote', 'Wants a quote'],
    ['from the desk', 'from the phone', 'from the desk\n\nfrom the phone'],
  ])('of %j and %j written apart, %j is kept', (first, second, both) => {
    expect(joinNotes(first, second)).toBe(both);
  });
});

describe('the note that a disposition saves', () => {
  const draft = { text: 'from the phone', revision: 3, isDraft: true };
  const saved = { ...draft, isDraft: false };
  it.each<[string, string | undefined, number | undefined, typeof draft, string | null]>([
    ['what is there, where this device said nothing', undefined, 3, draft, 'from the phone'],
    ['what was typed, by who has seen all', 'call at 5', 3, draft, 'call at 5'],
    ['nothing, once it was deleted by who has seen all', '', 3, draft, null],
    [
      'both, where another device wrote since',
      'call at 5',
      2,
      draft,
      'from the phone\n\ncall at 5',
    ],
    [
      'both, where it is not known that the draft was seen',
      'call at 5',
      undefined,
      draft,
      'from the phone\n\ncall at 5',
    ],
    ['what was typed over a saved note', 'call at 5', undefined, saved, 'call at 5'],
    ['the draft, not the emptiness of a device that never saw it', '', 2, draft, 'from the phone'],
  ])('is %s', (_, text, seenRevision, written, note) => {
    expect(noteToSave({ text, seenRevision }, written)).toBe(note);
  });
});
