import { STANDARD_CRM_RECORDS } from '@outdial/core';
import {
  aCompletedCall,
  aConversation,
  anItem,
  aQueuedCall,
  aRingingCall,
  aSession,
  NOON,
  savedAs,
  secondsAfter,
  WIRED,
  withSettings,
} from '@outdial/testing/builders';
import { describe, expect, it } from 'vitest';
import {
  changedInHindsight,
  everyCallEnded,
  everyCallInTheCrm,
  everyEventProcessed,
  IN_THE_END,
  metricsAreSums,
  noActivityTwice,
  noEventLost,
  noMoreCallsThanLines,
  noNeedlessAbandonment,
  nothingClaimed,
  oneClaimPerLead,
  oneLiveCallPerNumber,
  oneWinnerPerRound,
  onlyCallableNumbersDialed,
  type PromiseCheck,
  placedAtMostOnce,
  type SeenCall,
  type SeenProvider,
  type Snapshot,
  sessionsBehave,
  wrapUpEnds,
  wrapUpLeftOut,
} from './promises.js';

const seen = (callId: string, more: Partial<SeenCall> = {}): SeenCall => ({
  callId,
  to: `number of ${callId}`,
  agentId: 'ada',
  live: false,
  answeredBy: null,
  decidedAt: NOON,
  ...more,
});
const provider = (more: Partial<SeenProvider> = {}): SeenProvider => ({
  ...WIRED,
  calls: [],
  acknowledged: [],
  ...more,
});

/** A small dialer in which all is well: one unanswered call. */
const well: Snapshot = {
  now: secondsAfter(60),
  sessions: [
    aSession({
      status: 'STOPPED',
      metrics: { attempted: 1, connected: 0, failed: 1, canceled: 0 },
    }),
  ],
  calls: [aCompletedCall('a')],
  items: [anItem('a', { state: 'PENDING', claimedBySessionId: null })],
  suppressions: [],
  contactRules: [],
  earlierCalls: [],
  events: [{ dedupeKey: 'e', state: 'PROCESSED' }],
  crmRecords: STANDARD_CRM_RECORDS,
  activities: [
    { callId: 'a', activityId: 'activity', outcome: 'NO_ANSWER', disposition: 'No Answer' },
  ],
  provider: provider({ calls: [seen('a')], acknowledged: ['e'] }),
};

it('no promise is broken where all is well', () => {
  expect(IN_THE_END.flatMap((check) => check(well))).toEqual([]);
});

describe('a breach is seen:', () => {
  const samePhone = { phone: '+12025550100' };
  const won = aCompletedCall('a', { outcome: 'CONNECTED', winner: true });
  const atNight = new Date('2026-01-15T03:00:00Z');
  const insideWindow = {
    decidedAt: NOON,
    rule: 'inside_window' as const,
    zones: ['Europe/London'],
    until: secondsAfter(3600),
  };

  it.each<[string, PromiseCheck, Partial<Snapshot>, string]>([
    [
      'a number on two calls',
      oneLiveCallPerNumber,
      { calls: [aRingingCall('a', samePhone), aQueuedCall('b', samePhone)] },
      'P1',
    ],
    [
      'a number on two calls at the provider alone',
      oneLiveCallPerNumber,
      {
        provider: provider({
          calls: [seen('a', { to: '+1', live: true }), seen('b', { to: '+1', live: true })],
        }),
      },
      'P1',
    ],
    ['a lead who is claimed but not called', oneClaimPerLead, { items: [anItem('a')] }, 'P2'],
    [
      'a lead who is called twice',
      oneClaimPerLead,
      { calls: [aRingingCall('a'), aRingingCall('b', { leadId: 'lead of a' })], items: [] },
      'P2',
    ],
    ['an item that stays claimed', nothingClaimed, { items: [anItem('a')] }, 'P2'],
    [
      'a call that was placed twice',
      placedAtMostOnce,
      { provider: provider({ calls: [seen('a'), seen('a')] }) },
      'P3',
    ],
    ['two winners', oneWinnerPerRound, { calls: [aConversation('a'), aConversation('b')] }, 'P4'],
    [
      'a conversation that did not win',
      oneWinnerPerRound,
      { calls: [aCompletedCall('a', { outcome: 'CONNECTED' })] },
      'P4',
    ],
    [
      'a person who was abandoned without a winner',
      noNeedlessAbandonment,
      { calls: [aCompletedCall('a', { outcome: 'ABANDONED' })] },
      'P4',
    ],
    ['a call that never ends', everyCallEnded, { calls: [aRingingCall('a')] }, 'P5'],
    [
      'a phone that was not hung up',
      everyCallEnded,
      { provider: provider({ calls: [seen('a', { live: true })] }) },
      'P5',
    ],
    [
      'an outcome that is not what happened',
      everyCallEnded,
      { provider: provider({ calls: [seen('a', { answeredBy: 'PERSON' })] }) },
      'P5',
    ],
    ['a call that the CRM has not', everyCallInTheCrm, { activities: [] }, 'P6'],
    [
      'a call that the CRM has otherwise',
      everyCallInTheCrm,
      { activities: [{ ...well.activities[0], disposition: 'Busy' }] as Snapshot['activities'] },
      'P6',
    ],
    [
      'a call that the CRM has twice',
      noActivityTwice,
      { activities: [...well.activities, ...well.activities] },
      'P6',
    ],
    ['an event that was taken and is gone', noEventLost, { events: [] }, 'P7'],
    [
      'an event that could not be read',
      everyEventProcessed,
      { events: [{ dedupeKey: 'e', state: 'DEAD' }] },
      'P7',
    ],
    [
      'a suppressed number that was dialed',
      onlyCallableNumbersDialed,
      { suppressions: [{ phone: 'number of a', since: secondsAfter(-1) }] },
      'P8',
    ],
    [
      'a call that was not held to the window of its queue',
      onlyCallableNumbersDialed,
      { sessions: [aSession({ settings: withSettings({ enforceWindow: true }) })] },
      'P8',
    ],
    [
      'a call in the night',
      onlyCallableNumbersDialed,
      { calls: [aCompletedCall('a', { dialedAt: atNight, clearance: insideWindow })] },
      'P8',
    ],
    [
      'more calls than lines',
      noMoreCallsThanLines,
      { sessions: [aSession({ lines: 1 })], calls: [aRingingCall('a'), aQueuedCall('b')] },
      'P9',
    ],
    [
      'more calls than the provider allows',
      noMoreCallsThanLines,
      {
        calls: [aRingingCall('a'), aRingingCall('b')],
        provider: provider({ maxLinesPerAgent: 1 }),
      },
      'P9',
    ],
    ['a call that is not counted', metricsAreSums, { calls: [won] }, 'P10'],
    [
      'a session that goes on after the conversation that should have been its last',
      sessionsBehave,
      { sessions: [aSession({ afterConnect: 'stop', winnerCallId: 'a' })] },
      'section 5',
    ],
    [
      'a wrap-up that is held for ever',
      wrapUpEnds,
      {
        sessions: [
          aSession({ phase: 'WRAP_UP', phaseSince: NOON, wrapUpUntil: secondsAfter(601) }),
        ],
      },
      'section 5',
    ],
    [
      'a call that a paused session still means to place',
      sessionsBehave,
      { sessions: [aSession({ status: 'PAUSED' })], calls: [aQueuedCall('a')] },
      'section 5',
    ],
    [
      'an agent in two sessions',
      sessionsBehave,
      { sessions: [aSession(), aSession({ id: 'another' })] },
      'section 5',
    ],
  ])('%s', (_, check, change, promise) => {
    expect(check(well)).toEqual([]);
    expect(check({ ...well, ...change })).toMatchObject([{ promise }]);
  });

  it('history that changes in hindsight', () => {
    const disposition = savedAs('Busy', { savedAt: NOON });
    expect(changedInHindsight(won, { ...won, disposition })).toEqual([]);
    expect(changedInHindsight(won, { ...won, outcome: 'ABANDONED' })).toHaveLength(1);
    expect(changedInHindsight(aConversation('a'), aRingingCall('a'))).toHaveLength(1);
  });
});

it('a conversation after which the next round begins without wrap-up is seen, and one in a stopped session is not', () => {
  const over = aCompletedCall('a', { outcome: 'CONNECTED', winner: true });
  const before = aConversation('a');
  const next = aSession({ winnerCallId: 'a', nextRoundAt: secondsAfter(2) });
  expect(wrapUpLeftOut(before, over, next)).toMatchObject([{ promise: 'section 5' }]);
  expect(wrapUpLeftOut(before, over, { ...next, status: 'STOPPED' })).toEqual([]);
  expect(wrapUpLeftOut(before, over, { ...next, wrapUpUntil: secondsAfter(30) })).toEqual([]);
  const handedOn = aConversation('a', { agentLeftAt: NOON });
  expect(wrapUpLeftOut(before, handedOn, next)).toMatchObject([{ promise: 'section 5' }]);
  const machine = aConversation('a', { agentLeftAt: NOON, winner: false, answeredBy: 'MACHINE' });
  expect(wrapUpLeftOut(before, machine, next)).toEqual([]);
});
