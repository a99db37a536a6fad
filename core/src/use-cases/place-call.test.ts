import { ADA, anAskedCall, aQueuedCall, NOON, secondsAfter } from '@outdial/testing/builders';
import { aSmallDialer } from '@outdial/testing/builders/small-dialer';
import { expect, it } from 'vitest';
import { aroundCarriers } from '../ports/carriers.js';
import type { ProviderCallRef } from '../ports/telephony.js';
import { begunCalls } from './begun-calls.js';
import { checkCall } from './check-call.js';
import { placeCall } from './place-call.js';

/** The process stands still, or the database answers late, between taking the call and asking the provider. */
function aDialerThatIsHeldUp(seconds: number, meanwhile: () => Promise<void> = async () => {}) {
  const dialer = aSmallDialer({ live: [aQueuedCall('call', { provider: 'simulator' })] });
  const { store } = dialer.ports;
  const ports = {
    ...dialer.ports,
    store: {
      ...store,
      beginPlacing: async (...asked: Parameters<typeof store.beginPlacing>) => {
        const begun = await store.beginPlacing(...asked);
        await meanwhile();
        dialer.moveTo(secondsAfter(seconds));
        return begun;
      },
    },
  };
  return { ...dialer, ports };
}

it('a call that was taken for placing is placed, also by a database that takes its time', async () => {
  const { ports, ordered, call } = aDialerThatIsHeldUp(4);
  await placeCall(ports, 'call');
  expect(ordered).toHaveLength(1);
  expect(call('call')).toMatchObject({ state: 'DIALING', placement: 'ACCEPTED' });
});

it('no phone rings when the start took too long; the call is placed later', async () => {
  const { ports, ordered, call, session } = aDialerThatIsHeldUp(6);
  await placeCall(ports, 'call');
  expect(ordered).toEqual([]);
  expect(call('call')).toMatchObject({ state: 'QUEUED' });
  expect(session()).toMatchObject({ status: 'RUNNING', reason: 'provider_unavailable' });
});

it('no phone rings for a call that other nodes have looked for in vain and closed', async () => {
  const dialer = aDialerThatIsHeldUp(60, async () => {
    for (const seconds of [21, 48]) {
      dialer.moveTo(secondsAfter(seconds));
      await checkCall(dialer.ports, 'call');
    }
  });
  await placeCall(dialer.ports, 'call');
  expect(dialer.ordered).toEqual([]);
  expect(dialer.call('call')).toMatchObject({ state: 'COMPLETED', outcome: 'FAILED' });
});

it('a call that the provider takes after it was closed as never placed is hung up', async () => {
  const dialer = aSmallDialer({ live: [aQueuedCall('call', { provider: 'simulator' })] });
  const hungUp: ProviderCallRef[] = [];
  const carriers = aroundCarriers(dialer.ports.carriers, (telephony) => ({
    ...telephony,
    hangUp: async (ref) => {
      hungUp.push(ref);
      return { kind: 'done' };
    },
  }));
  dialer.answers.place = { kind: 'accepted', providerCallId: 'p1' };
  // The machine stands still behind its last look at the stopwatch, and the request leaves a minute late.
  dialer.answers.meanwhile = async () => {
    dialer.answers.meanwhile = async () => undefined;
    for (const seconds of [21, 48]) {
      dialer.moveTo(secondsAfter(seconds));
      await checkCall(dialer.ports, 'call');
    }
  };
  await placeCall({ ...dialer.ports, carriers }, 'call');
  expect(dialer.call('call')).toMatchObject({ state: 'COMPLETED', outcome: 'FAILED' });
  expect(hungUp).toMatchObject([{ callId: 'call', providerCallId: 'p1' }]);
  expect(dialer.noted).toContainEqual(
    expect.objectContaining({ level: 'error', event: 'call closed too early', callId: 'call' }),
  );
});

const cancelled = {
  cancellation: { reason: 'another_line_connected', requestedAt: NOON, askAt: NOON, asked: 0 },
} as const;

it.each([
  ['whose round has a winner meanwhile', cancelled, {}],
  ['whose session was paused meanwhile', {}, { status: 'PAUSED', reason: 'requested_by_user' }],
] as const)(
  'no phone rings for a call that waits to be placed and %s',
  async (_, changed, session) => {
    const call = anAskedCall('call', { provider: 'simulator', ...changed });
    const dialer = aSmallDialer({ live: [call], session });
    const begun = begunCalls();
    begun.add({ call, agent: ADA, ringSeconds: 25, takenAtMs: dialer.ports.stopwatchMs() });
    await placeCall({ ...dialer.ports, begunCalls: begun }, 'call');
    expect(dialer.ordered).toEqual([]);
    expect(dialer.call('call')).toMatchObject({ state: 'COMPLETED', dialedAt: null });
  },
);

it('no phone rings in a country that was taken off the list while the call waited for its turn', async () => {
  const allowing = (countries: readonly string[]) => {
    const dialer = aSmallDialer({ live: [aQueuedCall('call', { provider: 'simulator' })] });
    return { ...dialer, ports: { ...dialer.ports, allowedCountries: async () => countries } };
  };
  const closed = allowing(['DE']);
  await placeCall(closed.ports, 'call');
  expect(closed.ordered).toEqual([]);
  expect(closed.call('call')).toMatchObject({
    state: 'COMPLETED',
    reason: expect.stringContaining('country'),
  });
  const open = allowing(['US']);
  await placeCall(open.ports, 'call');
  expect(open.ordered).toHaveLength(1);
});
