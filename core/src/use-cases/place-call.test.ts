import { aQueuedCall, secondsAfter } from '@outdial/testing/builders';
import { aSmallDialer } from '@outdial/testing/builders/small-dialer';
import { expect, it } from 'vitest';
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

it('nobody’s phone rings when it took too long to begin; the call is placed later', async () => {
  const { ports, ordered, call, session } = aDialerThatIsHeldUp(6);
  await placeCall(ports, 'call');
  expect(ordered).toEqual([]);
  expect(call('call')).toMatchObject({ state: 'QUEUED' });
  expect(session()).toMatchObject({ status: 'RUNNING', reason: 'provider_trouble' });
});

it('nobody’s phone rings for a call that others have looked for in vain and closed', async () => {
  const dialer = aDialerThatIsHeldUp(60, async () => {
    for (const seconds of [21, 42]) {
      dialer.moveTo(secondsAfter(seconds));
      await checkCall(dialer.ports, 'call');
    }
  });
  await placeCall(dialer.ports, 'call');
  expect(dialer.ordered).toEqual([]);
  expect(dialer.call('call')).toMatchObject({ state: 'COMPLETED', outcome: 'FAILED' });
});
