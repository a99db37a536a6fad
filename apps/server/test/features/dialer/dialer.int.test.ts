import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createStage, expectProblem, type Stage, UNKNOWN_ID } from '../../harness/stage.js';

describe('the dialer', () => {
  let stage: Stage;
  let first: string;
  let agent: string;
  let agents = 0;
  beforeAll(async () => {
    stage = await createStage();
    first = await stage.addAgent('First Agent');
  });
  afterAll(() => stage.close());
  beforeEach(async () => {
    agents += 1;
    agent = await stage.addAgent(`Agent ${agents}`);
  });

  const as = (id: string) => ({ 'x-agent-id': id });
  const leadIds = async (count: number): Promise<string[]> => {
    const ids: string[] = [];
    for (let each = 0; each < count; each++) ids.push((await stage.addLead()).id);
    return ids;
  };
  const start = (body: object) =>
    stage.request('POST', '/api/dialer/sessions', { agent_id: agent, ...body });

  it('a session on a selection calls in the given order, and no lead twice', async () => {
    const [a, b, c] = await leadIds(3);
    const started = await start({ lead_ids: [c, a, c, b], lines: 2, after_connect: 'stop' });
    expect(started.status).toBe(201);
    expect(started.body).toMatchObject({
      agent_id: agent,
      ad_hoc: true,
      status: 'RUNNING',
      lines: 2,
      concurrency: 2,
      after_connect: 'stop',
      lead_queue: [c, a, b],
      active_call_ids: [],
      winner_call_id: null,
      calls: [],
      metrics: { attempted: 0, connected: 0, failed: 0, canceled: 0 },
    });
    await stage.settle();
    const { body } = await stage.request('GET', `/api/dialer/sessions/${started.body.id}`);
    expect(body.active_call_ids).toHaveLength(2);
    expect(body.calls.map((call: { lead_id: string }) => call.lead_id).sort()).toEqual(
      [c, a].sort(),
    );
  });

  it('the dialer makes the first to answer the winner, cancels the rest, and tells everything afterwards', async () => {
    const started = await start({ lead_ids: await leadIds(4), lines: 2, after_connect: 'stop' });
    await stage.settle();
    const path = `/api/dialer/sessions/${started.body.id}`;
    const live = (await stage.request('GET', path)).body.active_call_ids;
    const [winner, loser] = live;
    await stage.tell(winner, { answeredAt: stage.time.now(), answeredBy: 'PERSON' });
    await stage.tell(loser, { endedAt: stage.time.now(), endCause: 'canceled' });
    const talking = (await stage.request('GET', path)).body;
    expect(talking).toMatchObject({
      status: 'STOPPED',
      phase: 'ON_CALL',
      reason: 'first_connect',
      winner_call_id: winner,
      active_call_ids: [winner],
    });
    expect(talking.message).toContain('first conversation');
    await stage.time.advance(12_000);
    await stage.tell(winner, { endedAt: stage.time.now(), endCause: 'hangup' });
    const over = (await stage.request('GET', path)).body;
    expect(over).toMatchObject({
      active_call_ids: [],
      metrics: { attempted: 2, connected: 1, failed: 0, canceled: 1 },
    });
    const history = await stage.request('GET', `/api/history?session_id=${started.body.id}`);
    expect(history.body.total).toBe(2);
    const won = await stage.request('GET', `/api/history/${winner}`);
    expect(won.body).toMatchObject({
      outcome: 'CONNECTED',
      disposition: 'Connected - Conversation',
      notes: 'Call connected successfully. Lead engaged in conversation.',
      talk_seconds: 12,
      crm_state: 'SYNCED',
    });
    expect((await stage.request('GET', `/api/calls/${loser}`)).body).toMatchObject({
      outcome: 'CANCELED_BY_DIALER',
      notes: 'Call was canceled because another line connected first.',
      cancel_reason: 'another_line_connected',
    });

    const synced = await stage.request('POST', '/api/crm/sync', { call_ids: live });
    expect(synced.body).toMatchObject({ calls: 2 });
    await stage.settle();
    for (const callId of live) {
      const activities = await stage.request('GET', `/api/crm/activities?call_id=${callId}`);
      expect(activities.body).toMatchObject({ total: 1 });
      expect(activities.body.activities[0]).toMatchObject({ call_id: callId, type: 'CALL' });
    }
    const ofLead = await stage.request('GET', `/api/leads/${won.body.lead_id}/crm-activities`);
    expect(ofLead.body).toMatchObject({
      total: 1,
      crm_external_id: expect.stringMatching(/^CRM-/),
    });
  });

  it('the dialer gives an agent one session at a time, and leaves no queue of a refused selection behind', async () => {
    const chosen = await leadIds(2);
    const started = await start({ lead_ids: chosen });
    const again = await start({ lead_ids: chosen });
    expect(expectProblem(again, 409, 'agent_has_session').detail).toContain(started.body.id);
    const items = await stage.request('GET', `/api/queue?lead_id=${chosen[0]}`);
    expect(items.body.total).toBe(1);
  });

  it('the dialer lets only one of two starts at the same moment through', async () => {
    const [one, two] = [await leadIds(1), await leadIds(1)];
    const answers = await Promise.all([start({ lead_ids: one }), start({ lead_ids: two })]);
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409]);
  });

  it('unknown lead ids are refused by name', async () => {
    const [known] = await leadIds(1);
    const answer = await start({ lead_ids: [known, UNKNOWN_ID] });
    const problem = expectProblem(answer, 404, 'not_found');
    expect(problem.detail).toContain(UNKNOWN_ID);
    expect(problem.errors).toEqual([{ field: 'lead_ids.1', message: 'is the id of no lead' }]);
    expectProblem(await start({ queue_id: UNKNOWN_ID }), 404, 'not_found');
    const unknown = await start({ agent_id: UNKNOWN_ID, lead_ids: [known] });
    expectProblem(unknown, 404, 'not_found');
  });

  it('the dialer refuses more lines than the provider has (422), and what is no number of lines (400)', async () => {
    const lead_ids = await leadIds(1);
    const problem = expectProblem(await start({ lead_ids, lines: 6 }), 422, 'too_many_lines');
    expect(problem.detail).toContain('at most 5 lines');
    expectProblem(await start({ lead_ids, lines: 11 }), 422, 'too_many_lines');
    for (const lines of [0, -1, 1.5, '2']) {
      const answer = await start({ lead_ids, lines });
      expect(expectProblem(answer, 400, 'invalid_request').errors).toMatchObject([
        { field: 'lines' },
      ]);
    }
    expectProblem(await start({ lead_ids, queue_id: UNKNOWN_ID }), 400, 'invalid_request');
    expectProblem(await start({}), 400, 'invalid_request');
    expectProblem(await start({ lead_ids: [] }), 400, 'invalid_request');
  });

  it('a session on a selection that can never be called is refused', async () => {
    const queue = await stage.request('POST', '/api/queues', { name: `Empty ${agent}` });
    const empty = await start({ queue_id: queue.body.queue.id });
    expectProblem(empty, 422, 'nothing_to_call');
    const lead = await stage.addLead();
    await stage.request('POST', '/api/suppressions', { phone_numbers: [lead.phone_number] });
    expectProblem(await start({ lead_ids: [lead.id] }), 422, 'nothing_to_call');
  });

  it('pauses, resumes and stops, each only where it makes sense', async () => {
    const { body } = await start({ lead_ids: await leadIds(1) });
    const path = `/api/dialer/sessions/${body.id}`;
    const resumedTooEarly = await stage.request('POST', `${path}/resume`);
    expectProblem(resumedTooEarly, 409, 'session_not_paused');
    const paused = await stage.request('POST', `${path}/pause`);
    expect(paused.body).toMatchObject({
      status: 'PAUSED',
      reason: 'requested_by_user',
      message: `Paused by ${paused.body.actor.name}.`,
      actor: { id: expect.any(String), name: expect.any(String) },
    });
    expectProblem(await stage.request('POST', `${path}/pause`), 409, 'session_not_running');
    const resumed = await stage.request('POST', `${path}/resume`);
    expect(resumed.body).toMatchObject({
      status: 'RUNNING',
      reason: null,
      message: null,
      actor: null,
    });
    expect((await stage.request('POST', `${path}/stop`)).body.status).toBe('STOPPED');
    for (const wish of ['pause', 'resume', 'stop']) {
      expectProblem(await stage.request('POST', `${path}/${wish}`), 409, 'session_stopped');
    }
    const unknown = await stage.request('POST', `/api/dialer/sessions/${UNKNOWN_ID}/pause`);
    expectProblem(unknown, 404, 'not_found');
  });

  it('the dialer keeps the wrap-up open while it is held, also after the disposition, until the agent dials next', async () => {
    const { body } = await start({ lead_ids: await leadIds(2), lines: 1 });
    const path = `/api/dialer/sessions/${body.id}`;
    const post = (wish: string) => stage.request('POST', `${path}/${wish}`);
    await stage.settle();
    expectProblem(await post('dial-next'), 409, 'no_wrap_up');
    expectProblem(await post('hold-wrap-up'), 409, 'no_wrap_up');
    const callId = (await stage.request('GET', path)).body.calls[0].id;
    await stage.tell(callId, { answeredAt: stage.time.now() });
    const saved = await stage.request('POST', `/api/calls/${callId}/disposition`, {
      disposition: 'Interested',
    });
    expect(saved.status).toBe(200);
    await stage.tell(callId, { endedAt: stage.time.now(), endCause: 'hangup' });
    expect((await stage.request('GET', path)).body.phase).toBe('WRAP_UP');

    for (let second = 0; second < 60; second += 5) {
      await stage.time.advance(5_000);
      const held = await post('hold-wrap-up');
      expect(held.body).toMatchObject({ phase: 'WRAP_UP', round: 1 });
      expect(Date.parse(held.body.wrap_up_until)).toBeGreaterThanOrEqual(
        stage.time.now().getTime() + 15_000,
      );
    }
    await stage.time.advance(14_000);
    expect((await stage.request('GET', path)).body.phase).toBe('WRAP_UP');
    const next = await post('dial-next');
    expect(next.body).toMatchObject({ wrap_up_until: null, status: 'RUNNING' });
    await stage.settle();
    expect((await stage.request('GET', path)).body).toMatchObject({ phase: 'DIALING', round: 2 });
    expect((await post('stop')).body.status).toBe('STOPPED');
    expectProblem(await post('dial-next'), 409, 'session_stopped');
  });

  it('the dialer pauses the session of an agent who does not want to be disturbed, and says why', async () => {
    const { body } = await start({ lead_ids: await leadIds(1) });
    const away = await stage.request(
      'PUT',
      '/api/agents/me/status',
      { status: 'DO_NOT_DISTURB' },
      as(agent),
    );
    expect(away.body.agent.status).toBe('PAUSED');
    const session = await stage.request('GET', `/api/dialer/sessions/${body.id}`);
    expect(session.body).toMatchObject({ status: 'PAUSED', reason: 'agent_do_not_disturb' });
  });

  it('the dialer shows an agent on a call whose session was stopped in the middle of the conversation', async () => {
    const { body } = await start({ lead_ids: await leadIds(1) });
    await stage.settle();
    const session = await stage.request('GET', `/api/dialer/sessions/${body.id}`);
    await stage.tell(session.body.calls[0].id, { answeredAt: stage.time.now() });
    await stage.request('POST', `/api/dialer/sessions/${body.id}/stop`);
    const talking = await stage.request('GET', `/api/agents/${agent}`);
    expect(talking.body).toMatchObject({ status: 'ON_CALL', session_id: null });
    await stage.tell(session.body.calls[0].id, { endedAt: stage.time.now(), endCause: 'hangup' });
    expect((await stage.request('GET', `/api/agents/${agent}`)).body.status).toBe('OFFLINE');
  });

  it("acts for the agent that the header names, else for the first; an unknown agent is no agent's", async () => {
    const status = await stage.request('GET', '/api/dialer/status', undefined, as(agent));
    expect(status.body).toMatchObject({
      agent: { id: agent, status: 'OFFLINE' },
      session: null,
      up_next: [],
      connection: { id: 'stage', capabilities: { max_lines_per_agent: 5, can_hang_up: true } },
    });
    expect((await stage.request('GET', '/api/dialer/status')).body.agent.id).toBe(first);
    const unknown = await stage.request('GET', '/api/dialer/status', undefined, as(UNKNOWN_ID));
    expectProblem(unknown, 404, 'not_found');
    const malformed = await stage.request('GET', '/api/dialer/status', undefined, as('me'));
    expectProblem(malformed, 400, 'invalid_request');
  });

  it("runs the calling agent's own session, and shows who is next", async () => {
    const none = await stage.request('POST', '/api/dialer/pause', undefined, as(agent));
    expectProblem(none, 409, 'no_open_session');
    const lead_ids = await leadIds(3);
    const started = await stage.request('POST', '/api/dialer/start', { lead_ids }, as(agent));
    expect(started.status).toBe(201);
    await stage.settle();
    const status = await stage.request('GET', '/api/dialer/status', undefined, as(agent));
    expect(status.body).toMatchObject({
      agent: { status: 'DIALING', session_id: started.body.id },
      session: { id: started.body.id, lines: 1 },
    });
    expect(status.body.up_next.map((item: { lead_id: string }) => item.lead_id)).toEqual(
      lead_ids.slice(1),
    );
    for (const wish of ['pause', 'resume', 'stop']) {
      const answer = await stage.request('POST', `/api/dialer/${wish}`, '', {
        ...as(agent),
        'content-type': 'application/json',
      });
      expect({ wish, status: answer.status }).toEqual({ wish, status: 200 });
    }
    const after = await stage.request('GET', '/api/dialer/status', undefined, as(agent));
    expect(after.body).toMatchObject({ session: { status: 'STOPPED' }, up_next: [] });
    const list = await stage.request('GET', `/api/dialer/sessions?agent_id=${agent}`);
    expect(list.body).toMatchObject({ total: 1, sessions: [{ id: started.body.id }] });
  });

  it("takes lines and after_connect from the settings where the start does not say, and the queue's own hours", async () => {
    const config = (await stage.request('GET', '/api/config')).body;
    config.settings.dialing.lines = 3;
    config.settings.dialing.after_connect = 'stop';
    const { version, settings } = config;
    await stage.request('PUT', '/api/config', { version, settings });
    const { body } = await start({ lead_ids: await leadIds(1) });
    expect(body).toMatchObject({ lines: 3, after_connect: 'stop' });
    settings.dialing.lines = 1;
    settings.dialing.after_connect = 'continue';
    await stage.request('PUT', '/api/config', { version: version + 1, settings });
  });

  it('the dialer takes no new sessions while the server is stopping', async () => {
    const lead_ids = await leadIds(1);
    stage.stopping = true;
    const answer = await start({ lead_ids });
    stage.stopping = false;
    expectProblem(answer, 503, 'shutting_down');
  });

  describe('a call', () => {
    let callId: string;
    let leadId: string;
    beforeEach(async () => {
      const [lead] = await leadIds(1);
      leadId = lead ?? '';
      const { body } = await start({ lead_ids: [leadId], lines: 1 });
      await stage.settle();
      const session = await stage.request('GET', `/api/dialer/sessions/${body.id}`);
      callId = session.body.active_call_ids[0];
    });
    const say = (body: object) => stage.request('POST', `/api/calls/${callId}/disposition`, body);

    it('a call takes a disposition during the conversation and after it; notes left out stay', async () => {
      await stage.tell(callId, { answeredAt: stage.time.now(), answeredBy: 'PERSON' });
      const during = await say({ disposition: 'interested', notes: 'Wants a quote' });
      expect(during).toMatchObject({
        status: 200,
        body: { message: 'Saved as Interested.', call: { disposition: 'Interested' } },
      });
      await stage.tell(callId, { endedAt: stage.time.now(), endCause: 'hangup' });
      const after = await say({ disposition: 'Meeting Booked' });
      expect(after.body.call).toMatchObject({
        disposition: 'Meeting Booked',
        notes: 'Wants a quote',
        crm_state: 'PENDING',
      });
      await stage.settle();
      const activities = await stage.request('GET', `/api/crm/activities?call_id=${callId}`);
      expect(activities.body.activities).toMatchObject([{ disposition: 'Meeting Booked' }]);
    });

    describe('and its note, while it is written', () => {
      const write = (text: string, revision: number) =>
        stage.request('PUT', `/api/calls/${callId}/note`, { text, revision });

      it('a note that was only typed is the note of the call, in the history and the CRM', async () => {
        await stage.tell(callId, { answeredAt: stage.time.now(), answeredBy: 'PERSON' });
        const draft = await write('Wants a ', 0);
        expect(draft.body.call).toMatchObject({
          notes: 'Wants a ',
          agent_note: { text: 'Wants a ', revision: 1, is_draft: true },
        });
        await stage.tell(callId, { endedAt: stage.time.now(), endCause: 'hangup' });
        await stage.settle();
        await write('Wants a quote', 1);
        await stage.time.advance(60_000);
        await stage.settle();
        const { body } = await stage.request('GET', `/api/history/${callId}`);
        expect(body).toMatchObject({ notes: 'Wants a quote', crm_state: 'SYNCED' });
        const crm = await stage.request('GET', `/api/crm/activities?call_id=${callId}`);
        expect(crm.body.activities).toMatchObject([{ notes: 'Wants a quote' }]);
      });

      it('a disposition without notes takes the draft with it', async () => {
        await write('Wants a quote', 0);
        const saved = await say({ disposition: 'Interested' });
        expect(saved.body.call.agent_note).toEqual({
          text: 'Wants a quote',
          revision: 2,
          is_draft: false,
        });
      });

      it('a device that has not seen what another one wrote overwrites nothing', async () => {
        await write('from the desk', 0);
        expectProblem(await write('from the phone', 0), 409, 'version_conflict');
        const saved = await say({
          disposition: 'Interested',
          notes: 'from the phone',
          note_revision: 0,
        });
        expect(saved.body.call.notes).toBe('from the desk\n\nfrom the phone');
      });

      it('a device that has seen it replaces it', async () => {
        await write('from the desk', 0);
        const saved = await say({ disposition: 'Interested', notes: 'Other', note_revision: 1 });
        expect(saved.body.call.agent_note).toMatchObject({ text: 'Other', is_draft: false });
      });

      it('a disposition that comes again, as its answer was lost, does not undo a newer one', async () => {
        const request_id = '0190a4b8-0000-4000-8000-00000000f00d';
        await say({ disposition: 'Not Interested', request_id });
        await say({
          disposition: 'Interested',
          request_id: '0190a4b8-0000-4000-8000-00000000f00e',
        });
        const again = await say({ disposition: 'Not Interested', request_id });
        expect(again).toMatchObject({ status: 200, body: { call: { disposition: 'Interested' } } });
      });
    });

    it('a call suppresses the number when the lead asks not to be called', async () => {
      await stage.tell(callId, { answeredAt: stage.time.now(), answeredBy: 'PERSON' });
      await say({ disposition: 'Do Not Call' });
      const { body } = await stage.request('GET', `/api/leads/${leadId}`);
      const list = await stage.request('GET', '/api/suppressions');
      expect(list.body.suppressions).toContainEqual(
        expect.objectContaining({ phone_number: body.phone_number, source: 'agent' }),
      );
    });

    it('a call refuses words that are no disposition, and lists the choices', async () => {
      for (const disposition of ['splendid', 'Canceled by Dialer']) {
        const problem = expectProblem(await say({ disposition }), 400, 'invalid_request');
        expect(problem.detail).toContain('interested, meeting_booked, call_back');
      }
      const { body } = await stage.request('GET', '/api/dispositions');
      expect(body.dispositions).toContainEqual({
        code: 'do_not_call',
        label: 'Do Not Call',
        effect: 'suppress_person',
        retry: null,
        color: 'red',
        key: '9',
      });
      const past = await say({ disposition: 'call_back', callback_at: '2020-01-01T00:00:00Z' });
      expect(expectProblem(past, 400, 'invalid_request').errors).toMatchObject([
        { field: 'callback_at' },
      ]);
    });

    it('a call refuses a call-back at a bad hour, with a time that is then taken', async () => {
      const putConfig = (config: { version: number; settings: object }) =>
        stage.request('PUT', '/api/config', {
          version: config.version,
          settings: config.settings,
        });
      const { body: before } = await stage.request('GET', '/api/config');
      const settings = structuredClone(before.settings);
      settings.dialing.calling_window = { start: '09:00', end: '17:00', enforce: true };
      const changed = await putConfig({ ...before, settings });
      await stage.tell(callId, { answeredAt: stage.time.now(), answeredBy: 'PERSON' });
      const night = await say({ disposition: 'Call Back', callback_at: '2026-11-24T08:00:00Z' });
      const suggestion = night.body.errors?.[0]?.suggestion ?? '';
      const good = await say({ disposition: 'Call Back', callback_at: suggestion });
      await putConfig({ ...before, version: changed.body.version });
      const problem = expectProblem(night, 400, 'invalid_request');
      expect(problem.detail).toContain(`(${suggestion} would be taken)`);
      expect(good.status).toBe(200);
    });

    it('a call is due again when the lead asked for it', async () => {
      await stage.tell(callId, { answeredAt: stage.time.now(), answeredBy: 'PERSON' });
      await say({ disposition: 'Call Back', callback_at: '2026-11-23T10:00:00+01:00' });
      await stage.tell(callId, { endedAt: stage.time.now(), endCause: 'hangup' });
      const items = await stage.request('GET', `/api/queue?lead_id=${leadId}`);
      expect(items.body.items).toMatchObject([
        { state: 'PENDING', callback: true, due_at: '2026-11-23T09:00:00.000Z' },
      ]);
    });

    it('a call is hung up while it lives, and not afterwards', async () => {
      const answer = await stage.request('POST', `/api/calls/${callId}/hangup`);
      expect(answer.body.call).toMatchObject({ cancel_reason: 'agent_hung_up' });
      await stage.tell(callId, { endedAt: stage.time.now(), endCause: 'canceled' });
      const again = await stage.request('POST', `/api/calls/${callId}/hangup`);
      expectProblem(again, 409, 'call_not_live');
    });

    it('a call cannot be hung up where the provider has no such feature', async () => {
      const { capabilities } = stage;
      stage.capabilities = { ...capabilities, canHangUp: false };
      const answer = await stage.request('POST', `/api/calls/${callId}/hangup`);
      stage.capabilities = capabilities;
      expectProblem(answer, 422, 'provider_cannot');
    });

    it('reaches the CRM again when asked, but not before it is over', async () => {
      const live = await stage.request('POST', `/api/calls/${callId}/crm-sync`);
      expectProblem(live, 409, 'call_not_over');
      await stage.crm.setFaults({ down: true });
      await stage.tell(callId, { endedAt: stage.time.now(), endCause: 'no_answer' });
      const failed = await stage.request('GET', `/api/history?crm_state=FAILED`);
      expect(failed.body.calls).toMatchObject([{ id: callId, crm_error: expect.any(String) }]);
      await stage.request('PUT', '/api/crm/faults', {});
      const all = await stage.request('POST', '/api/crm/sync');
      expect(all).toMatchObject({ status: 200, body: { calls: 1 } });
      await stage.settle();
      const synced = await stage.request('GET', `/api/calls/${callId}`);
      expect(synced.body).toMatchObject({ crm_state: 'SYNCED', crm_error: null });
    });

    it('a call is unknown under another id', async () => {
      for (const [method, path] of [
        ['GET', ''],
        ['POST', '/hangup'],
        ['POST', '/crm-sync'],
        ['POST', '/disposition'],
      ] as const) {
        const body = path === '/disposition' ? { disposition: 'Busy' } : undefined;
        const answer = await stage.request(method, `/api/calls/${UNKNOWN_ID}${path}`, body);
        expectProblem(answer, 404, 'not_found');
      }
      const sync = await stage.request('POST', '/api/crm/sync', { call_ids: [UNKNOWN_ID] });
      expectProblem(sync, 404, 'not_found');
      const unfinished = await stage.request('GET', `/api/history/${callId}`);
      expectProblem(unfinished, 404, 'not_found');
    });
  });

  it('the dialer says that there is nothing to say about a call that was never placed', async () => {
    const { body } = await start({ lead_ids: await leadIds(1) });
    await stage.settle('advance-session');
    const session = await stage.request('GET', `/api/dialer/sessions/${body.id}`);
    const [call] = session.body.calls;
    // As after a provider's "later": claimed, and waiting to be placed.
    await sql`
      with outdated as (update sessions set version = version + 1 where id = ${body.id})
      update calls set state = 'QUEUED', placement = null, dialed_at = null, place_at = queued_at
      where id = ${call.id}`.execute(stage.db);
    const answer = await stage.request('POST', `/api/calls/${call.id}/disposition`, {
      disposition: 'Interested',
    });
    expectProblem(answer, 409, 'call_not_answered');
    await stage.settle();
  });
});
