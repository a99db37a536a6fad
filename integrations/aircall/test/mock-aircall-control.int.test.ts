import { afterEach, describe, expect, it, vi } from 'vitest';
import { clockOn, createMockAircall } from '../mock/index.js';
import { openStage, type Stage } from './mock-aircall-stage.js';

let stage: Stage;
afterEach(() => stage.close());

const lead = '+12025550143';
const path = '/v1/users/456/calls';

describe('bad days of the API', () => {
  it('the mock can refuse a call without placing it', async () => {
    stage = await openStage();
    stage.control.addApiFault({ path: '/v1/users/*/calls', mode: 'status', status: 500, count: 1 });
    expect((await stage.order(lead)).status).toBe(500);
    expect(stage.control.callCounts()).toEqual({});
    expect((await stage.order(lead)).status).toBe(204);
  });

  it('the mock can place a call and lose the answer', async () => {
    stage = await openStage();
    stage.control.addApiFault({
      method: 'POST',
      path: '/v1/users/:id/calls',
      mode: 'status',
      executed: true,
      count: 1,
    });
    expect((await stage.order(lead)).status).toBe(500);
    expect(stage.control.callCounts()).toEqual({ [lead]: { ordersAccepted: 1, calls: 1 } });
  });

  it('the mock can answer 429 with its headers before the limit is reached', async () => {
    stage = await openStage();
    stage.control.addApiFault({ path: '*', mode: 'status', status: 429, count: 1 });
    const answer = await stage.api('GET', '/v1/ping');
    expect([answer.status, answer.headers.get('x-aircallapi-remaining')]).toEqual([429, '0']);
  });

  it.each([true, false])(
    'the mock can answer with invalid data (executed: %s)',
    async (executed) => {
      stage = await openStage();
      stage.control.addApiFault({ path, mode: 'garbage', executed });
      const answer = await stage.order(lead);
      expect([answer.status, answer.text.startsWith('<html>')]).toEqual([200, true]);
      expect(stage.control.calls()).toHaveLength(executed ? 1 : 0);
    },
  );

  it.each([true, false])('the mock can cut the connection (executed: %s)', async (executed) => {
    stage = await openStage();
    stage.control.addApiFault({ path, mode: 'cut', executed });
    await expect(stage.order(lead)).rejects.toThrow('fetch failed');
    expect(stage.control.calls()).toHaveLength(executed ? 1 : 0);
  });

  it.each([true, false])(
    'the mock can leave a request unanswered (executed: %s)',
    async (executed) => {
      stage = await openStage();
      stage.control.addApiFault({ path, mode: 'never', executed });
      const asking = stage.order(lead).catch((error: Error) => error.message);
      await vi.waitFor(() => expect(stage.control.requests()).toHaveLength(1));
      await stage.control.settle();
      expect(stage.control.calls()).toHaveLength(executed ? 1 : 0);
      await stage.mock.close();
      expect(await asking).toBe('fetch failed');
    },
  );

  it.each([true, false])(
    'can answer late, with the call placed before the wait or only after it (executed: %s)',
    async (executed) => {
      stage = await openStage();
      stage.control.addApiFault({ path, mode: 'late', delaySeconds: 30, executed });
      const asking = stage.order(lead);
      await vi.waitFor(() => expect(stage.control.apiFaults()[0]?.struck).toBe(1));
      await stage.control.settle();
      expect(stage.control.calls()).toHaveLength(executed ? 1 : 0);
      await stage.control.advance(30);
      expect((await asking).status).toBe(204);
      expect(stage.control.calls()).toHaveLength(1);
    },
  );

  it('faults affect a share of the requests, the same for the same seed', async () => {
    stage = await openStage({ seed: 7 });
    const statuses = async () => {
      stage.control.addApiFault({ path: '/v1/ping', mode: 'status', status: 503, percent: 50 });
      const seen: number[] = [];
      for (let time = 0; time < 12; time++) seen.push((await stage.api('GET', '/v1/ping')).status);
      return seen;
    };
    const first = await statuses();
    stage.control.reset();
    expect(await statuses()).toEqual(first);
    expect(new Set(first)).toEqual(new Set([200, 503]));
  });
});

describe('the control over HTTP', () => {
  const control = (method: string, route: string, body?: unknown) =>
    stage.api(method, `/_mock${route}`, body);

  it('the control lists its routes and needs no credential', async () => {
    stage = await openStage();
    const response = await fetch(`${stage.url}/_mock`, { headers: { connection: 'close' } });
    expect(await response.json()).toContainEqual(
      expect.stringContaining('PUT /_mock/fates/:phone'),
    );
  });

  it('the control scripts, orders, hangs up and counts calls', async () => {
    stage = await openStage();
    await control('PUT', `/fates/${encodeURIComponent(lead)}`, {
      kind: 'answer',
      afterSeconds: 5,
      talkSeconds: null,
    });
    await stage.order(lead);
    await stage.control.advance(10);
    const live = await control('POST', '/users/456/hang-up');
    expect(live.body.callIds).toHaveLength(1);
    const calls = await control('GET', '/calls');
    expect(calls.body).toMatchObject({
      calls: [{ status: 'done', endedBy: 'agent' }],
      byNumber: { [lead]: { ordersAccepted: 1, calls: 1 } },
    });
    expect((await control('GET', '/orders')).body).toMatchObject([{ to: lead, status: 204 }]);
  });

  it('the control sets agents, settings and faults, and refuses unknown fields', async () => {
    stage = await openStage();
    await control('PUT', '/users/456/availability', { availability: 'offline' });
    expect((await stage.order(lead)).status).toBe(405);
    await control('PATCH', '/event-faults', { duplicatePercent: 50 });
    expect(stage.control.eventFaults().duplicatePercent).toBe(50);
    expect(
      (await control('PATCH', '/behaviour', { rateLimit: { perMinute: 60 } })).body,
    ).toMatchObject({
      rateLimit: { perMinute: 60, resetUnit: 's' },
    });
    expect((await control('PATCH', '/behaviour', { rateLimits: 1 })).status).toBe(400);
    expect(
      (await control('PUT', '/users/999/availability', { availability: 'offline' })).status,
    ).toBe(404);
    await control('POST', '/api-faults', { path: '/v1/ping', mode: 'status', status: 502 });
    expect((await stage.api('GET', '/v1/ping')).status).toBe(502);
    await control('DELETE', '/api-faults');
    expect((await stage.api('GET', '/v1/ping')).status).toBe(200);
  });

  it('the control resets everything except the webhooks', async () => {
    stage = await openStage();
    stage.control.setAvailability(456, 'do_not_disturb');
    await stage.order(lead, { userId: 457 });
    await control('POST', '/reset');
    await stage.control.advance(600);
    expect(stage.control.calls()).toEqual([]);
    expect(stage.control.events()).toEqual([]);
    expect(stage.control.users().map((user) => user.availability)).toEqual([
      'available',
      'available',
      'available',
    ]);
    expect(stage.control.webhooks()).toHaveLength(1);
    await control('POST', '/reset', { webhooks: 'remove' });
    expect(stage.control.webhooks()).toEqual([]);
  });
});

describe('chance', () => {
  it('the same seed gives the same fates, in the configured shares', async () => {
    stage = await openStage({ seed: 42 });
    const kinds = () => {
      const drawn: string[] = [];
      for (let index = 0; index < 400; index++) {
        drawn.push(
          stage.control.agentDials(456, `+1202555${String(index).padStart(4, '0')}`).fate.kind,
        );
      }
      return drawn;
    };
    const first = kinds();
    stage.control.reset();
    expect(kinds()).toEqual(first);
    const share = (kind: string) => first.filter((drawn) => drawn === kind).length / first.length;
    expect(share('answer')).toBeCloseTo(0.4, 1);
    expect(share('no_answer')).toBeCloseTo(0.4, 1);
    expect(share('busy')).toBeCloseTo(0.1, 1);
    expect(share('mailbox')).toBeCloseTo(0.1, 1);
  });
});

describe('time', () => {
  it('the mock can use the clock of a simulated world', async () => {
    stage = await openStage();
    const waiting: { ms: number; run: () => void }[] = [];
    const mock = createMockAircall({
      clock: clockOn({
        now: () => new Date(0),
        after: (ms, run) => {
          waiting.push({ ms, run });
          return () => {};
        },
      }),
    });
    mock.control.agentDials(456, lead);
    expect(waiting.map((timer) => timer.ms)).toEqual([2000]);
    await mock.close();
    await mock.close();
  });
});
