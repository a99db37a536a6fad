import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ROLE_PERMISSIONS } from '@outdial/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Principal } from '../../src/access/principal.js';
import { createMemoryLiveLog } from '../../src/live/live-log.js';
import { LiveReader, liveAccess } from '../harness/live-reader.js';
import { type LivePorts, type OpenLive, openLive } from '../harness/open-live.js';
import { createStage, type Stage } from '../harness/stage.js';

describe('live events and who may see them', () => {
  let stage: Stage;
  let server: Server;
  let url: string;
  let live: OpenLive;
  let readers: LiveReader[];
  let present: string[];
  /** The number of the last event that was told. */
  let newest: number;
  let ada: string;
  let bob: string;

  beforeAll(async () => {
    stage = await createStage();
    ada = await stage.addAgent('Ada');
    bob = await stage.addAgent('Bob');
  });
  afterAll(() => stage.close());
  beforeEach(async () => {
    readers = [];
    present = [];
    newest = 0;
    server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    for (const { socket } of readers) socket.disconnect();
    await live.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  function open(more: Partial<LivePorts> = {}): void {
    live = openLive(server, {
      sessions: stage.ports.sessions,
      calls: stage.ports.calls,
      agents: stage.ports.agents,
      queues: stage.ports.queues,
      imports: stage.ports.imports,
      access: liveAccess(stage.ports.access),
      presence: {
        connected: (agentId) => {
          present.push(String(agentId));
          return () => undefined;
        },
      },
      clock: stage.ports.clock,
      timers: stage.time,
      events: createMemoryLiveLog(),
      log: { warn: () => undefined, debug: () => undefined },
      ...more,
    });
  }
  const read = (token: unknown, auth: object = {}): LiveReader => {
    const reader = new LiveReader(url, { token, ...auth });
    readers.push(reader);
    return reader;
  };
  const asAgent = (agentId: string, auth: object = {}) => read(`agent ${agentId}`, auth);
  /** Tells of these, and waits until an admin has heard of the last. */
  async function tell(...changes: Parameters<OpenLive['announce']>[0][]): Promise<void> {
    const witness = await read('admin').greeted();
    for (const change of changes) live.announce(change);
    await witness.following(stage.time, changes.length);
    newest = witness.numbers().at(-1) ?? 0;
    witness.socket.disconnect();
  }
  /** What a reader was told, once everything that was sent to it has arrived. */
  async function toldTo(reader: LiveReader): Promise<string[]> {
    await stage.time.advance(10_000);
    await reader.until(() => reader.upTo === newest);
    return reader.events.map(({ name, data }) => `${name} ${data.id ?? data.kind}`);
  }
  async function aQueue(restrictedTo: readonly string[] | null): Promise<string> {
    const name = `Queue ${stage.time.now().getTime()}`;
    await stage.time.advance(1);
    const { body } = await stage.request('POST', '/api/queues', { name });
    const access = { restricted: restrictedTo !== null, agentIds: restrictedTo ?? [] };
    await stage.ports.queues.setAccess(body.queue.id, access);
    return body.queue.id;
  }
  async function aSession(agentId: string): Promise<{ id: string; callId: string }> {
    const lead = await stage.addLead();
    const { body } = await stage.request('POST', '/api/dialer/sessions', {
      agent_id: agentId,
      lead_ids: [lead.id],
    });
    await stage.settle('advance-session');
    const [call] = (await stage.request('GET', `/api/dialer/sessions/${body.id}`)).body.calls;
    return { id: body.id, callId: call.id };
  }

  it.each([
    ['nothing', undefined],
    ['no text', { $ne: null }],
    ['an endless text', 'x'.repeat(6_000)],
  ])('live events are refused with %s for a token', async (_, token) => {
    open();
    const reader = await read(token).refused();
    expect(reader.refusal).toEqual({ code: 'unauthorized' });
    expect([reader.hello, live.readers()]).toEqual([undefined, 0]);
  });

  it('live events and who may see them live events are refused with a bad token, before a password is chosen, and while users cannot be looked up', async () => {
    const admin = await stage.ports.access.principalOf('Stage admin');
    open({
      access: {
        async principalOf(authorization) {
          if (authorization === 'Bearer new')
            return { ...(admin as Principal), mustChangePassword: true };
          if (authorization === 'Bearer later') throw new Error('The database is away.');
          return { kind: 'refused', reason: 'The token is over. Sign in again.' };
        },
      },
    });
    for (const [token, code] of [
      ['an expired one', 'unauthorized'],
      ['new', 'password_change_required'],
      ['later', 'not_ready'],
    ] as const) {
      expect((await read(token).refused()).refusal).toEqual({ code });
    }
    expect(live.readers()).toBe(0);
  });

  it('events of agents, sessions and calls reach their agent, and users who may see all agents', async () => {
    open();
    const [hers, his] = [await aSession(ada), await aSession(bob)];
    const supervisor = await read('supervisor').greeted();
    const [adas, bobs] = [await asAgent(ada).greeted(), await asAgent(bob).greeted()];
    await tell(
      { kind: 'agent', agentId: ada },
      { kind: 'agent', agentId: bob },
      { kind: 'session', sessionId: hers.id, agentId: ada },
      { kind: 'session', sessionId: his.id, agentId: bob },
      { kind: 'call', callId: hers.callId, sessionId: hers.id, agentId: ada },
      { kind: 'call', callId: his.callId, sessionId: his.id, agentId: bob },
    );
    expect((await toldTo(adas)).sort()).toEqual([
      `agent.updated ${ada}`,
      `call.updated ${hers.callId}`,
      `session.updated ${hers.id}`,
    ]);
    expect((await toldTo(bobs)).sort()).toEqual([
      `agent.updated ${bob}`,
      `call.updated ${his.callId}`,
      `session.updated ${his.id}`,
    ]);
    expect(await toldTo(supervisor)).toHaveLength(6);
    // A reader that does not get all of them has gaps in the numbers, and each number once.
    expect(adas.numbers()).toEqual([...new Set(adas.numbers())].sort((a, b) => a - b));
  });

  it('live events and who may see them of imports are for who may import, and alerts for who may read the audit log', async () => {
    open();
    const imported = await stage.request('POST', '/api/imports', {
      csv: 'name,phone\nIda,+12025559001\n',
    });
    const [agent, supervisor, admin] = [
      await asAgent(ada).greeted(),
      await read('supervisor').greeted(),
      await read('admin').greeted(),
    ];
    live.announce({ kind: 'import', importId: imported.body.import.id });
    await admin.following(stage.time, 1);
    const alert = { kind: 'large_export', message: 'A large export was made.' } as const;
    live.alert({ ...alert, at: stage.time.now().toISOString() });
    newest = (await admin.following(stage.time, 2)).numbers().at(-1) ?? 0;
    expect(await toldTo(admin)).toEqual([
      `import.progress ${imported.body.import.id}`,
      'security.alert large_export',
    ]);
    expect(await toldTo(supervisor)).toEqual([`import.progress ${imported.body.import.id}`]);
    expect(await toldTo(agent)).toEqual([]);
  });

  it('live events and who may see them of a queue reach the agents who may work it, as that is at the moment', async () => {
    open();
    const [open_, hers] = [await aQueue(null), await aQueue([ada])];
    const [adas, bobs] = [await asAgent(ada).greeted(), await asAgent(bob).greeted()];
    const both = [
      { kind: 'queue', queueId: open_ },
      { kind: 'queue', queueId: hers },
    ] as const;
    await tell(...both);
    expect(await toldTo(adas)).toEqual([`queue.updated ${open_}`, `queue.updated ${hers}`]);
    expect(await toldTo(bobs)).toEqual([`queue.updated ${open_}`]);
    await stage.ports.queues.setAccess(hers, { restricted: true, agentIds: [bob] });
    await tell(...both);
    expect((await toldTo(adas)).slice(2)).toEqual([`queue.updated ${open_}`]);
    expect((await toldTo(bobs)).slice(1)).toEqual([
      `queue.updated ${open_}`,
      `queue.updated ${hers}`,
    ]);
  });

  it('missed events are sent only to readers that would have got them', async () => {
    open();
    const hers = await aQueue([ada]);
    const reader = await asAgent(bob).greeted();
    reader.socket.disconnect();
    await tell(
      { kind: 'agent', agentId: ada },
      { kind: 'agent', agentId: bob },
      { kind: 'queue', queueId: hers },
    );
    const back = await asAgent(bob, { epoch: reader.hello?.epoch, last: 0 }).greeted();
    expect(back.hello).toMatchObject({ resumed: true, last: 3 });
    await back.until(() => back.events.length > 0);
    expect(await toldTo(back)).toEqual([`agent.updated ${bob}`]);
    // The number up to which it has everything is that of the others' events too.
    expect(back.upTo).toBe(3);
  });

  it('a page counts as its own agent’s screen only', async () => {
    open();
    await asAgent(ada, { agent_id: ada }).greeted();
    await asAgent(ada, { agent_id: null }).greeted();
    await asAgent(ada, { agent_id: bob }).greeted();
    await asAgent(ada).greeted();
    await read('supervisor', { agent_id: bob }).greeted();
    expect(present).toEqual([ada, ada, bob]);
  });

  describe('end', () => {
    const START = (): number => stage.time.now().getTime();
    /** A token that says when it is over, as ours do. */
    const token = (who: Record<string, unknown>, minutes: number): string => {
      const payload = { ...who, exp: START() / 1000 + minutes * 60 };
      return `head.${Buffer.from(JSON.stringify(payload)).toString('base64url')}.signature`;
    };
    const access: LivePorts['access'] = {
      async principalOf(authorization) {
        const [, payload = ''] = authorization.split('.');
        const {
          sub,
          role = 'agent',
          agent = ada,
          exp,
        } = JSON.parse(Buffer.from(payload, 'base64url').toString() || '{}');
        if (sub === undefined || exp * 1000 <= START()) {
          return { kind: 'refused', reason: 'The token is over. Sign in again.' };
        }
        return {
          kind: 'user',
          id: sub,
          name: 'A user',
          role,
          agentId: agent,
          permissions: new Set(ROLE_PERMISSIONS[role as 'agent']),
          signInId: sub,
          mustChangePassword: false,
        };
      },
    };

    it('live events and who may see them end with the access token', async () => {
      open({ access });
      const reader = await read(token({ sub: 'u1' }, 10)).greeted();
      expect(reader.hello?.token_seconds).toBeCloseTo(600);
      await stage.time.advance(9 * 60_000);
      expect(reader.ended).toBe(false);
      await stage.time.advance(62_000);
      await reader.until(() => reader.ended);
      expect(live.readers()).toBe(0);
      const late = await read(token({ sub: 'u1' }, -1)).refused();
      expect(late.refusal).toEqual({ code: 'unauthorized' });
    });

    it('later when a fresh token comes in time, however often', async () => {
      open({ access });
      const reader = await read(token({ sub: 'u1' }, 10)).greeted();
      for (let each = 0; each < 3; each += 1) {
        await stage.time.advance(9 * 60_000);
        expect(await reader.bring(token({ sub: 'u1' }, 10))).toEqual({
          ok: true,
          token_seconds: expect.closeTo(600),
        });
      }
      expect(reader.ended).toBe(false);
      await stage.time.advance(11 * 60_000);
      await reader.until(() => reader.ended);
    });

    it.each([
      ['is nonsense', (): unknown => 'nonsense', 'unauthorized'],
      ['is no text', (): unknown => 5, 'unauthorized'],
      ['is over', () => token({ sub: 'u1' }, -1), 'unauthorized'],
      ['is another user’s', () => token({ sub: 'u2' }, 10), 'unauthorized'],
      ['gives other rights', () => token({ sub: 'u1', role: 'admin' }, 10), 'unauthorized'],
    ] as const)('at once when the fresh token %s', async (_, fresh, code) => {
      open({ access });
      const reader = await read(token({ sub: 'u1' }, 10)).greeted();
      expect(await reader.bring(fresh())).toMatchObject({ ok: false, code });
      await reader.until(() => reader.ended);
    });

    it('a flood of tokens, each of which would cost a database read, is refused', async () => {
      open({ access });
      const reader = await read(token({ sub: 'u1' }, 10)).greeted();
      expect(await reader.bring(token({ sub: 'u1' }, 10))).toMatchObject({ ok: true });
      expect(await reader.bring(token({ sub: 'u1' }, 10))).toMatchObject({ code: 'rate_limited' });
      await reader.until(() => reader.ended);
    });

    it('connections close within seconds for users who were signed out or got another role, and for no others; all are looked up together', async () => {
      const gone = new Set<string>();
      let asked = 0;
      open({
        access,
        whoChanged: async (principals) => {
          asked += 1;
          return new Set([...principals].filter(({ id }) => gone.has(id)));
        },
      });
      const many = await Promise.all(
        ['u1', 'u2', 'u3'].map((sub) => read(token({ sub }, 10)).greeted()),
      );
      const [first, demoted] = many;
      await stage.time.advance(5_000);
      expect(asked).toBe(2);
      gone.add('u2');
      await stage.time.advance(2_000);
      await demoted?.until(() => demoted.ended);
      expect([first?.ended, live.readers()]).toEqual([false, 2]);
    });

    it('live events and who may see them end still with the token while the database cannot be asked', async () => {
      const warned: string[] = [];
      open({
        access,
        whoChanged: async () => {
          throw new Error('The database is away.');
        },
        log: { warn: (_, message) => void warned.push(message), debug: () => undefined },
      });
      const reader = await read(token({ sub: 'u1' }, 10)).greeted();
      await stage.time.advance(60_000);
      expect(reader.ended).toBe(false);
      expect(warned).toHaveLength(1);
      await stage.time.advance(9 * 60_000 + 2_000);
      await reader.until(() => reader.ended);
    });
  });
});
