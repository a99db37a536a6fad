import {
  aroundCarriers,
  hangUpCall,
  type InterpretedEvent,
  processProviderEvent,
} from '@outdial/core';
import { aRingingCall, secondsAfter } from '@outdial/testing/builders';
import { aSmallDialer } from '@outdial/testing/builders/small-dialer';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { createMeasuredPorts } from './measured-ports.js';

it.each([
  ['our id', { callId: 'answered' }],
  ['the provider’s id', { providerCallId: 'theirs' }],
])(
  'an answer that comes under %s counts: how soon it was applied, and the other line cancelled',
  async (_, match) => {
    const { ports, moveTo, call } = aSmallDialer({
      live: [
        aRingingCall('answered', { provider: 'simulator', providerCallId: 'theirs' }),
        aRingingCall('other', { provider: 'simulator', providerCallId: 'another' }),
      ],
    });
    const told: InterpretedEvent = {
      kind: 'call',
      match,
      facts: { answeredAt: secondsAfter(8), answeredBy: 'PERSON' },
      manualIfUnmatched: false,
    };
    const registry = new Registry();
    const measured = createMeasuredPorts(registry)({
      ...ports,
      carriers: aroundCarriers(ports.carriers, (telephony) => ({
        ...telephony,
        interpret: () => told,
      })),
    });
    await measured.inbox.store({
      id: 'event',
      provider: 'simulator',
      dedupeKey: 'event',
      callKey: 'theirs',
      payload: null,
      receivedAt: secondsAfter(9),
      ignoredBecause: null,
    });
    moveTo(secondsAfter(10));
    await processProviderEvent(measured, 'event');
    expect(call('answered')).toMatchObject({ state: 'IN_PROGRESS', winner: true });
    moveTo(secondsAfter(12));
    await hangUpCall(measured, 'other');

    const lines = (await registry.metrics()).split('\n');
    expect(lines).toContain('outdial_event_to_applied_seconds_sum 1');
    expect(lines).toContain('outdial_answer_to_cancel_seconds_sum 3');
  },
);
