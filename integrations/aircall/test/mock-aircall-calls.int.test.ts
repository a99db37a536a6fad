import { afterEach, describe, expect, it } from 'vitest';
import { openStage, type Stage } from './mock-aircall-stage.js';

let stage: Stage;
afterEach(() => stage.close());

const lead = '+12025550143';
const unavailable = {
  error: 'Method Not Allowed',
  troubleshoot: 'The user is currently unavailable',
  success: false,
};
const availability = async (userId = 456) =>
  (await stage.api('GET', `/v1/users/${userId}/availability`)).body.availability;
const oneCall = () => {
  const [call] = stage.control.calls();
  if (!call) throw new Error('no call was placed');
  return call;
};

describe('ordering a call', () => {
  it('placing a call answers 204 without a body, so the id of the call stays unknown', async () => {
    stage = await openStage();
    const answer = await stage.order(lead);
    expect([answer.status, answer.text]).toEqual([204, '']);
  });

  it.each([
    ['a number that does not exist', { number_id: 1, to: lead }],
    ['a line the agent is not assigned to', { number_id: 1235, to: lead }],
    ['something that is not E.164', { number_id: 1234, to: '202-555-0143' }],
    ['no line at all', { to: lead }],
  ])('refuses %s with 400', async (_what, body) => {
    stage = await openStage();
    const answer = await stage.api('POST', '/v1/users/457/calls', body);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ error: 'Bad Request', success: false });
    expect(stage.control.callCounts()).toEqual({});
  });

  it.each(['do_not_disturb', 'offline'] as const)(
    'refuses an agent who is %s with 405',
    async (chosen) => {
      stage = await openStage();
      stage.control.setAvailability(456, chosen);
      const answer = await stage.order(lead);
      expect([answer.status, answer.body]).toEqual([405, unavailable]);
    },
  );

  it('the mock refuses a second call while the first is ordered, live or in wrap-up', async () => {
    stage = await openStage();
    stage.control.setWrapUpTime(456, 20);
    stage.control.scriptFate(lead, { kind: 'answer', afterSeconds: 5, talkSeconds: 10 });
    await stage.order(lead);
    expect((await stage.order('+12025550144')).status).toBe(405);
    await stage.control.advance(10);
    expect((await stage.order('+12025550144')).status).toBe(405);
    await stage.control.advance(10);
    expect(await availability()).toBe('after_call_work');
    expect((await stage.order('+12025550144')).status).toBe(405);
    await stage.control.advance(20);
    expect((await stage.order('+12025550144')).status).toBe(204);
    expect(stage.control.orders().map((order) => order.status)).toEqual([204, 405, 405, 405, 204]);
  });

  it('the mock can accept a call and never place it', async () => {
    stage = await openStage();
    stage.control.scriptFate(lead, { kind: 'no_call' }, { kind: 'busy' });
    expect((await stage.order(lead)).status).toBe(204);
    await stage.control.advance(120);
    expect(stage.received).toEqual([]);
    expect(await availability()).toBe('available');
    await stage.order(lead);
    expect(stage.control.callCounts()).toEqual({ [lead]: { ordersAccepted: 2, calls: 1 } });
  });
});

describe('the story of an outbound call', () => {
  it('an answered call with wrap-up sends its webhooks in order', async () => {
    stage = await openStage();
    stage.control.setWrapUpTime(456, 15);
    stage.control.scriptFate(lead, {
      kind: 'answer',
      afterSeconds: 5,
      talkSeconds: 60,
      endedBy: 'remote',
    });
    await stage.order(lead);
    expect(await availability()).toBe('available');
    await stage.control.advance(2);
    expect(await availability()).toBe('in_call');
    await stage.control.advance(120);

    expect(stage.eventNames()).toEqual([
      'call.created',
      'call.answered',
      'user.wut_start.v2',
      'call.hungup',
      'user.wut_end.v2',
      'call.ended',
      'call.comm_assets_generated',
    ]);
    const startedAt = Date.UTC(2026, 0, 15, 15, 0, 0) / 1000;
    const [created, answered, wrapUp, hungUp, , ended] = stage.received;
    expect(created).toMatchObject({
      timestamp: startedAt + 2,
      token: 'known-token',
      data: {
        direction: 'outbound',
        status: 'initial',
        started_at: startedAt,
        answered_at: null,
        duration: 0,
        raw_digits: '+1 202-555-0143',
        contact: null,
        user: { id: 456 },
        number: { id: 1234, e164_digits: '+12025550100' },
      },
    });
    expect(answered).toMatchObject({ data: { status: 'answered', answered_at: startedAt + 5 } });
    expect(wrapUp).toMatchObject({ timestamp: startedAt + 65, data: { id: 456 } });
    expect(hungUp).toMatchObject({
      timestamp: startedAt + 65,
      data: { status: 'done', duration: 65, recording: null },
    });
    expect(ended).toMatchObject({
      timestamp: startedAt + 95,
      data: { ended_at: startedAt + 65, recording: expect.stringContaining('https://') },
    });
  });

  it('an unanswered call has its events', async () => {
    stage = await openStage();
    stage.control.scriptFate(lead, { kind: 'no_answer', ringSeconds: 28 });
    await stage.order(lead);
    await stage.control.advance(90);
    expect(stage.eventNames()).toEqual(['call.created', 'call.hungup', 'call.ended']);
    expect(stage.received[2]?.data).toMatchObject({
      answered_at: null,
      duration: 28,
      missed_call_reason: null,
    });
    expect(await availability()).toBe('available');
  });

  it('a mailbox looks the same as a person', async () => {
    stage = await openStage();
    stage.control.scriptFate(lead, { kind: 'mailbox', afterSeconds: 20, talkSeconds: 8 });
    await stage.order(lead);
    await stage.control.advance(58);
    expect(stage.eventNames()).toEqual([
      'call.created',
      'call.answered',
      'call.hungup',
      'call.ended',
    ]);
    expect(stage.received[3]?.data).toMatchObject({ voicemail: null, hangup_cause: null });
  });

  it('a call keeps its durations when time runs ten times as fast', async () => {
    stage = await openStage({ speed: 10 });
    stage.control.scriptFate(lead, { kind: 'answer', afterSeconds: 5, talkSeconds: 60 });
    await stage.order(lead);
    await stage.control.advance(9.6);
    expect(stage.eventNames()).toEqual([
      'call.created',
      'call.answered',
      'call.hungup',
      'call.ended',
    ]);
    expect(stage.received[3]?.data).toMatchObject({ duration: 65 });
  });

  it('a call that the agent dials by hand sends webhooks without an order', async () => {
    stage = await openStage();
    const call = stage.control.agentDials(456, lead, {
      fate: { kind: 'answer', talkSeconds: null },
    });
    await stage.control.advance(300);
    expect(await availability()).toBe('in_call');
    stage.control.agentHangsUp(call.id);
    await stage.control.advance(30);
    expect(stage.eventNames()).toEqual([
      'call.created',
      'call.answered',
      'call.hungup',
      'call.ended',
    ]);
    expect(stage.control.orders()).toEqual([]);
    expect(oneCall()).toMatchObject({ startedBy: 'agent', endedBy: 'agent' });
  });

  it('the control can end a call early', async () => {
    stage = await openStage();
    stage.control.scriptFate(lead, { kind: 'answer', afterSeconds: 5, talkSeconds: 500 });
    await stage.order(lead);
    await stage.control.advance(10);
    stage.control.remoteHangsUp(oneCall().id);
    stage.control.agentHangsUp(oneCall().id);
    await stage.control.advance(1000);
    expect(stage.eventNames().filter((name) => name === 'call.hungup')).toHaveLength(1);
    expect(oneCall()).toMatchObject({ status: 'done', endedBy: 'remote' });
  });

  it('an untagged call stays in wrap-up when tagging is mandatory', async () => {
    stage = await openStage({ behaviour: { mandatoryTagging: true } });
    stage.control.scriptFate(lead, { kind: 'busy' });
    await stage.order(lead);
    await stage.control.advance(60);
    expect(await availability()).toBe('after_call_work');
    stage.control.agentTags(oneCall().id, [11]);
    expect(await availability()).toBe('available');
    await stage.control.settle();
    expect(stage.eventNames().slice(-2)).toEqual(['call.tagged', 'user.wut_end.v2']);
  });

  it("the agent's note is reported after the end of the call", async () => {
    stage = await openStage();
    stage.control.scriptFate(lead, { kind: 'answer', afterSeconds: 5, talkSeconds: 10 });
    await stage.order(lead);
    await stage.control.advance(10);
    stage.control.agentWritesNote(oneCall().id, 'call again in May');
    await stage.control.advance(60);
    const names = stage.eventNames();
    expect(names.indexOf('call.commented')).toBeGreaterThan(names.indexOf('call.ended'));
  });
});

describe('inbound calls', () => {
  it('an inbound call rings on the agent and names no user when missed', async () => {
    stage = await openStage();
    stage.control.inboundCall(456, lead, { ringSeconds: 17, talkSeconds: null });
    await stage.control.advance(60);
    expect(stage.eventNames()).toEqual([
      'call.created',
      'call.ringing_on_agent',
      'call.hungup',
      'call.ended',
    ]);
    expect(stage.received[3]?.data).toMatchObject({ missed_call_reason: 'agents_did_not_answer' });
    expect(stage.received[3]?.data).not.toHaveProperty('user');
  });
});

describe('reading calls', () => {
  it('calls are found by agent, direction and time, newest first', async () => {
    stage = await openStage();
    stage.control.scriptFate(lead, { kind: 'busy' });
    await stage.order(lead);
    await stage.control.advance(100);
    await stage.order(lead);
    const from = Date.UTC(2026, 0, 15, 15, 0, 0) / 1000;
    const found = await stage.api(
      'GET',
      `/v1/calls/search?direction=outbound&user_id=456&from=${from}&order=desc&phone_number=${encodeURIComponent(lead)}`,
    );
    expect(found.body.calls).toMatchObject([
      { started_at: from + 100 },
      { started_at: from, status: 'done' },
    ]);
    const later = await stage.api('GET', `/v1/calls/search?from=${from + 50}`);
    expect(later.body.calls).toHaveLength(1);
    expect((await stage.api('GET', '/v1/calls/search?user_id=457')).body.calls).toEqual([]);
  });

  it('a call includes its contact on request only, and its id under the name sid', async () => {
    stage = await openStage();
    await stage.order(lead);
    const path = `/v1/calls/${oneCall().id}`;
    expect((await stage.api('GET', path)).body).toMatchObject({
      call: { contact: null, sid: oneCall().uuid },
    });
    const asked = await stage.api('GET', `${path}?fetch_contact=true`);
    expect(asked.body).toMatchObject({ call: { contact: { first_name: 'Jordan' } } });
  });
});

describe('acting on calls', () => {
  it('a call takes five comments without emojis, and no sixth', async () => {
    stage = await openStage();
    await stage.order(lead);
    const path = `/v1/calls/${oneCall().id}`;
    for (let time = 0; time < 5; time++) {
      expect((await stage.api('POST', `${path}/comments`, { content: 'fine 👍' })).status).toBe(
        201,
      );
    }
    expect((await stage.api('POST', `${path}/comments`, { content: 'more' })).status).toBe(400);
    const call = (await stage.api('GET', path)).body.call;
    expect(call).toMatchObject({
      comments: expect.arrayContaining([
        expect.objectContaining({ content: 'fine ', posted_by: null }),
      ]),
    });
  });

  it('tags are added by id or replaced, as configured', async () => {
    stage = await openStage();
    await stage.order(lead);
    const path = `/v1/calls/${oneCall().id}`;
    expect((await stage.api('POST', `${path}/tags`, { tags: [99] })).status).toBe(400);
    await stage.api('POST', `${path}/tags`, { tags: [11] });
    await stage.api('POST', `${path}/tags`, { tags: [12] });
    expect((await stage.api('GET', path)).body).toMatchObject({
      call: { tags: [{ id: 11 }, { id: 12 }] },
    });
    expect(
      (await stage.api('GET', '/v1/calls/search?tags[]=11&tags[]=12')).body.calls,
    ).toHaveLength(1);
    expect(
      (await stage.api('GET', '/v1/calls/search?tags[]=11&tags[]=13')).body.calls,
    ).toHaveLength(0);
    stage.control.setBehaviour({ tagPost: 'replace' });
    await stage.api('POST', `${path}/tags`, { tags: [13] });
    expect((await stage.api('GET', path)).body).toMatchObject({ call: { tags: [{ id: 13 }] } });
  });

  it('a live call is transferred to exactly one target', async () => {
    stage = await openStage();
    stage.control.scriptFate(lead, { kind: 'answer', talkSeconds: null });
    await stage.order(lead);
    await stage.control.advance(10);
    const path = `/v1/calls/${oneCall().id}/transfers`;
    expect((await stage.api('POST', path, { user_id: 457, team_id: 21 })).status).toBe(400);
    expect((await stage.api('POST', path, { number: '+12025550199' })).status).toBe(400);
    expect((await stage.api('POST', path, { user_id: 457 })).status).toBe(204);
    expect([await availability(456), await availability(457)]).toEqual(['available', 'in_call']);
    stage.control.agentHangsUp(oneCall().id);
    expect((await stage.api('POST', path, { user_id: 458 })).status).toBe(400);
  });

  it('the API cannot hang up a call', async () => {
    stage = await openStage();
    await stage.order(lead);
    const answers = await Promise.all([
      stage.api('DELETE', `/v1/calls/${oneCall().id}`),
      stage.api('POST', `/v1/calls/${oneCall().id}/hangup`),
    ]);
    expect(answers.map((answer) => answer.status)).toEqual([404, 404]);
  });
});
