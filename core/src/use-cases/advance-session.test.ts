import {
  aConversation,
  aQueuedCall,
  aRingingCall,
  PHONE_APP,
  secondsAfter,
} from '@outdial/testing/builders';
import { aSmallDialer } from '@outdial/testing/builders/small-dialer';
import { describe, expect, it } from 'vitest';
import type { Availability } from '../ports/telephony.js';
import type { Session } from '../session/session.js';
import { advanceSession } from './advance-session.js';
import { controlSession } from './control-session.js';
import { placeCall } from './place-call.js';
import { startSession } from './start-session.js';

const now = secondsAfter(4 * 3600);

describe('before a round, where the provider knows whether the agent is there', () => {
  it.each<[string, Availability, Partial<Session>]>([
    ['an agent who is there is called for', { kind: 'ready' }, { status: 'RUNNING', reason: null }],
    [
      'do not disturb pauses the session and says why',
      { kind: 'away', because: 'do_not_disturb', message: 'DND' },
      { status: 'PAUSED', reason: 'agent_do_not_disturb' },
    ],
    [
      'an offline agent pauses the session and says why',
      { kind: 'away', because: 'offline', message: 'Offline' },
      { status: 'PAUSED', reason: 'agent_offline' },
    ],
    [
      'an agent on another call is asked again soon',
      { kind: 'busy', message: 'On a call' },
      { status: 'RUNNING', reason: 'agent_busy', wakeAt: secondsAfter(3, now) },
    ],
    [
      'a provider that does not answer is asked again after a growing while',
      { kind: 'unreachable', message: 'Down' },
      { status: 'RUNNING', reason: 'provider_unavailable', wakeAt: secondsAfter(2, now) },
    ],
  ])('%s', async (_, availability, expected) => {
    const dialer = aSmallDialer({ waiting: ['a'], capabilities: PHONE_APP, now });
    dialer.answers.availability = availability;
    await advanceSession(dialer.ports, 'session');
    expect(dialer.session()).toMatchObject(expected);
    const claimed = availability.kind === 'ready' ? 'CLAIMED' : 'PENDING';
    expect(dialer.item('a')?.state).toBe(claimed);
  });

  it('an agent who stays busy is asked less and less often, and never left alone for long', async () => {
    const dialer = aSmallDialer({ waiting: ['a'], capabilities: PHONE_APP, now });
    dialer.answers.availability = { kind: 'busy', message: 'On a call' };
    const waits: number[] = [];
    let at = now;
    for (let asked = 0; asked < 7; asked += 1) {
      dialer.moveTo(at);
      await advanceSession(dialer.ports, 'session');
      const wakeAt = dialer.session()?.wakeAt ?? at;
      waits.push((wakeAt.getTime() - at.getTime()) / 1000);
      at = wakeAt;
    }
    expect(waits.map(Math.round)).toEqual([3, 3, 3, 5, 7, 10, 15]);
  });

  it('any answer of the provider ends the outage, whatever it says about the agent', async () => {
    const outage = { since: now, failures: 2, message: 'Down', retryAt: now };
    const dialer = aSmallDialer({
      waiting: ['a'],
      capabilities: PHONE_APP,
      session: { outage, reason: 'provider_unavailable' },
      now,
    });
    dialer.answers.availability = { kind: 'busy', message: 'On a call' };
    await advanceSession(dialer.ports, 'session');
    expect(dialer.session()).toMatchObject({ reason: 'agent_busy', outage: null });
  });

  it('the provider is not asked while a conversation goes on', async () => {
    const dialer = aSmallDialer({ live: [aConversation('a')], capabilities: PHONE_APP, now });
    dialer.answers.availability = { kind: 'away', because: 'offline', message: 'Offline' };
    await advanceSession(dialer.ports, 'session');
    expect(dialer.session()).toMatchObject({ status: 'RUNNING' });
  });
});

describe('a session whose connection was disabled or removed', () => {
  const elsewhere = { provider: 'sandbox' } as const;

  it('a session whose connection was disabled or removed is paused and says why, and does not go on through another connection', async () => {
    const dialer = aSmallDialer({ waiting: ['a'], session: elsewhere, now });
    await advanceSession(dialer.ports, 'session');
    expect(dialer.session()).toMatchObject({
      status: 'PAUSED',
      reason: 'connection_unavailable',
      outage: { message: expect.stringContaining('sandbox') },
    });
    expect(dialer.item('a')?.state).toBe('PENDING');
  });

  it('a session whose connection was disabled or removed has its claimed calls given back, as they were cleared for its own connection (P8)', async () => {
    const queued = aQueuedCall('a', elsewhere);
    const dialer = aSmallDialer({ live: [queued], session: elsewhere, now: queued.placeAt });
    await placeCall(dialer.ports, 'a');
    expect(dialer.ordered).toEqual([]);
    expect(dialer.call('a')).toMatchObject({ outcome: 'CANCELED_BY_DIALER', dialedAt: null });
    expect(dialer.item('a')).toMatchObject({ state: 'PENDING', attempts: 0 });
    expect(dialer.session()).toMatchObject({ status: 'PAUSED', reason: 'connection_unavailable' });
  });
});

describe('placing a call', () => {
  const claimedOne = async () => {
    const dialer = aSmallDialer({ waiting: ['a'], now });
    await advanceSession(dialer.ports, 'session');
    return dialer;
  };

  it('a call is placed once, however many workers try (P3)', async () => {
    const dialer = await claimedOne();
    await Promise.all([1, 2, 3].map(() => placeCall(dialer.ports, 'new-1')));
    await placeCall(dialer.ports, 'new-1');
    expect(dialer.ordered.map(({ callId }) => callId)).toEqual(['new-1']);
    expect(dialer.call('new-1')).toMatchObject({ state: 'DIALING', placement: 'ACCEPTED' });
  });

  it('placing a call does not happen for a number that was suppressed after the claim (P8)', async () => {
    const dialer = await claimedOne();
    const { phone } = dialer.call('new-1') ?? {};
    dialer.state.suppress({ phone: phone ?? '', reason: 'Asked by letter', source: 'person' });
    await placeCall(dialer.ports, 'new-1');
    expect(dialer.ordered).toEqual([]);
    expect(dialer.call('new-1')).toMatchObject({ outcome: 'CANCELED_BY_DIALER', dialedAt: null });
    expect(dialer.item('a')).toMatchObject({ state: 'SUPPRESSED' });
  });

  it('placing a call does not happen once the calling window has closed (P8)', async () => {
    const dialer = aSmallDialer({ waiting: ['a'], capabilities: PHONE_APP, now });
    await advanceSession(dialer.ports, 'session');
    dialer.moveTo(new Date('2026-01-16T02:00:00Z'));
    await placeCall(dialer.ports, 'new-1');
    expect(dialer.ordered).toEqual([]);
    expect(dialer.item('a')).toMatchObject({ state: 'PENDING', attempts: 0 });
  });
});

describe('a session', () => {
  const settings = aSmallDialer().session()?.settings;
  if (settings === undefined) throw new Error('There should be a session.');
  const wish = {
    agentId: 'ada',
    queueId: 'queue',
    connectionId: 'simulator',
    lines: 1,
    afterConnect: 'stop',
    settings,
  } as const;

  it('a session is refused on a connection that is not open, with the reason', async () => {
    const { ports } = aSmallDialer({ session: { status: 'STOPPED' } });
    expect(await startSession(ports, { ...wish, connectionId: 'sandbox' })).toEqual({
      kind: 'connection_unavailable',
      message: expect.stringContaining('sandbox'),
    });
  });

  it('a session is refused with more lines than the provider has', async () => {
    const { ports } = aSmallDialer({ capabilities: PHONE_APP });
    expect(await startSession(ports, { ...wish, lines: 2 })).toEqual({
      kind: 'too_many_lines',
      max: 1,
    });
  });

  it('a second session of an agent is refused, and a session of an unknown agent or queue', async () => {
    const busy = aSmallDialer();
    expect(await startSession(busy.ports, wish)).toEqual({ kind: 'agent_busy' });
    const { ports } = aSmallDialer({ session: { status: 'STOPPED' } });
    expect(await startSession(ports, { ...wish, agentId: 'unknown' })).toEqual({
      kind: 'unknown_agent',
    });
    expect(await startSession(ports, { ...wish, queueId: 'none' })).toEqual({
      kind: 'unknown_queue',
    });
  });

  it('a session runs at once, and its first round is on its way', async () => {
    const { ports, woken } = aSmallDialer({ session: { status: 'STOPPED' } });
    const started = await startSession(ports, wish);
    expect(started).toMatchObject({ kind: 'started', session: { status: 'RUNNING', round: 1 } });
    expect(woken).toMatchObject([{ job: 'advance-session' }]);
  });

  it('a session that is stopped has its ringing calls hung up at once', async () => {
    const { ports, woken } = aSmallDialer({ live: [aRingingCall('a')], now });
    expect(await controlSession(ports, 'session', 'stop')).toMatchObject({ kind: 'changed' });
    expect(woken).toContainEqual({ job: 'hang-up-call', id: 'a', at: now });
    expect(await controlSession(ports, 'session', 'stop')).toEqual({
      kind: 'refused',
      because: 'session_stopped',
    });
    expect(await controlSession(ports, 'none', 'stop')).toEqual({ kind: 'not_found' });
  });
});
