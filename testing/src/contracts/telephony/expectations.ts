import type { CallFacts } from '@outdial/core';
import { expect } from 'vitest';
import { asStored, ROUNDING_MS, SOON_MS, type Trial, type TrialCall } from './telephony-trial.js';

/** Asks for the hang-up; false where the provider cannot, after making sure that it says so and leaves the call alone. */
export async function hangsUp(trial: Trial, call: TrialCall): Promise<boolean> {
  const { telephony } = trial.harness;
  if (telephony.capabilities.canHangUp) {
    expect(await telephony.hangUp(await trial.refOf(call))).toEqual({ kind: 'done' });
    return true;
  }
  const before = await trial.factsOf(call);
  expect(await telephony.hangUp(await trial.refOf(call))).toEqual({ kind: 'unsupported' });
  expect((await trial.factsOf(call)).endedAt).toEqual(before.endedAt);
  return false;
}

export async function expectNothingHappened(trial: Trial, call: TrialCall): Promise<void> {
  await trial.harness.advance(SOON_MS);
  expect(await trial.eventsOf(call)).toEqual([]);
  const answer = await trial.harness.telephony.lookUp(await trial.refOf(call));
  expect(answer).toEqual({ kind: 'not_found' });
}

export async function expectLookUpAgrees(
  trial: Trial,
  call: TrialCall,
  told: CallFacts,
): Promise<void> {
  const answer = await trial.harness.telephony.lookUp(await trial.refOf(call));
  const essence = ({ providerCallId, answeredAt, answeredBy, endedAt, endCause }: CallFacts) => ({
    providerCallId,
    answeredAt,
    answeredBy,
    endedAt,
    endCause,
  });
  expect(answer.kind).toBe('found');
  if (answer.kind === 'found') expect(essence(answer.facts)).toEqual(essence(told));
}

export function expectUnanswered(facts: CallFacts): void {
  expect(facts.answeredAt).toBeUndefined();
  expect(facts.answeredBy).toBeUndefined();
}

export function expectTimesInOrder(facts: CallFacts, call: TrialCall, now: Date): void {
  const times = [facts.ringingAt, facts.answeredAt, facts.endedAt].filter((at) => at !== undefined);
  const asNumbers = times.map((at) => at.getTime());
  expect(asNumbers).toEqual([...asNumbers].sort((a, b) => a - b));
  expect(asNumbers[0]).toBeGreaterThanOrEqual(call.dialedAt.getTime() - ROUNDING_MS);
  expect(asNumbers.at(-1)).toBeLessThanOrEqual(now.getTime() + ROUNDING_MS);
}

export function expectSoundTimes({ ringingAt, answeredAt, endedAt }: CallFacts): void {
  for (const at of [ringingAt, answeredAt, endedAt]) {
    if (at !== undefined) expect(Number.isNaN(at.getTime())).toBe(false);
  }
}

export function expectIgnored(event: { kind: string; reason?: string }): void {
  expect(event).toEqual({ kind: 'ignored', reason: expect.stringMatching(/\w/) });
}

/** Messages are for people, and phone numbers are personal. */
export function expectMessage({ answer, order }: TrialCall): void {
  if (answer.kind === 'accepted') return;
  expect(answer.message).toMatch(/\w/);
  expect(answer.message).not.toContain(order.to);
}

/** A copy with one value, found by counting through all of them, replaced or taken away. */
export function damaged(payload: unknown, place: number, damage: unknown): unknown {
  let left = place;
  const copy = (value: unknown): unknown => {
    if (left-- === 0) return damage;
    if (Array.isArray(value)) return value.map(copy);
    if (typeof value === 'object' && value !== null) {
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copy(inner)]));
    }
    return value;
  };
  return asStored(copy(payload) ?? null);
}
