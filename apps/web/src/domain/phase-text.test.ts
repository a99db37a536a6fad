import { describe, expect, it } from 'vitest';
import { aCall, aConversation, ago, anEndedCall, aSession, NOW } from '../testing/builders.js';
import { phaseText } from './phase-text.js';

const headline = (session: Parameters<typeof aSession>[0]) =>
  phaseText(aSession(session), Date.parse(NOW)).headline;

describe('what the session is doing, in words', () => {
  it('what the session is doing, in words counts the lines that ring', () => {
    expect(headline({ calls: [aCall(1), aCall(2)] })).toBe('Dialing 2 lines');
    expect(headline({ calls: [aCall(1), anEndedCall(2, 'BUSY')] })).toBe('Dialing 1 line');
  });

  it('what the session is doing, in words says who is on the line', () => {
    const winner = aConversation(1);
    expect(headline({ phase: 'ON_CALL', winner_call_id: winner.id, calls: [winner] })).toBe(
      'On call with Lead 1',
    );
  });

  it('what the session is doing, in words counts down the wrap-up and the delay', () => {
    expect(headline({ phase: 'WRAP_UP', wrap_up_until: ago(-24) })).toBe('Wrap-up 0:24');
    expect(headline({ phase: 'DELAY', next_round_at: ago(-2) })).toBe('Next round in 2 s');
  });

  it('what the session is doing, in words says that the provider is down, and when it is tried again', () => {
    const session = aSession({
      phase: 'WAITING',
      reason: 'provider_unavailable',
      outage: { since: ago(30), failures: 2, message: 'No answer.', retry_at: ago(-12) },
    });
    const text = phaseText(session, Date.parse(NOW));
    expect(text.headline).toBe('Waiting: provider is down, next try in 12 s');
    expect(text.detail).toBe('No answer.');
  });

  it('what the session is doing, in words says why it is paused', () => {
    expect(headline({ status: 'PAUSED', phase: 'PAUSED', reason: 'agent_do_not_disturb' })).toBe(
      'Paused: agent is do-not-disturb',
    );
    expect(headline({ status: 'PAUSED', phase: 'PAUSED', reason: 'agent_absent' })).toBe(
      'Paused: agent was away',
    );
    expect(headline({ status: 'PAUSED', phase: 'PAUSED', reason: 'requested_by_user' })).toBe(
      'Paused',
    );
  });

  it('what the session is doing, in words says who paused or ended it', () => {
    const actor = { id: 'user-robin', name: 'Robin Ellis' };
    const text = (session: Parameters<typeof aSession>[0], reader: string) =>
      phaseText(
        aSession({ reason: 'requested_by_user', actor, ...session }),
        Date.parse(NOW),
        reader,
      );
    const paused = { status: 'PAUSED', phase: 'PAUSED' } as const;
    expect(text(paused, 'user-ada').headline).toBe('Paused by Robin Ellis');
    expect(text(paused, 'user-robin').headline).toBe('Paused by you');
    const stopped = { status: 'STOPPED', phase: 'STOPPED', stopped_at: NOW } as const;
    expect(text(stopped, 'user-ada').detail).toMatch(/^Ended by Robin Ellis at \d\d:\d\d\.$/);
    expect(text(stopped, 'user-robin').detail).toMatch(/^Ended by you at /);
  });

  it('what the session is doing, in words says that a pause waits for the conversation and its wrap-up', () => {
    const detail = (session: Parameters<typeof aSession>[0]) =>
      phaseText(aSession(session), Date.parse(NOW)).detail;
    const wrapUp = { phase: 'WRAP_UP', wrap_up_until: ago(-24) } as const;
    expect(detail(wrapUp)).toBe('Dial next when you are done.');
    expect(detail({ ...wrapUp, status: 'PAUSED' })).toBe(
      'Pausing: no new calls are placed after this.',
    );
    const winner = aConversation(1);
    expect(
      detail({ phase: 'ON_CALL', status: 'PAUSED', winner_call_id: winner.id, calls: [winner] }),
    ).toContain('pausing after this call');
  });

  it('what the session is doing, in words stays with the conversation that outlives its session', () => {
    const winner = aConversation(1);
    expect(
      headline({
        status: 'STOPPED',
        phase: 'STOPPED',
        reason: 'first_connect',
        winner_call_id: winner.id,
        calls: [winner],
      }),
    ).toBe('On call with Lead 1');
    expect(headline({ status: 'STOPPED', phase: 'STOPPED', reason: 'first_connect' })).toBe(
      'Session over: first conversation reached',
    );
  });
});
