import { aroundCarriers, type InterpretedEvent, processProviderEvent } from '@outdial/core';
import { aRingingCall, secondsAfter } from '@outdial/testing/builders';
import { aSmallDialer } from '@outdial/testing/builders/small-dialer';
import { expect, it } from 'vitest';
import { rootOf, type SpanSender } from './span.js';
import { createTracing } from './tracing.js';

it.each([
  ['our id', { callId: 'call' }],
  ['the provider’s id', { providerCallId: 'theirs' }],
])(
  'an event that comes under %s, and the end of its call, stand in the trace of the call',
  async (_, match) => {
    const { ports } = aSmallDialer({
      live: [aRingingCall('call', { provider: 'simulator', providerCallId: 'theirs' })],
    });
    const told: InterpretedEvent = {
      kind: 'call',
      match,
      facts: { endedAt: secondsAfter(8), endCause: 'busy' },
      manualIfUnmatched: false,
    };
    const sent: { subject: string; name: string }[] = [];
    const sender: SpanSender = {
      send(subject, { name }) {
        sent.push({ subject, name });
        return rootOf(subject);
      },
      sendWhole: (subject, { name }) => void sent.push({ subject, name }),
      close: async () => undefined,
    };
    const tracing = createTracing(sender, ports.clock);
    const traced = tracing.around({
      ...ports,
      carriers: aroundCarriers(ports.carriers, (telephony) => ({
        ...telephony,
        interpret: () => told,
      })),
    });
    await traced.inbox.store({
      id: 'event',
      provider: 'simulator',
      dedupeKey: 'event',
      callKey: 'theirs',
      payload: null,
      receivedAt: secondsAfter(9),
      ignoredBecause: null,
    });
    await tracing.job('process-event', 'event', () => processProviderEvent(traced, 'event'));
    expect(sent).toEqual(
      expect.arrayContaining([
        { subject: 'call', name: 'call' },
        { subject: 'call', name: 'job process-event' },
      ]),
    );
  },
);
