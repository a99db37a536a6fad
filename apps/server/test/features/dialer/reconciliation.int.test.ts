import {
  checkCall,
  createSweeper,
  type DialerPorts,
  oneCarrier,
  placeCall,
  receiveProviderEvent,
  reconcile,
  syncCall,
  type Telephony,
} from '@outdial/core';
import { createInboxViews } from '@outdial/postgres';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createPresence } from '../../../src/live/presence.js';
import { createMetrics } from '../../../src/telemetry/metrics/metrics.js';
import { createStage, type Stage } from '../../harness/stage.js';

/** The answer of a process that died while it was asked. */
const NEVER = new Promise<never>(() => undefined);

describe('what a crash or a lost hint leaves behind is found, repaired and counted:', () => {
  let stage: Stage;
  let agent: string;
  let agents = 0;
  beforeAll(async () => {
    stage = await createStage();
  });
  afterAll(() => stage.close());
  beforeEach(async () => {
    await sql`truncate sessions, calls, queue_items, provider_events, imports cascade`.execute(
      stage.db,
    );
    loseHints();
    stage.noted.splice(0);
    agents += 1;
    agent = await stage.addAgent(`Agent ${agents}`);
  });

  async function started(more: object = {}): Promise<string> {
    const lead = await stage.addLead();
    const { body, status } = await stage.request('POST', '/api/dialer/sessions', {
      agent_id: agent,
      lead_ids: [lead.id],
      ...more,
    });
    expect(status).toBe(201);
    return body.id;
  }
  const session = async (id: string) =>
    (await stage.request('GET', `/api/dialer/sessions/${id}`)).body;
  const onlyCall = async (sessionId: string) => {
    const { calls } = await session(sessionId);
    expect(calls).toHaveLength(1);
    return calls[0];
  };
  /** The process dies, and its alarm clocks with it. */
  const loseHints = (): void => void stage.woken.splice(0);
  const sweep = (): Promise<number> => createSweeper(stage.dialer).sweep();
  const withTelephony = (more: Partial<Telephony>): DialerPorts => ({
    ...stage.dialer,
    carriers: oneCarrier({
      ...stage.dialer.carriers.of('stage'),
      capabilities: stage.capabilities,
      ...more,
    }),
  });
  async function counted(name: string, label: string, value: string): Promise<number> {
    const metrics = createMetrics({
      readDatabase: () => createInboxViews(stage.db).gauges(stage.time.now()),
      log: { warn: () => undefined },
      node: { version: '', role: '', provider: '', database: '' },
    });
    for (const entry of stage.noted) metrics.noted(entry);
    const { body } = await metrics.text();
    const line = body.split('\n').find((each) => each.startsWith(`${name}{${label}="${value}"} `));
    return Number(line?.split(' ').at(-1) ?? 0);
  }
  const found = (job: string) => counted('outdial_sweep_found_total', 'job', job);
  const repaired = (kind: string) => counted('outdial_repairs_total', 'kind', kind);

  it('a session whose first hint was lost', async () => {
    const id = await started();
    loseHints();
    await stage.time.advance(5_000);
    expect(await sweep()).toBe(1);
    await stage.settle();
    expect(await onlyCall(id)).toMatchObject({ state: 'DIALING' });
    expect(await found('advance-session')).toBe(1);
  });

  it('a call whose process died while it asked for it: looked for twice, closed, and never placed again (P3)', async () => {
    const id = await started();
    await stage.settle('advance-session');
    const { id: callId } = await onlyCall(id);
    let placed = 0;
    const dying = withTelephony({
      place: () => {
        placed += 1;
        return NEVER;
      },
    });
    void placeCall(dying, callId);
    await expect.poll(async () => (await onlyCall(id)).state).toBe('DIALING');
    loseHints();
    const surviving = withTelephony({ lookUp: async () => ({ kind: 'not_found' }) });
    for (const seconds of [20, 28]) {
      await stage.time.advance(seconds * 1000 + 1);
      await sweep();
      expect(stage.woken).toContainEqual({ job: 'check-call', id: callId });
      loseHints();
      await checkCall(surviving, callId);
      await placeCall(dying, callId);
    }
    expect(await onlyCall(id)).toMatchObject({ state: 'COMPLETED', outcome: 'FAILED' });
    expect(placed).toBe(1);
    expect(await repaired('placing_unknown')).toBe(1);
  });

  it('a call that was placed, and whose answer was lost: bound to its call at the provider', async () => {
    const id = await started();
    await stage.settle('advance-session');
    const { id: callId } = await onlyCall(id);
    const lost: Telephony['place'] = async () => ({ kind: 'unknown', message: 'No answer.' });
    await placeCall(withTelephony({ place: lost }), callId);
    await stage.time.advance(6_001);
    const facts = { providerCallId: 'found-1', ringingAt: stage.time.now() };
    await checkCall(withTelephony({ lookUp: async () => ({ kind: 'found', facts }) }), callId);
    expect(await onlyCall(id)).toMatchObject({ state: 'RINGING' });
    expect(await repaired('placing_unknown')).toBe(1);
  });

  it('a call past its deadline, whose events were all lost', async () => {
    const id = await started();
    await stage.settle();
    const { id: callId } = await onlyCall(id);
    await stage.time.advance(60_000);
    loseHints();
    await sweep();
    expect(stage.woken).toContainEqual({ job: 'check-call', id: callId });
    const facts = { endedAt: stage.time.now(), endCause: 'busy' } as const;
    await checkCall(withTelephony({ lookUp: async () => ({ kind: 'found', facts }) }), callId);
    expect(await onlyCall(id)).toMatchObject({ state: 'COMPLETED', outcome: 'BUSY' });
    expect(await found('check-call')).toBe(1);
    expect(await repaired('call_past_deadline')).toBe(1);
  });

  it('an activity whose worker died between the CRM and us: brought again, and there once (P6)', async () => {
    const id = await started();
    await stage.settle();
    const { id: callId } = await onlyCall(id);
    const woken = { ...stage.dialer, jobs: { wake: () => undefined } };
    const facts = { endedAt: stage.time.now(), endCause: 'busy' } as const;
    await checkCall(
      {
        ...woken,
        carriers: withTelephony({ lookUp: async () => ({ kind: 'found', facts }) }).carriers,
      },
      callId,
      true,
    );
    const reached = new Promise<void>((resolve) => {
      const crmSync = {
        ...stage.dialer.crmSync,
        synced: () => {
          resolve();
          return NEVER;
        },
      };
      void syncCall({ ...stage.dialer, crmSync }, callId);
    });
    await reached;
    await stage.time.advance(89_000);
    await sweep();
    expect(stage.woken).not.toContainEqual({ job: 'sync-call', id: callId });
    await stage.time.advance(4_000);
    await sweep();
    await stage.settle();
    expect(await onlyCall(id)).toMatchObject({ crm_state: 'SYNCED' });
    expect((await stage.crm.listActivities({ limit: 10, callId })).rows).toHaveLength(1);
    expect(await repaired('crm_overdue')).toBe(1);
  });

  it('an event that was taken, and whose hint was lost (P7)', async () => {
    const id = await started();
    await stage.settle();
    const { id: callId } = await onlyCall(id);
    // By a node that only serves people, and so stores what arrives.
    const store = { changeOnArrival: async () => 'not_now' as const };
    await receiveProviderEvent(
      { ...stage.dialer, store },
      {
        provider: 'stage',
        dedupeKey: 'taken',
        payload: { call_id: callId, facts: { ringingAt: stage.time.now().toISOString() } },
      },
    );
    loseHints();
    await stage.time.advance(3_000);
    await sweep();
    await stage.settle('process-event');
    const { rows } = await sql<{ state: string }>`select state from provider_events`.execute(
      stage.db,
    );
    expect(rows).toEqual([{ state: 'PROCESSED' }]);
    expect(await onlyCall(id)).toMatchObject({ state: 'RINGING' });
    expect(await repaired('event_overdue')).toBe(1);
  });

  it('an event that waits without a time', async () => {
    const id = await started();
    await stage.settle();
    await stage.tell((await onlyCall(id)).id, { ringingAt: stage.time.now() });
    await sql`update provider_events set state = 'PENDING', due_at = null`.execute(stage.db);
    await reconcile(stage.dialer);
    await stage.settle('process-event');
    const { rows } = await sql<{ state: string }>`select state from provider_events`.execute(
      stage.db,
    );
    expect(rows).toEqual([{ state: 'PROCESSED' }]);
    expect(await repaired('event_never_due')).toBe(1);
  });

  it('an import whose worker is gone', async () => {
    const { body } = await stage.request('POST', '/api/imports', {
      csv: 'name,phone\nIda,+12025559001\n',
    });
    loseHints();
    await stage.time.advance(3_000);
    await sweep();
    await stage.settle();
    const done = await stage.request('GET', `/api/imports/${body.import.id}`);
    expect(done.body).toMatchObject({ state: 'DONE' });
    expect(await repaired('import_overdue')).toBe(1);
  });

  it('a lead that is claimed and on no call: called by the next session', async () => {
    const lead = await stage.addLead();
    const queue = await stage.request('POST', '/api/queues', {
      name: `Queue of ${agent}`,
      lead_ids: [lead.id],
    });
    const queue_id = queue.body.queue.id;
    const first = await started({ lead_ids: undefined, queue_id });
    await sql`
      update queue_items set state = 'CLAIMED', claimed_by_session_id = ${first}
    `.execute(stage.db);
    await stage.settle();
    expect(await session(first)).toMatchObject({ status: 'STOPPED', calls: [] });
    await reconcile(stage.dialer);
    expect(stage.announced).toContainEqual({ kind: 'queue', queueId: queue_id });
    const next = await started({ lead_ids: undefined, queue_id });
    await stage.settle();
    expect(await onlyCall(next)).toMatchObject({ state: 'DIALING' });
    expect(await repaired('item_claimed_without_call')).toBe(1);
  });

  it('a session that nothing would ever wake', async () => {
    const id = await started();
    loseHints();
    await sql`update sessions set wake_at = null, version = version + 1`.execute(stage.db);
    await stage.time.advance(60_000);
    expect(await sweep()).toBe(0);
    await reconcile(stage.dialer);
    await stage.settle();
    expect(await onlyCall(id)).toMatchObject({ state: 'DIALING' });
    expect(await repaired('session_stuck')).toBe(1);
  });

  it('a session that was stopped in the database itself: its phones are hung up', async () => {
    const id = await started();
    await stage.settle();
    await sql`
      update sessions set status = 'STOPPED', stopped_at = ${stage.time.now()}, wake_at = null, version = version + 1
    `.execute(stage.db);
    await reconcile(stage.dialer);
    expect(stage.woken).toContainEqual({
      job: 'hang-up-call',
      id: (await onlyCall(id)).id,
      at: stage.time.now(),
    });
    expect(await repaired('call_unwanted')).toBe(1);
  });

  it('an agent who closed the page: paused after a minute, with the reason, and one click resumes', async () => {
    const announced: string[] = [];
    const presence = createPresence({
      screens: new Map(),
      store: stage.dialer.presence,
      announcements: {
        announce: (change) => void announced.push(change.kind === 'agent' ? change.agentId : ''),
      },
      arrived: () => undefined,
      nodeId: '0191f000-0000-7000-8000-00000000a0de',
      clock: stage.time,
      timers: stage.time,
      log: { warn: () => expect.unreachable() },
    });
    const id = await started();
    const path = `/api/dialer/sessions/${id}`;
    await stage.settle();
    const leave = presence.connected(agent);
    await stage.time.advance(1_000);
    await stage.closePage(agent);
    await stage.time.advance(10 * 60_000);
    await reconcile(stage.dialer);
    expect(await session(id)).toMatchObject({ status: 'RUNNING' });
    leave();
    await stage.time.advance(1_000);
    await stage.time.advance(58_000);
    await reconcile(stage.dialer);
    expect(await session(id)).toMatchObject({ status: 'RUNNING' });
    await stage.time.advance(2_000);
    await reconcile(stage.dialer);
    const paused = await session(id);
    expect(paused).toMatchObject({ status: 'PAUSED', phase: 'PAUSED', reason: 'agent_absent' });
    expect(paused.message).toContain('had no page of Outdial open');
    expect(paused.active_call_ids).toHaveLength(1);
    const away = await stage.request('GET', `/api/agents/${agent}`);
    expect(away.body).toMatchObject({ status: 'OFFLINE', session_id: id });
    expect(announced).toEqual([agent, agent]);

    // A person who answers now is hung up on, and not counted as a conversation.
    const [callId] = paused.active_call_ids;
    await stage.tell(callId, { answeredAt: stage.time.now(), answeredBy: 'PERSON' });
    await stage.tell(callId, { endedAt: stage.time.now(), endCause: 'hangup' });
    const call = await stage.request('GET', `/api/calls/${callId}`);
    expect(call.body).toMatchObject({ outcome: 'ABANDONED', cancel_reason: 'agent_absent' });
    expect(call.body.notes).toBe('A person answered while the agent was away.');

    presence.connected(agent);
    await stage.time.advance(1_000);
    expect((await stage.request('POST', `${path}/resume`)).status).toBe(200);
    await stage.time.advance(3_600_000);
    await reconcile(stage.dialer);
    expect(await session(id)).toMatchObject({ status: 'RUNNING' });
    expect(await repaired('session_agent_absent')).toBe(1);
    await presence.close();
  });
});
