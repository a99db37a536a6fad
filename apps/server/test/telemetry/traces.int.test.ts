import { expect, onTestFinished, test } from 'vitest';
import {
  type OtlpReceiver,
  type ReceivedSpan,
  startOtlpReceiver,
} from '../harness/otlp-receiver.js';
import { startServer } from '../harness/running-server.js';
import { ANSWERS, RINGS_OUT, shift } from '../harness/shift.js';

async function receiver(): Promise<OtlpReceiver> {
  const started = await startOtlpReceiver();
  onTestFinished(() => started.close());
  return started;
}

const traceOf = (spans: readonly ReceivedSpan[], id: string) =>
  spans.filter(({ traceId }) => traceId === id.replaceAll('-', ''));

test('a call can be followed from the click that began its session to the CRM, by its own id', async () => {
  const collector = await receiver();
  const server = await startServer({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint });
  const session = await shift(server, [ANSWERS]);
  const [call] = session.history;
  await server.request('POST', `/api/calls/${call.id}/disposition`, {
    disposition: call.disposition,
    notes: 'Asked for the price list',
  });
  await server.close();

  const spans = collector.spans();
  const ofCall = traceOf(spans, call.id);
  const names = ofCall.map(({ name }) => name);
  for (const expected of [
    'call',
    'claim',
    'job place-call',
    'simulator place',
    'job sync-call',
    'POST /api/calls/:id/disposition',
  ]) {
    expect(names).toContain(expected);
  }
  expect(names.some((name) => name.endsWith('put activity'))).toBe(true);
  // Decided as it arrived, or from the inbox.
  expect(names.some((name) => name.startsWith('provider event '))).toBe(true);

  // One tree: the call itself, and all else below it.
  const [root, ...others] = ofCall.filter(({ parentSpanId }) => parentSpanId === null);
  expect(others).toEqual([]);
  expect(root).toMatchObject({ name: 'call', attributes: { 'outdial.call.outcome': 'CONNECTED' } });
  const known = new Set(ofCall.map(({ spanId }) => spanId));
  expect(ofCall.filter((span) => span.parentSpanId && !known.has(span.parentSpanId))).toEqual([]);
  for (const span of ofCall) expect(span.endMs).toBeGreaterThanOrEqual(span.startMs);

  // The request that began it all is in the session's trace, to which the claim of the call leads.
  const [link] = ofCall.find(({ name }) => name === 'claim')?.links ?? [];
  const ofSession = traceOf(spans, session.id);
  expect(link?.traceId).toBe(ofSession[0]?.traceId);
  expect(ofSession.find(({ spanId }) => spanId === link?.spanId)?.name).toBe('job advance-session');
  const sessionNames = ofSession.map(({ name }) => name);
  expect(sessionNames).toContain('POST /api/dialer/start');
  expect(sessionNames).toContain('session');
});

test('traces hold nothing about the people who are called', async () => {
  const collector = await receiver();
  const server = await startServer({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint });
  const session = await shift(server, [ANSWERS, RINGS_OUT], 2);
  await server.request('POST', `/api/calls/${session.history[0].id}/disposition`, {
    disposition: session.history[0].disposition,
    notes: 'Her mother is ill',
  });
  await server.close();
  expect(collector.spans().length).toBeGreaterThan(10);
  for (const personal of ['9075550110', '9075550120', 'Grace', 'Hopper', 'mother']) {
    expect(collector.raw()).not.toContain(personal);
  }
});

test('a collector that is away costs neither calls nor more than one line of the log', async () => {
  const collector = await startOtlpReceiver();
  await collector.close();
  const server = await startServer({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint });
  const session = await shift(server, [ANSWERS, RINGS_OUT]);
  await server.close();
  expect(session.metrics).toMatchObject({ attempted: 2, connected: 1, failed: 1 });
  const told = server.logged.filter(({ msg }) => msg === 'traces could not be sent');
  expect(told).toHaveLength(1);
});
