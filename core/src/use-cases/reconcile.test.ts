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
function trouble(options: Parameters<typeof aSmallDialer>[0] = {}) {
  const dialer = aSmallDialer(options);
  const { ports, noted, moveTo } = dialer;
  return {
    ...dialer,
    at: async (seconds: number) => {
      moveTo(secondsAfter(seconds));
      await reconcile(ports);
    },
    seenAt: (seconds: number) => ports.presence.seen(['ada'], secondsAfter(seconds)),
    repairs: () => noted.flatMap(({ repaired }) => (repaired === undefined ? [] : [repaired.kind])),
  };
}

describe('an agent who closed the laptop', () => {
  it('has their session paused after five minutes; phones that ring go on, nobody new is called', async () => {
    const dialer = trouble({
      live: [aRingingCall('rings'), aQueuedCall('next')],
      waiting: ['lee'],
    });
    await dialer.seenAt(0);
    await dialer.at(299);
    expect(dialer.session()).toMatchObject({ status: 'RUNNING' });
    await dialer.at(300);
    expect(dialer.session()).toMatchObject({ status: 'PAUSED', reason: 'agent_away' });
    expect(dialer.call('rings')).toMatchObject({ state: 'RINGING', cancellation: null });
    expect(dialer.call('next')).toMatchObject({ state: 'COMPLETED', dialedAt: null });
    expect(dialer.item('next')).toMatchObject({ state: 'PENDING' });
    await advanceSession(dialer.ports, 'session');
    expect(dialer.ordered).toEqual([]);
    expect(dialer.repairs()).toEqual(['session_agent_away']);
  });

  it('leaves a conversation alone', async () => {
    const dialer = trouble({ live: [aConversation('talk')] });
    await dialer.seenAt(0);
    await dialer.at(301);
    expect(dialer.session()).toMatchObject({ status: 'PAUSED', phase: 'ON_CALL' });
    expect(dialer.call('talk')).toMatchObject({ state: 'IN_PROGRESS', cancellation: null });
  });

  it('who is back in time loses nothing', async () => {
    const dialer = trouble({ live: [aRingingCall('a')] });
    await dialer.seenAt(0);
    await dialer.seenAt(290);
    await dialer.at(301);
    expect(dialer.session()).toMatchObject({ status: 'RUNNING' });
  });

  it('resumes when they are back, and is paused again only when they leave again', async () => {
    const dialer = trouble({ waiting: ['lee'] });
    await dialer.seenAt(0);
    await dialer.at(300);
    await dialer.seenAt(400);
    await controlSession(dialer.ports, 'session', 'resume');
    await dialer.at(600);
    expect(dialer.session()).toMatchObject({ status: 'RUNNING', reason: null });
    await dialer.at(700);
    expect(dialer.session()).toMatchObject({ status: 'PAUSED', reason: 'agent_away' });
  });

  it('whose session is resumed through the API, without a screen, is not missed there', async () => {
    const dialer = trouble({ live: [aRingingCall('a')] });
    await dialer.seenAt(0);
    await dialer.at(300);
    await controlSession(dialer.ports, 'session', 'resume');
    await dialer.at(4000);
    expect(dialer.session()).toMatchObject({ status: 'RUNNING' });
  });

  it('is not missed either after a pause of their own that was longer than that', async () => {
    const dialer = trouble({ live: [aRingingCall('a')] });
    await dialer.seenAt(0);
    await controlSession(dialer.ports, 'session', 'pause');
    await dialer.at(400);
    expect(dialer.session()).toMatchObject({ status: 'PAUSED', reason: 'by_person' });
    await controlSession(dialer.ports, 'session', 'resume');
    await dialer.at(415);
    expect(dialer.session()).toMatchObject({ status: 'RUNNING' });
    expect(dialer.repairs()).toEqual([]);
  });
});

it('an agent who was never at a screen is not missed: sessions that are worked through the API go on', async () => {
  const dialer = trouble({ live: [aRingingCall('a')] });
  await dialer.at(100_000);
  expect(dialer.session()).toMatchObject({ status: 'RUNNING' });
});

it('a queue may let its sessions go on without anybody at a screen', async () => {
  const settings = withSettings({ pauseWhenAwaySeconds: 0 });
  const dialer = trouble({ live: [aRingingCall('a')], session: { settings } });
  await dialer.seenAt(0);
  await dialer.at(100_000);
  expect(dialer.session()).toMatchObject({ status: 'RUNNING' });
});

describe('a session that was stopped past the dialer', () => {
  const stopped = { status: 'STOPPED', stoppedAt: NOON } as const;

  it('has its phones hung up, and what was not placed goes back to the queue', async () => {
    const dialer = trouble({
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

  it('is not cancelled over and over where the provider cannot hang up', async () => {
    const dialer = trouble({
      live: [aRingingCall('rings')],
      session: stopped,
      capabilities: PHONE_APP,
    });
    await dialer.at(1);
    await dialer.at(16);
    expect(dialer.repairs()).toEqual(['call_unwanted']);
  });

  it('keeps its conversation, and calls that are being ended', async () => {
    const cancellation = {
      requestedAt: NOON,
      reason: 'session_stopped',
      askAt: NOON,
      asked: 0,
    } as const;
    const dialer = trouble({
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
  const dialer = trouble({ live: [aQueuedCall('next')], session: { status: 'PAUSED' } });
  await dialer.at(1);
  expect(dialer.item('next')).toMatchObject({ state: 'PENDING' });
  expect(dialer.repairs()).toEqual(['call_unwanted']);
});

describe('a session that nothing would wake', () => {
  it('goes on', async () => {
    const dialer = trouble({ waiting: ['lee'] });
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
    const dialer = trouble({ live, session });
    await dialer.at(1);
    expect(dialer.woken).toEqual([]);
    expect(dialer.repairs()).toEqual([]);
  });
});

describe('a lead that is claimed and on no call', () => {
  it('is called by whoever comes next', async () => {
    const dialer = trouble({ waiting: ['lee'], session: { wakeAt: secondsAfter(3600) } });
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

  it('is left in peace for ten minutes when the phone rang just before', async () => {
    const dialer = trouble({
      live: [aRingingCall('lee')],
      session: { wakeAt: secondsAfter(3600) },
    });
    dialer.state.putCall(aCompletedCall('lee'));
    await dialer.at(30);
    expect(dialer.item('lee')).toMatchObject({ state: 'PENDING', dueAt: secondsAfter(630) });
  });
});

it('a call that the CRM was never due to get, and an event that nobody was due to read, are due now', async () => {
  const dialer = trouble({ live: [aRingingCall('a')], session: { wakeAt: secondsAfter(3600) } });
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

it('what cannot be mended does not keep the rest from being mended', async () => {
  const { ports, woken } = trouble();
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
