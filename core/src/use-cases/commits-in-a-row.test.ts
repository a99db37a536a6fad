import { aRingingCall, WIRED } from '@outdial/testing/builders';
import { aSmallDialer, type SmallDialerOptions } from '@outdial/testing/builders/small-dialer';
import { expect, it } from 'vitest';
import type { CallFacts } from '../call/facts.js';
import { aroundCarriers } from '../ports/carriers.js';
import { advanceSession } from './advance-session.js';
import { begunCalls } from './begun-calls.js';
import type { DialerPorts } from './dialer-ports.js';
import { hangUpCall } from './hang-up-call.js';
import { placeCall } from './place-call.js';
import { receiveProviderEvent } from './receive-provider-event.js';

const at = new Date('2026-01-15T16:00:00.000Z');

/** What only reads. Every other method of these stores is a commit, and counts as one. */
const READS: ReadonlySet<string> = new Set<keyof DialerPorts['store'] | 'lastLive'>([
  'findSession',
  'findOpenSession',
  'findAgent',
  'findCall',
  'peek',
  'isKnownToBeOver',
  'recall',
  'findPlacedCall',
  'wasClosedUnknown',
  'findCallByProviderId',
  'findAgentAtProvider',
  'sessionsOn',
  'openWork',
  'lastLive',
]);

/**
 * Hands in an event about the ringing call `a` and does the work that it wakes, until the phones are asked for the first time.
 * Answers the commits that had to be waited for until then, in order, and what was asked.
 */
async function untilAsked(options: SmallDialerOptions, facts: CallFacts) {
  const dialer = aSmallDialer({ capabilities: WIRED, now: at, ...options });
  const steps: string[] = [];
  const noting = <T extends object>(port: T): T =>
    new Proxy(port, {
      get(target, name, receiver) {
        const value: unknown = Reflect.get(target, name, receiver);
        if (typeof value !== 'function') return value;
        return (...given: unknown[]) => {
          const done = Reflect.apply(value, target, given) as unknown;
          if (READS.has(String(name)) || !(done instanceof Promise)) return done;
          return done.then((answer: unknown) => {
            // Decided to do nothing: nothing was written.
            if (answer !== 'not_now' && answer !== null) steps.push(String(name));
            return answer;
          });
        };
      },
    });
  const ports: DialerPorts = {
    ...dialer.ports,
    store: noting(dialer.ports.store),
    inbox: noting(dialer.ports.inbox),
    presence: noting(dialer.ports.presence),
    begunCalls: begunCalls(),
    carriers: aroundCarriers(dialer.ports.carriers, (telephony) => ({
      ...telephony,
      interpret: () => ({ kind: 'call', match: { callId: 'a' }, facts, manualIfUnmatched: false }),
      place: (order) => {
        steps.push('asked to place');
        return telephony.place(order);
      },
      hangUp: (ref) => {
        steps.push(`asked to hang up ${ref.callId}`);
        return telephony.hangUp(ref);
      },
    })),
  };
  await receiveProviderEvent(ports, { provider: 'simulator', dedupeKey: 'one', payload: {} });
  for (let hint = dialer.woken.shift(); hint !== undefined; hint = dialer.woken.shift()) {
    if (steps.some((step) => step.startsWith('asked'))) break;
    if (hint.job === 'advance-session') await advanceSession(ports, hint.id);
    if (hint.job === 'place-call') await placeCall(ports, hint.id);
    if (hint.job === 'hang-up-call') await hangUpCall(ports, hint.id);
  }
  return steps.slice(0, steps.findIndex((step) => step.startsWith('asked')) + 1);
}

it('one commit is waited for between the event that a person answered and the request to hang up the other line', async () => {
  const live = [aRingingCall('a', { provider: 'simulator' }), aRingingCall('b')];
  const steps = await untilAsked({ live }, { answeredAt: at, answeredBy: 'PERSON' });
  expect(steps).toEqual(['changeOnArrival', 'asked to hang up b']);
});

it('two commits are waited for between the event that a call ended and the request to place the next', async () => {
  const live = [aRingingCall('a', { provider: 'simulator' })];
  const steps = await untilAsked({ live, waiting: ['b'] }, { endedAt: at });
  expect(steps).toEqual(['changeOnArrival', 'fillLines', 'asked to place']);
});
