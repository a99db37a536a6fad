import { afterEach, describe, expect, it } from 'vitest';
import { allEventNames } from '../mock/index.js';
import { openStage, type Stage } from './mock-aircall-stage.js';

let stage: Stage;
afterEach(() => stage.close());

const lead = '+12025550143';
const webhookOf = (body: Readonly<Record<string, unknown>>) =>
  body.webhook as { webhook_id: string; token: string; events: string[]; active: boolean };

async function create(events?: string[]) {
  return webhookOf(
    (await stage.api('POST', '/v1/webhooks', { url: stage.receiverUrl, events })).body,
  );
}

async function playBusyCall() {
  stage.control.scriptFate(lead, { kind: 'busy' });
  await stage.order(lead);
  await stage.control.advance(60);
}

describe('subscribing', () => {
  it('a webhook without named events receives all events and has its own token', async () => {
    stage = await openStage({ subscribe: false });
    const first = await create();
    const second = await create([]);
    expect(first.events).toEqual(allEventNames);
    expect(second.events).toHaveLength(67);
    expect(first.webhook_id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4/);
    expect(first.token).not.toBe(second.token);
    const read = await stage.api('GET', `/v1/webhooks/${first.webhook_id}`);
    expect(webhookOf(read.body).token).toBe(first.token);
  });

  it('a webhook with a missing url or an unknown event, and the 101st webhook, are refused', async () => {
    stage = await openStage({ subscribe: false });
    expect((await stage.api('POST', '/v1/webhooks', {})).status).toBe(400);
    const misnamed = await stage.api('POST', '/v1/webhooks', {
      url: stage.receiverUrl,
      events: ['call.missed'],
    });
    expect(misnamed.status).toBe(400);
    stage.control.setBehaviour({ rateLimit: { perMinute: 1000 } });
    for (let count = 0; count < 100; count++) await create(['call.ended']);
    expect((await stage.api('POST', '/v1/webhooks', { url: stage.receiverUrl })).status).toBe(400);
  });

  it('a changed webhook without events receives all events again, unless events are added or removed', async () => {
    stage = await openStage({ subscribe: false });
    const { webhook_id: id } = await create(['call.created']);
    const change = async (query: string, body: unknown) =>
      webhookOf((await stage.api('PUT', `/v1/webhooks/${id}${query}`, body)).body).events;
    expect(await change('?events_action=add', { events: ['call.ended'] })).toEqual([
      'call.created',
      'call.ended',
    ]);
    expect(await change('?events_action=remove', { events: ['call.created'] })).toEqual([
      'call.ended',
    ]);
    expect(await change('?events_action=add', { active: true })).toEqual(['call.ended']);
    expect(await change('', { active: true })).toHaveLength(67);
  });

  it('a deleted webhook receives nothing', async () => {
    stage = await openStage({ subscribe: false });
    const { webhook_id: id } = await create();
    expect((await stage.api('DELETE', `/v1/webhooks/${id}`)).status).toBe(204);
    await playBusyCall();
    expect(stage.received).toEqual([]);
  });
});

describe('delivering', () => {
  it('a delivery is JSON with the token in the body and no signature', async () => {
    stage = await openStage({ subscribe: false });
    const { token } = await create(['call.created']);
    await playBusyCall();
    expect(stage.eventNames()).toEqual(['call.created']);
    expect(stage.received[0]).toMatchObject({
      resource: 'call',
      token,
      timestamp: expect.any(Number),
    });
    expect(stage.received[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'user-agent': expect.stringMatching(/^axios\//),
      'aircall-origin': 'webhooks',
    });
    expect(Object.keys(stage.received[0]?.headers ?? {})).not.toContain('x-aircall-signature');
  });

  it('a delivery is retried with growing pauses until the receiver accepts', async () => {
    stage = await openStage({ subscribe: false });
    await create(['call.created']);
    stage.receiver = 500;
    stage.control.scriptFate(lead, { kind: 'busy' });
    await stage.order(lead);
    await stage.control.advance(2 + 1 + 2);
    expect(stage.received).toHaveLength(3);
    stage.receiver = 200;
    await stage.control.advance(4);
    const [delivery] = stage.control.deliveries({ event: 'call.created' });
    expect(delivery?.state).toBe('delivered');
    expect(delivery?.attempts.map((attempt) => attempt.result)).toEqual([500, 500, 500, 200]);
  });

  it('a delivery without a response in five seconds is retried', async () => {
    stage = await openStage({ subscribe: false });
    await create(['call.created']);
    stage.receiver = 'silent';
    await stage.order(lead);
    await stage.control.advance(6.9, 40);
    expect(stage.control.deliveries()[0]?.attempts).toEqual([]);
    stage.receiver = 200;
    await stage.control.advance(1.2);
    expect(stage.control.deliveries()[0]?.attempts.map((attempt) => attempt.result)).toEqual([
      'timeout',
      200,
    ]);
  });

  it('a delivery stops after fifty retries', async () => {
    stage = await openStage({ behaviour: { delivery: { disableAfterFailures: 1000 } } });
    stage.receiver = 503;
    stage.control.setAvailability(456, 'offline');
    await stage.control.advance(24 * 3600);
    const [delivery] = stage.control.deliveries();
    expect(delivery?.state).toBe('given_up');
    expect(delivery?.attempts).toHaveLength(51);
  });

  it('a webhook is disabled after many failures and enabled by a success within twelve hours', async () => {
    stage = await openStage({
      subscribe: false,
      behaviour: { delivery: { disableAfterFailures: 3 } },
    });
    const { webhook_id: id } = await create(['call.hungup']);
    const isActive = async () =>
      webhookOf((await stage.api('GET', `/v1/webhooks/${id}`)).body).active;
    stage.receiver = 500;
    await playBusyCall();
    expect(await isActive()).toBe(false);
    await playBusyCall();
    expect(stage.control.deliveries()).toHaveLength(1);
    stage.receiver = 200;
    await stage.control.advance(3600);
    expect(await isActive()).toBe(true);
  });

  it('a webhook stays disabled after twelve hours until it is enabled by hand', async () => {
    stage = await openStage({
      subscribe: false,
      behaviour: { delivery: { disableAfterFailures: 3 } },
    });
    const { webhook_id: id } = await create(['call.hungup']);
    stage.receiver = 500;
    await playBusyCall();
    await stage.control.advance(13 * 3600);
    stage.receiver = 200;
    await stage.control.advance(13 * 3600);
    expect(stage.control.deliveries()[0]?.state).toBe('given_up');
    await stage.api('PUT', `/v1/webhooks/${id}?events_action=add`, { active: true });
    await playBusyCall();
    expect(stage.control.deliveries()[1]?.state).toBe('delivered');
  });

  it('a disabled webhook receives nothing', async () => {
    stage = await openStage();
    const [webhook] = stage.control.webhooks();
    stage.control.switchWebhookOff(webhook?.id ?? '');
    await playBusyCall();
    expect(stage.received).toEqual([]);
    expect(stage.control.events().map((event) => event.event)).toContain('call.ended');
  });
});

describe('bad days of the events', () => {
  it('a duplicated event arrives twice, unchanged', async () => {
    stage = await openStage({ eventFaults: { duplicatePercent: 100 } });
    await playBusyCall();
    expect(stage.eventNames()).toHaveLength(6);
    expect(stage.received[0]).toEqual(stage.received[1]);
  });

  it('a dropped event is built and never sent', async () => {
    stage = await openStage({ eventFaults: { dropEvents: ['call.hungup'] } });
    await playBusyCall();
    expect(stage.eventNames()).toEqual(['call.created', 'call.ended']);
    expect(stage.control.deliveries({ event: 'call.hungup' })).toMatchObject([
      { state: 'dropped', attempts: [] },
    ]);
    stage.control.setEventFaults({ dropPercent: 100 });
    await playBusyCall();
    expect(stage.received).toHaveLength(2);
  });

  it('a hang-up event can be left out, or come after the end', async () => {
    stage = await openStage({ eventFaults: { hungupOmittedPercent: 100 } });
    await playBusyCall();
    expect(stage.eventNames()).toEqual(['call.created', 'call.ended']);
    stage.control.setEventFaults({ hungupOmittedPercent: 0, endedBeforeHungupPercent: 100 });
    await playBusyCall();
    expect(stage.eventNames().slice(2)).toEqual(['call.created', 'call.ended', 'call.hungup']);
    const [, , , ended, hungUp] = stage.received;
    expect(hungUp?.timestamp).toBeLessThan(ended?.timestamp ?? 0);
  });

  it('shuffled events are late and out of order', async () => {
    stage = await openStage({
      seed: 3,
      eventFaults: { delaySeconds: 5, shuffleWindowSeconds: 120 },
    });
    await playBusyCall();
    await stage.control.advance(200);
    expect(stage.eventNames()).not.toEqual(['call.created', 'call.hungup', 'call.ended']);
    expect([...stage.eventNames()].sort()).toEqual(['call.created', 'call.ended', 'call.hungup']);
  });

  it('two open tabs send the event of the connected agent twice', async () => {
    stage = await openStage({ eventFaults: { doubleUserConnected: true } });
    stage.control.setAvailability(456, 'offline');
    stage.control.setAvailability(456, 'available');
    await stage.control.settle();
    expect(stage.eventNames()).toEqual([
      'user.disconnected.v2',
      'user.disconnected.v2',
      'user.connected.v2',
      'user.connected.v2',
    ]);
  });

  it('closing with a reason sends two events: one without, then one with the reason', async () => {
    stage = await openStage({ behaviour: { userEventNames: 'v1' } });
    stage.control.setWorkingHours(456, false, 'out_for_lunch');
    await stage.control.settle();
    expect(stage.received.map((event) => [event.event, event.data.substatus])).toEqual([
      ['user.closed', 'always_closed'],
      ['user.closed', 'out_for_lunch'],
    ]);
  });

  it('the user can be absent from calls', async () => {
    stage = await openStage({ eventFaults: { userAbsentPercent: 100 } });
    await playBusyCall();
    expect(stage.received.every((event) => !('user' in event.data))).toBe(true);
  });

  it('bad days of the events orders can be lost by chance', async () => {
    stage = await openStage({ eventFaults: { orderLostPercent: 100 } });
    expect((await stage.order(lead)).status).toBe(204);
    await stage.control.advance(60);
    expect(stage.control.callCounts()).toEqual({ [lead]: { ordersAccepted: 1, calls: 0 } });
  });
});
