import { expect, it } from 'vitest';
import { noteOf } from './note.js';
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
