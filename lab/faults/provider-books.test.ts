import type { MockCall, Order } from '@outdial/aircall/mock';
import type { Call } from '@outdial/core';
import { aCompletedCall, aRingingCall, NOON, secondsAfter } from '@outdial/testing/builders';
import { expect, test } from 'vitest';
import { neverTwoAtOnce, seenByAircall } from './provider-books.js';

const PHONE = '+12025550101';

const orderAt = (seconds: number, more: Partial<Order> = {}): Order => ({
  atMs: secondsAfter(seconds).getTime(),
  userId: 1,
  numberId: 1234,
  to: PHONE,
  status: 204,
  callId: null,
  ...more,
});

const atProvider = (id: number, from: number, to: number | null, userId = 1): MockCall =>
  ({
    id,
    phoneNumber: PHONE,
    userId,
    status: to === null ? 'initial' : 'done',
    startedAtMs: secondsAfter(from).getTime(),
    answeredAtMs: null,
    endedAtMs: to === null ? null : secondsAfter(to).getTime(),
  }) as MockCall;

const ours = (id: string, more: Partial<Call> = {}): Call =>
  ({
    ...aCompletedCall(id, { outcome: 'NO_ANSWER' }),
    phone: PHONE,
    dialedAt: NOON,
    ...more,
  }) as Call;

test('two orders for one call of ours are seen as that call placed twice', () => {
  const books = {
    calls: [atProvider(7, 0, 10), atProvider(8, 20, 30)],
    orders: [orderAt(0, { callId: 7 }), orderAt(20, { callId: 8 })],
  };
  const { seen } = seenByAircall(books, [ours('call', { providerCallId: '7' })]);
  expect(seen.map(({ callId }) => callId)).toEqual(['call', 'call']);
});

test('an order belongs to the last call that was dialed before it, and a later call is not blamed', () => {
  const books = { calls: [atProvider(7, 5, 10)], orders: [orderAt(5, { callId: 7 })] };
  const calls = [ours('first'), ours('later', { dialedAt: secondsAfter(60) })];
  expect(seenByAircall(books, calls).seen.map(({ callId }) => callId)).toEqual(['first']);
});

test('a phone that rang without a call of the dialer is a broken promise', () => {
  const books = { calls: [atProvider(7, 0, 10)], orders: [orderAt(0, { callId: 7 })] };
  expect(seenByAircall(books, []).breaches).toMatchObject([{ promise: 'P3' }]);
});

test('an order that was refused, or taken and forgotten, rang nowhere', () => {
  const orders = [orderAt(0, { status: 405 }), orderAt(1)];
  expect(seenByAircall({ calls: [], orders }, [ours('call')])).toEqual({ seen: [], breaches: [] });
});

test('a call that the provider still carries is seen as live', () => {
  const books = { calls: [atProvider(7, 0, null)], orders: [orderAt(0, { callId: 7 })] };
  const { seen } = seenByAircall(books, [
    { ...aRingingCall('call'), phone: PHONE, dialedAt: NOON },
  ]);
  expect(seen).toMatchObject([{ callId: 'call', live: true }]);
});

test('calls to one number that overlap are found, also when an agent has them both', () => {
  const apart = [atProvider(1, 0, 10), atProvider(2, 10, 20)];
  expect(neverTwoAtOnce(apart, 1)).toEqual([]);
  const together = [atProvider(1, 0, 10, 1), atProvider(2, 9, 20, 2)];
  expect(neverTwoAtOnce(together, 1)).toMatchObject([{ promise: 'P1' }]);
  const ofOneAgent = [atProvider(1, 0, null), { ...atProvider(2, 9, 20), phoneNumber: '+1' }];
  expect(neverTwoAtOnce(ofOneAgent, 1)).toMatchObject([{ promise: 'P9' }]);
});

test('on a fast provider a call is over sooner than its times say', () => {
  const calls = [atProvider(1, 0, 40), atProvider(2, 2, 42)];
  expect(neverTwoAtOnce(calls, 40)).toEqual([]);
  expect(neverTwoAtOnce(calls, 10)).not.toEqual([]);
});
