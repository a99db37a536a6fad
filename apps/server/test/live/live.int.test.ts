import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LiveEventName } from '@outdial/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryLiveLog } from '../../src/live/live-log.js';
import { LiveReader, liveAccess } from '../harness/live-reader.js';
import { type LivePorts, type OpenLive, openLive } from '../harness/open-live.js';
import { createStage, type Stage } from '../harness/stage.js';

describe('live events', () => {
  let stage: Stage;
  let server: Server;
  let url: string;
  let live: OpenLive;
  let sockets: LiveReader[];
  let logged: string[];
  let hear: () => void;

  beforeAll(async () => {
    stage = await createStage();
  });
  afterAll(() => stage.close());

  const open = (more: Partial<LivePorts> = {}): OpenLive =>
    openLive(server, {
      sessions: stage.ports.sessions,
      calls: stage.ports.calls,
      agents: stage.ports.agents,
      queues: stage.ports.queues,
      imports: stage.ports.imports,
      access: liveAccess(stage.ports.access),
      clock: stage.ports.clock,
      timers: stage.time,
      events: createMemoryLiveLog(),
      log: { warn: log, debug: log },
      ...more,
    });
  function log(_: object, message: string): void {
    logged.push(message);
    hear();
  }
  const read = (auth: object = {}, more: object = {}): LiveReader => {
    const reader = new LiveReader(url, auth, more);
    sockets.push(reader);
    return reader;
  };
  /** Moves time on, so that gathered changes are read and sent. */
  const publish = () => stage.time.advance(300);

  beforeEach(async () => {
    sockets = [];
    logged = [];
    hear = () => undefined;
    server = createServer((_request, response) => response.end('still here'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    for (const { socket } of sockets) socket.disconnect();
    await live.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('live events tell a reader what is now true of agent, queue, session, call and import, in the shapes of the API', async () => {
    live = open();
    const agentId = await stage.addAgent('Live Wire');
    const lead = await stage.addLead();
    const started = await stage.request('POST', '/api/dialer/sessions', {
      agent_id: agentId,
      lead_ids: [lead.id],
    });
    const imported = await stage.request('POST', '/api/imports', {
      csv: 'name,phone\nIda,+12025559001\n',
    });
    const reader = await read().greeted();
    expect(reader.hello).toMatchObject({ last: 0, resumed: false });
    await stage.settle();
    for (const change of stage.announced) live.announce(change);
    await publish();
    await reader.until(() => new Set(reader.events.map(({ name }) => name)).size === 5);
    expect(reader.numbers()).toEqual(reader.events.map((_, at) => at + 1));
    const latest = (name: LiveEventName) => reader.events.findLast((event) => event.name === name);
    const { calls, lead_queue, ...header } = (
      await stage.request('GET', `/api/dialer/sessions/${started.body.id}`)
    ).body;
    expect(lead_queue).toEqual([lead.id]);
    expect(latest('session.updated')?.data).toEqual(header);
    expect(latest('call.updated')?.data).toEqual(calls[0]);
    expect(latest('agent.updated')?.data).toMatchObject({ id: agentId, status: 'DIALING' });
    expect(latest('queue.updated')?.data).toMatchObject({ counts: { claimed: 1 } });
    expect(latest('import.progress')?.data).toMatchObject({
      id: imported.body.import.id,
      state: 'DONE',
    });
  });

  it('a page belongs to its agent for as long as it is open; a wallboard belongs to no agent', async () => {
    const there: (string | null | undefined)[] = [];
    const presence = {
      connected: (agentId: string | null) => {
        there.push(agentId);
        return () => void there.splice(there.indexOf(agentId), 1);
      },
    };
    live = open({ presence });
    const agentId = await stage.addAgent('Paige Turner');
    const page = await read({ agent_id: agentId }).greeted();
    // Of no agent in particular: their own.
    const own = (await stage.ports.agents.list({ limit: 1 })).rows[0]?.id;
    await read({ agent_id: null }).greeted();
    await read().greeted();
    await read({ agent_id: 'nonsense' }).greeted();
    expect(there).toEqual([agentId, own]);
    page.socket.disconnect();
    await expect.poll(() => there).toEqual([own]);
  });

  it('live events of the same thing within a moment are one event with the last state', async () => {
    live = open();
    const agentId = await stage.addAgent('Quick Change');
    const reader = await read().greeted();
    const presence = (to: 'AVAILABLE' | 'DO_NOT_DISTURB') =>
      stage.ports.agents.setPresence(agentId, to, stage.time.now());
    await presence('AVAILABLE');
    live.announce({ kind: 'agent', agentId });
    await stage.time.advance(20);
    await presence('DO_NOT_DISTURB');
    live.announce({ kind: 'agent', agentId });
    await stage.time.advance(20);
    await reader.until(() => reader.events.length > 0);
    await presence('AVAILABLE');
    live.announce({ kind: 'agent', agentId });
    await publish();
    await reader.until(() => reader.events.length > 1);
    expect(reader.events.map(({ data }) => data.status)).toEqual(['DO_NOT_DISTURB', 'AVAILABLE']);
  });

  it('live events reach a reader who was away, each once and in order, before it follows again', async () => {
    live = open();
    const ids = [await stage.addAgent('Reader A'), await stage.addAgent('Reader B')];
    const witness = await read().greeted();
    const announceBoth = async () => {
      const before = witness.events.length;
      for (const agentId of ids) live.announce({ kind: 'agent', agentId });
      await witness.following(stage.time, before + 2);
    };
    const reader = await read().greeted();
    await announceBoth();
    await reader.until(() => reader.events.length === 2);
    reader.socket.disconnect();
    await announceBoth();
    await announceBoth();

    const back = read({ epoch: reader.hello?.epoch, last: 2 });
    await announceBoth();
    await back.until(() => back.events.length === 6);
    expect(back.hello).toMatchObject({ resumed: true, epoch: reader.hello?.epoch });
    expect(back.numbers()).toEqual([3, 4, 5, 6, 7, 8]);
  });

  it('live events that are no longer kept, or of another process, send a reader back to the API', async () => {
    live = open({ events: createMemoryLiveLog(3) });
    const agentId = await stage.addAgent('Forget Me');
    const witness = await read().greeted();
    for (let each = 1; each <= 5; each++) {
      live.announce({ kind: 'agent', agentId });
      await witness.following(stage.time, each);
    }
    const epoch = witness.hello?.epoch;
    for (const [auth, resumed] of [
      [{ epoch, last: 1 }, false],
      [{ epoch, last: 2 }, true],
      [{ epoch, last: 5 }, true],
      [{ epoch, last: 6 }, false],
      [{ epoch: 'of another process', last: 5 }, false],
      [{ epoch }, false],
      [{ epoch: 5, last: 'x' }, false],
    ] as const) {
      const reader = await read(auth).greeted();
      expect({ auth, ...reader.hello }).toMatchObject({ auth, epoch, last: 5, resumed });
    }
  });

  it('live events of things that are gone are not sent, and reading that fails is tried again', async () => {
    let down = true;
    const agents = {
      get: async (agentId: string) => {
        if (down) throw new Error('the database is away');
        return stage.ports.agents.get(agentId);
      },
    };
    live = open({ agents });
    const agentId = await stage.addAgent('Patience');
    const reader = await read().greeted();
    live.announce({ kind: 'call', callId: agentId, sessionId: agentId, agentId });
    live.announce({ kind: 'agent', agentId });
    const complained = new Promise<void>((resolve) => {
      hear = resolve;
    });
    await publish();
    await complained;
    expect(logged).toEqual(['a live event could not be told']);
    down = false;
    await stage.time.advance(1_000);
    await reader.until(() => reader.events.length === 1);
    expect(reader.events).toMatchObject([{ name: 'agent.updated', number: 1 }]);
  });

  it('live events are not sent to pages of other sites', async () => {
    live = open();
    const stranger = read({}, { extraHeaders: { origin: 'https://evil.example' } });
    let refused = false;
    stranger.socket.on('connect_error', () => {
      refused = true;
    });
    await stranger.until(() => refused);
    expect(stranger.hello).toBeUndefined();
    const ours = await read({}, { extraHeaders: { origin: url } }).greeted();
    expect(ours.hello).toBeDefined();
  });

  it('drop a reader who does not keep up; it comes back and has missed nothing', async () => {
    const agentId = await stage.addAgent('Slow Motion');
    const agent = await stage.ports.agents.get(agentId);
    live = open({ agents: { get: async () => agent }, mostUnsent: 5 });
    const slow = await read({}, { transports: ['polling'] }).greeted();
    const epoch = slow.hello?.epoch;
    // It stops asking for more, and what is meant for it piles up on the server.
    const { engine } = slow.socket.io;
    (engine.transport as unknown as { doPoll(): void }).doPoll = () => undefined;
    const witness = await read().greeted();
    for (let each = 0; each < 12; each++) {
      live.announce({ kind: 'agent', agentId: `another ${each}` });
    }
    await publish();
    await witness.until(() => witness.events.length === 12);
    expect(logged).toEqual(['live reader dropped, it cannot keep up']);
    const last = slow.numbers().at(-1) ?? 0;
    expect(last).toBeLessThan(12);
    slow.socket.disconnect();
    const back = read({ epoch, last });
    await back.until(() => back.numbers().at(-1) === 12);
    expect(slow.numbers().concat(back.numbers())).toEqual(
      Array.from({ length: 12 }, (_, at) => at + 1),
    );
  });

  it('live events end with the server, whose other answers go on', async () => {
    live = open();
    const reader = await read().greeted();
    let gone = false;
    reader.socket.on('disconnect', () => {
      gone = true;
    });
    await live.close();
    await reader.until(() => gone);
    await live.close();
    expect(await (await fetch(url)).text()).toBe('still here');
  });
});
