import { aConversation, aRingingCall, aSession, secondsAfter } from '@outdial/testing/builders';
import { expect, it } from 'vitest';
import type { LiveCall } from '../call/call.js';
import { outageAfterFailure } from './control.js';
import { phaseOf } from './phase-of.js';
import type { Session, SessionPhase } from './session.js';

const now = secondsAfter(10);
const later = secondsAfter(20);
const outage = outageAfterFailure(null, 'Down.', () => 60_000, now);

it.each<[string, Partial<Session>, readonly LiveCall[], SessionPhase]>([
  ['phones ring', {}, [aRingingCall('a')], 'DIALING'],
  ['nothing rings yet', {}, [], 'DIALING'],
  ['a conversation is live', {}, [aConversation('a')], 'ON_CALL'],
  [
    'a stopped session’s conversation goes on',
    { status: 'STOPPED' },
    [aConversation('a')],
    'ON_CALL',
  ],
  [
    'a paused session’s conversation goes on',
    { status: 'PAUSED' },
    [aConversation('a')],
    'ON_CALL',
  ],
  ['it was stopped', { status: 'STOPPED' }, [aRingingCall('a')], 'STOPPED'],
  ['the agent writes down the conversation', { wrapUpUntil: later }, [], 'WRAP_UP'],
  ['it was paused during wrap-up', { status: 'PAUSED', wrapUpUntil: later }, [], 'WRAP_UP'],
  ['wrap-up is just over', { wrapUpUntil: now, nextRoundAt: later }, [], 'DELAY'],
  ['it was paused', { status: 'PAUSED' }, [aRingingCall('a')], 'PAUSED'],
  ['the next round comes soon', { nextRoundAt: later }, [], 'DELAY'],
  ['the provider has an outage', { outage }, [aRingingCall('a')], 'WAITING'],
  ['no lead may be called yet', { reason: 'waiting_for_due_item' }, [], 'WAITING'],
  [
    'one rings while others may not be called',
    { reason: 'waiting_for_due_item' },
    [aRingingCall('a')],
    'DIALING',
  ],
])('%s', (_, session, live, phase) => {
  expect(
    phaseOf(
      aSession(session),
      live.map((call) => ({ call })),
      now,
    ),
  ).toBe(phase);
});
