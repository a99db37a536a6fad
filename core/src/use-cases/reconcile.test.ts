import {
  aCompletedCall,
  aConversation,
  anItem,
  aQueuedCall,
  aRingingCall,
  aSession,
  NOON,
  PHONE_APP,
  secondsAfter,
  withSettings,
} from '@outdial/testing/builders';
import { aSmallDialer } from '@outdial/testing/builders/small-dialer';
import { describe, expect, it } from 'vitest';
import type { LiveCall } from '../call/call.js';
import { advanceSession } from './advance-session.js';
import { controlSession } from './control-session.js';
import { hangUpCall } from './hang-up-call.js';
import { reconcile } from './reconcile.js';

/** A dialer in which something is wrong, and what was said of it. */
function dialerWithDefect(options: Parameters<typeof aSmallDialer>[0] = {}) {
  const dialer = aSmallDialer(options);
  const { ports, noted, moveTo } = dialer;
  return {
    ...dialer,
    at: async (seconds: number) => {
      moveTo(secondsAfter(seconds));
      await reconcile(ports);
    },
    seenAt: (seconds: number) => ports.presence.seen('page', ['ada'], secondsAfter(seconds)),
    leftAt: (seconds: number) => ports.presence.left('page', ['ada'], secondsAfter(seconds)),
    repairs: () => noted.flatMap(({ repaired }) => (repaired === undefined ? [] : [repaired.kind])),
  };
}

describe('an agent who closed the page', () => {
  it('an agent who closed the page has their session paused after a minute; phones that ring go on, no lead more is called', async () => {
    const dialer = dialerWithDefect({
      atScreen: false,
      live: [aRingingCall('rings'), aQueuedCall('next')],
      waiting: ['lee'],
    });
    await dialer.leftAt(10);
    await dialer.at(69);
    expect(dialer.session()).toMatchObject({ status: 'RUNNING' });
    await dialer.at(70);
    expect(dialer.session()).toMatchObject({ status: 'PAUSED', reason: 'agent_absent' });
    expect(dialer.call('rings')).toMatchObject({ state: 'RINGING', cancellation: null });
    expect(dialer.call('next')).toMatchObject({ state: 'COMPLETED', dialedAt: null });
    expect(dialer.item('next')).toMatchObject({ state: 'PENDING' });
    await advanceSession(dialer.ports, 'session');
    expect(dialer.ordered).toEqual([]);
    expect(dialer.repairs()).toEqual(['session_agent_absent']);
  });

  it('an agent who closed the page keeps a conversation that goes on', async () => {
    const dialer = dialerWithDefect({ atScreen: false, live: [aConversation('talk')] });
    await dialer.leftAt(0);
    await dialer.at(61);
    expect(dialer.session()).toMatchObject({ status: 'PAUSED', phase: 'ON_CALL' });
    expect(dialer.call('talk')).toMatchObject({ state: 'IN_PROGRESS', cancellation: null });
  });

  it('an agent who closed the page loses nothing by coming back in time', async () => {
    const dialer = dialerWithDefect({ atScreen: false, live: [aRingingCall('a')] });
    await dialer.leftAt(0);
    await dialer.seenAt(50);
    await dialer.at(61);
    expect(dialer.session()).toMatchObject({ status: 'RUNNING' });
  });

  it('an agent who closed the page is paused again when the session is resumed through the API and no page is open', async () => {
    const dialer = dialerWithDefect({ atScreen: false, waiting: ['lee'] });
    await dialer.leftAt(0);
    await dialer.at(60);
    await controlSession(dialer.ports, 'session', 'resume');
    await advanceSession(dialer.ports, 'session');
    expect(dialer.ordered).toEqual([]);
    await dialer.at(75);
    expect(dialer.session()).toMatchObject({ status: 'PAUSED', reason: 'agent_absent' });
    await dialer.seenAt(100);
    await dialer.at(100);
    await controlSession(dialer.ports, 'session', 'resume');
    await advanceSession(dialer.ports, 'session');
    expect(dialer.session()).toMatchObject({ status: 'RUNNING', reason: null });
  });
});

describe('a session that is worked through the API alone', () => {
  it('calls no lead and is paused after a minute: no screen was ever there', async () => {
    const dialer = dialerWithDefect({ atScreen: false, waiting: ['lee'] });
    await advanceSession(dialer.ports, 'session');
    expect(dialer.ordered).toEqual([]);
    expect(dialer.session()).toMatchObject({ phase: 'WAITING', reason: 'agent_absent' });
    await dialer.at(60);
    expect(dialer.session()).toMatchObject({ status: 'PAUSED', reason: 'agent_absent' });
  });

  it('a session that is worked through the API alone goes on for ever where the settings say that it is unattended', async () => {
    const settings = withSettings({ pauseWhenAwaySeconds: 0 });
    const dialer = dialerWithDefect({ atScreen: false, waiting: ['lee'], session: { settings } });
    await dialer.at(100_000);
    await advanceSession(dialer.ports, 'session');
    expect(dialer.session()).toMatchObject({ status: 'RUNNING', phase: 'DIALING' });
  });

  it('a session that is worked through the API alone goes on where the provider knows whether the agent is there', async () => {
    const dialer = dialerWithDefect({ atScreen: false, waiting: ['lee'], capabilities: PHONE_APP });
    await dialer.at(100_000);
    await advanceSession(dialer.ports, 'session');
    expect(dialer.session()).toMatchObject({ status: 'RUNNING', phase: 'DIALING' });
  });
});

describe('a session that was stopped past the dialer', () => {
  const stopped = { status: 'STOPPED', stoppedAt: NOON } as const;

  it('a session that was stopped past the dialer has its phones hung up, and what was not placed goes back to the queue', async () => {
    const dialer = dialerWithDefect({
      live: [aRingingCall('rings'), aQueuedCall('next')],
      session: stopped,
    });
    await dialer.at(1);
    expect(dialer.call('rings')).toMatchObject({
      cancellation: { reason: 'session_stopped', askAt: secondsAfter(1) },
    });
    expect(dialer.call('next')).toMatchObject({
      state: 'COMPLETED',
      outcome: 'CANCELED_BY_DIALER',
    });
    expect(dialer.item('next')).toMatchObject({ state: 'PENDING', claimedBySessionId: null });
    expect(dialer.repairs()).toEqual(['call_unwanted', 'call_unwanted']);
    expect(dialer.woken).toContainEqual({
      job: 'hang-up-call',
      id: 'rings',
      at: secondsAfter(1),
    });
  });

  it('a session that was stopped past the dialer is not cancelled over and over where the provider cannot hang up', async () => {
    const dialer = dialerWithDefect({
      live: [aRingingCall('rings')],
      session: stopped,
      capabilities: PHONE_APP,
    });
    await dialer.at(1);
    await dialer.at(16);
    expect(dialer.repairs()).toEqual(['call_unwanted']);
  });

  it('a session that was stopped past the dialer keeps its conversation, and calls that are being ended', async () => {
    const cancellation = {
      requestedAt: NOON,
      reason: 'session_stopped',
      askAt: NOON,
      asked: 0,
    } as const;
    const dialer = dialerWithDefect({
      live: [aConversation('talk'), aRingingCall('ending', { cancellation })],
      session: stopped,
    });
    await dialer.at(1);
    await hangUpCall(dialer.ports, 'ending');
    await dialer.at(2);
    expect(dialer.call('talk')).toMatchObject({ state: 'IN_PROGRESS', cancellation: null });
    expect(dialer.repairs()).toEqual([]);
  });
});

it('a call that a paused session still means to place is given back', async () => {
  const dialer = dialerWithDefect({ live: [aQueuedCall('next')], session: { status: 'PAUSED' } });
  await dialer.at(1);
  expect(dialer.item('next')).toMatchObject({ state: 'PENDING' });
  expect(dialer.repairs()).toEqual(['call_unwanted']);
});

describe('a session that nothing would wake', () => {
  it('a session that nothing would wake goes on', async () => {
    const dialer = dialerWithDefect({ waiting: ['lee'] });
    await dialer.at(1);
    expect(dialer.woken).toEqual([{ job: 'advance-session', id: 'session', at: secondsAfter(1) }]);
    await advanceSession(dialer.ports, 'session');
    expect(dialer.item('lee')).toMatchObject({ state: 'CLAIMED' });
    expect(dialer.repairs()).toEqual(['session_stuck']);
  });

  it.each<[string, readonly LiveCall[], object]>([
    ['a call is live', [aRingingCall('a')], {}],
    ['it waits for its time', [], { wakeAt: secondsAfter(3600) }],
    ['it is paused', [], { status: 'PAUSED' }],
  ])('is not meant when %s', async (_when, live, session) => {
    const dialer = dialerWithDefect({ live, session });
    await dialer.at(1);
    expect(dialer.woken).toEqual([]);
    expect(dialer.repairs()).toEqual([]);
  });
});

describe('a lead that is claimed and on no call', () => {
  it('a released item is called by the next session', async () => {
    const dialer = dialerWithDefect({ waiting: ['lee'], session: { wakeAt: secondsAfter(3600) } });
    dialer.state.putItem(anItem('lee'));
    await advanceSession(dialer.ports, 'session');
    expect(dialer.item('lee')).toMatchObject({ state: 'CLAIMED' });
    expect(dialer.state.liveCalls()).toEqual([]);

    dialer.state.putSession(aSession({ wakeAt: secondsAfter(3600) }));
    await dialer.at(1);
    expect(dialer.repairs()).toContain('item_claimed_without_call');
    await advanceSession(dialer.ports, 'session');
    expect(dialer.state.liveCalls()).toHaveLength(1);
  });

  it('a lead that is claimed and on no call is left in peace for ten minutes when the phone rang just before', async () => {
    const dialer = dialerWithDefect({
      live: [aRingingCall('lee')],
      session: { wakeAt: secondsAfter(3600) },
    });
    dialer.state.putCall(aCompletedCall('lee'));
    await dialer.at(30);
    expect(dialer.item('lee')).toMatchObject({ state: 'PENDING', dueAt: secondsAfter(630) });
  });
});

it('a call that the CRM was never due to get, and an event without a due time, are due now', async () => {
  const dialer = dialerWithDefect({
    live: [aRingingCall('a')],
    session: { wakeAt: secondsAfter(3600) },
  });
  const { crm } = aCompletedCall('a');
  dialer.state.putCall(aCompletedCall('a', { crm: { ...crm, state: 'PENDING' } }));
  const event = {
    id: 'e',
    provider: 'simulator',
    dedupeKey: 'e',
    callKey: null,
    payload: {},
    receivedAt: NOON,
    state: 'PENDING',
    attempts: 0,
    note: null,
    callId: null,
    dueAt: null,
  } as const;
  dialer.state.putEvent(event);
  await dialer.at(1);
  expect(dialer.woken).toEqual([
    { job: 'process-event', id: 'e' },
    { job: 'sync-call', id: 'a' },
  ]);
  expect(dialer.repairs()).toEqual(
    expect.arrayContaining(['event_never_due', 'crm_never_due', 'item_claimed_without_call']),
  );
});

it('a repair that fails does not stop the other repairs', async () => {
  const { ports, woken } = dialerWithDefect();
  const broken = {
    ...ports,
    presence: {
      ...ports.presence,
      absent: async () => {
        throw new Error('The connection broke.');
      },
    },
  };
  await expect(reconcile(broken)).rejects.toMatchObject({
    errors: [expect.objectContaining({ message: 'The connection broke.' })],
  });
  expect(woken).toContainEqual({ job: 'advance-session', id: 'session', at: NOON });
});
