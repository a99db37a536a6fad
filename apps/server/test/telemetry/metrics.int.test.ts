import { expect, test } from 'vitest';
import { startServer } from '../harness/running-server.js';
import { ANSWERS, RINGS_OUT, shift } from '../harness/shift.js';

test('a shift can be read from the metrics: what was called, how quickly, and that losers were let go', async () => {
  // Slow enough that the other phone surely still rings when the first person answers.
  const server = await startServer({ SIMULATOR_SPEED: '3' });
  await shift(server, [ANSWERS, RINGS_OUT], 2);
  const text = await server.text('/metrics');
  const sum = (name: string, labels = ''): number =>
    text
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
      .filter((line) => labels.split(',').every((label) => line.includes(label)))
      .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(' '))), 0);

  expect(sum('outdial_calls_completed_total', 'outcome="CONNECTED"')).toBe(1);
  expect(sum('outdial_calls_completed_total', 'outcome="CANCELED_BY_DIALER"')).toBe(1);
  expect(sum('outdial_calls_completed_total')).toBe(2);
  expect(sum('outdial_claim_to_place_seconds_count')).toBe(2);
  const placed = 'operation="place",result="accepted"';
  expect(sum('outdial_provider_request_seconds_count', placed)).toBe(2);
  expect(sum('outdial_provider_request_seconds_count', 'operation="hang_up"')).toBe(1);
  expect(sum('outdial_answer_to_cancel_seconds_count')).toBe(1);
  const stored = sum('outdial_provider_events_received_total', 'result="stored"');
  expect(stored).toBeGreaterThanOrEqual(4);
  expect(sum('outdial_event_to_applied_seconds_count')).toBe(stored);
  expect(sum('outdial_crm_request_seconds_count', 'operation="put_activity",result="done"')).toBe(
    2,
  );
  expect(sum('outdial_job_seconds_count', 'job="sync-call",result="done"')).toBeGreaterThanOrEqual(
    2,
  );
  expect(sum('outdial_calls_live')).toBe(0);

  // A label whose values have no end would fill Prometheus: no id, no number, no name.
  expect(text).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
  expect(text).not.toMatch(/907555|Hopper/);
});
