import { aRingingCall, aScene, NOON, WIRED } from '@outdial/testing/builders';
import { aSmallDialer } from '@outdial/testing/builders/small-dialer';
import { expect, it } from 'vitest';
import type { CallFacts } from '../call/facts.js';
import { aroundCarriers } from '../ports/carriers.js';
import { receiveProviderEvent } from './receive-provider-event.js';

/** One call that rings, and an event that says more of it. */
function ringing(pauseWhenAwaySeconds: number, facts: CallFacts) {
  const { settings } = aScene([]).session;
  const dialer = aSmallDialer({
    live: [aRingingCall('a', { provider: 'simulator' }), aRingingCall('b')],
    capabilities: { ...WIRED, presenceBy: 'screen' },
    atScreen: false,
    session: { settings: { ...settings, pauseWhenAwaySeconds } },
    now: NOON,
  });
  const carriers = aroundCarriers(dialer.ports.carriers, (telephony) => ({
    ...telephony,
    interpret: () => ({
      kind: 'call' as const,
      match: { callId: 'a' },
      facts,
      manualIfUnmatched: false,
    }),
  }));
  const receive = (dedupeKey: string) =>
    receiveProviderEvent(
      { ...dialer.ports, carriers },
      { provider: 'simulator', dedupeKey, payload: {} },
    );
  return { dialer, receive };
}

it('an event about a call that is remembered is decided as it arrives, and no job has to look at it', async () => {
  const { dialer, receive } = ringing(0, { answeredAt: NOON, answeredBy: 'PERSON' });
  expect(await receive('one')).toBe('stored');
  expect(dialer.call('a')).toMatchObject({ state: 'IN_PROGRESS', winner: true });
  expect([...dialer.state.events.values()]).toMatchObject([{ state: 'PROCESSED', callId: 'a' }]);
  const jobs = dialer.woken.map(({ job, id }) => `${job} ${id}`);
  expect(jobs).toContain('hang-up-call b');
  expect(jobs.some((job) => job.startsWith('process-event'))).toBe(false);
  expect(await receive('one')).toBe('duplicate');
});

it('a call that is answered while no screen of the agent is live is no conversation, however its event is decided', async () => {
  const { dialer, receive } = ringing(60, { answeredAt: NOON, answeredBy: 'PERSON' });
  await receive('one');
  expect(dialer.call('a')).toMatchObject({ state: 'IN_PROGRESS', winner: false });
  expect(dialer.session()?.winnerCallId).toBeNull();
});

it('a time of the provider that is not possible is logged, also when its event is decided as it arrives', async () => {
  const in2100 = new Date('2100-01-01T00:00:00.000Z');
  const { dialer, receive } = ringing(0, { answeredAt: in2100, answeredBy: 'PERSON' });
  await receive('one');
  expect(dialer.call('a')).toMatchObject({ state: 'IN_PROGRESS', answeredAt: NOON });
  expect(dialer.noted).toContainEqual(
    expect.objectContaining({ event: 'provider time not possible', callId: 'a' }),
  );
});
