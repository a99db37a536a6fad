import { describe, expect, it } from 'vitest';
import { OUTCOMES } from '../call/outcome.js';
import {
  type CallForCrm,
  recordOf,
  STANDARD_CRM_RECORDS,
  TRUTHFUL_CRM_RECORDS,
} from './crm-records.js';

const aCall = (more: Partial<CallForCrm> = {}): CallForCrm => ({
  outcome: 'VOICEMAIL',
  agentDisposition: null,
  agentNote: null,
  cancelReason: null,
  reason: null,
  hasActivity: false,
  ...more,
});

describe('the standard set', () => {
  it('the standard set logs every outcome with the words of the outcome table', () => {
    expect(recordOf(aCall(), STANDARD_CRM_RECORDS)).toEqual({
      disposition: 'Left Voicemail',
      notes: 'Reached voicemail. No message left.',
    });
    for (const outcome of OUTCOMES) {
      expect(recordOf(aCall({ outcome }), STANDARD_CRM_RECORDS)).not.toBeNull();
    }
  });
});

describe('the truthful set', () => {
  it('the truthful set says that voicemail was reached, not that a message was left', () => {
    expect(recordOf(aCall(), TRUTHFUL_CRM_RECORDS)?.disposition).toBe('Reached voicemail');
  });

  it('calls an answer a conversation only once the agent says so', () => {
    const answered = aCall({ outcome: 'CONNECTED' });
    expect(recordOf(answered, TRUTHFUL_CRM_RECORDS)).toEqual({
      disposition: 'Answered, no disposition yet',
      notes: 'A person answered. No disposition has been saved.',
    });
    const saved = { ...answered, agentDisposition: 'Connected - Conversation' };
    expect(recordOf(saved, TRUTHFUL_CRM_RECORDS)?.disposition).toBe('Connected - Conversation');
  });

  it('the truthful set does not log a ring that the dialer canceled', () => {
    const canceled = aCall({
      outcome: 'CANCELED_BY_DIALER',
      cancelReason: 'another_line_connected',
    });
    expect(recordOf(canceled, TRUTHFUL_CRM_RECORDS)).toBeNull();
  });

  it('the truthful set logs a canceled ring of which the agent wrote a note, or which the CRM has already', () => {
    const canceled = aCall({ outcome: 'CANCELED_BY_DIALER', cancelReason: 'session_stopped' });
    expect(recordOf({ ...canceled, agentNote: 'Rang once.' }, TRUTHFUL_CRM_RECORDS)).toEqual({
      disposition: 'Canceled by Dialer',
      notes: 'Rang once.',
    });
    expect(recordOf({ ...canceled, hasActivity: true }, TRUTHFUL_CRM_RECORDS)).toEqual({
      disposition: 'Canceled by Dialer',
      notes: 'Call was canceled because the session was stopped.',
    });
  });
});
