import type { Call, CrmActivity, Metrics } from '@outdial/protocol';
import { expect } from 'vitest';
import { OUTCOME_TABLE } from './outcome-table.js';

/** The largest number of concurrent calls in the history. */
export function mostConcurrentCalls(calls: readonly Call[]): number {
  const steps = calls.flatMap((call) => [
    { at: call.queued_at, change: 1 },
    { at: call.ended_at ?? '9999', change: -1 },
  ]);
  // At the same time, an end comes first: it frees the line for the next call.
  steps.sort((a, b) => (a.at === b.at ? a.change - b.change : a.at < b.at ? -1 : 1));
  let live = 0;
  let most = 0;
  for (const { change } of steps) {
    live += change;
    most = Math.max(most, live);
  }
  return most;
}

/** Design, section 5: disposition and note follow from the outcome unless the agent chose others. */
export function expectDocumentedDispositions(calls: readonly Call[]): void {
  for (const call of calls) {
    expect(call.state).toBe('COMPLETED');
    const outcome = call.outcome ?? 'FAILED';
    expect({ outcome, disposition: call.disposition, notes: call.notes }).toEqual({
      outcome: call.outcome,
      disposition: OUTCOME_TABLE[outcome].disposition,
      notes: OUTCOME_TABLE[outcome].note,
    });
  }
}

/** P6: one activity per call, no more and no less, with the same content as the history. */
export function expectOneActivityEach(
  calls: readonly Call[],
  activities: readonly CrmActivity[],
): void {
  const byCall = new Map<string, CrmActivity[]>();
  for (const activity of activities) {
    const { call_id: id } = activity;
    byCall.set(id, [...(byCall.get(id) ?? []), activity]);
  }
  expect([...byCall.keys()].sort()).toEqual(calls.map((call) => call.id).sort());
  for (const call of calls) {
    expect(call.crm_state).toBe('SYNCED');
    const [activity, ...more] = byCall.get(call.id) ?? [];
    expect(more, `more than one activity of call ${call.id}`).toEqual([]);
    expect(activity).toMatchObject({
      id: expect.stringMatching(/^MOCK-[0-9A-F]{8}$/),
      contact_external_id: expect.stringMatching(/^CRM-[0-9A-F]{8}$/),
      outcome: call.outcome,
      disposition: call.disposition,
      notes: call.notes,
    });
    expect(call.crm_activity_id).toBe(activity?.id);
  }
}

/** P10: metrics are sums over calls. */
export function metricsOf(calls: readonly Call[]): Metrics {
  const count = (metric: 'connected' | 'failed' | 'canceled') =>
    calls.filter((call) => call.outcome !== null && OUTCOME_TABLE[call.outcome].metric === metric)
      .length;
  return {
    attempted: calls.length,
    connected: count('connected'),
    failed: count('failed'),
    canceled: count('canceled'),
  };
}
