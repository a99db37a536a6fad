import { describe, expect, it, vi } from 'vitest';
import {
  type Connect,
  createLive,
  type LiveMessage,
  type LiveOptions,
  type LiveState,
} from './live.js';

function fakeConnection() {
  const listeners = new Map<string, (...args: unknown[]) => void>();
  let auth: (send: (auth: object) => void) => void = () => {};
  const socket = {
    on: (event: string, listener: (...args: unknown[]) => void) => listeners.set(event, listener),
    emit: vi.fn(),
    connect: vi.fn(),
    disconnect: vi.fn(),
  };
  const connect: Connect = (_url, options) => {
    auth = options.auth;
    return socket;
  };
  const emit = (event: string, ...args: unknown[]) => listeners.get(event)?.(...args);
  const saysAtConnect = () => new Promise<object>((resolve) => auth(resolve));
  /** Asks for what is said, without an answer in sight. */
  const opens = () => auth(() => {});
  return { connect, emit, saysAtConnect, opens, socket };
}

function follow(more: Partial<LiveOptions> = {}) {
  const connection = fakeConnection();
  const events: LiveMessage[] = [];
  const states: LiveState[] = [];
  const hellos: boolean[] = [];
  /** What waits, in ms, until the test lets it go on. */
  const waiting: { ms: number; go: () => void }[] = [];
  let tokens = 0;
  const live = createLive({
    baseUrl: 'http://outdial.test',
    token: async () => {
      tokens += 1;
      return `token ${tokens}`;
    },
    connect: connection.connect,
    after: (ms, callback) => {
      const one = { ms, go: callback };
      waiting.push(one);
      return () => {
        if (waiting.includes(one)) waiting.splice(waiting.indexOf(one), 1);
      };
    },
    ...more,
    onEvent: (message) => events.push(message),
    onHello: (hello) => hellos.push(hello.resumed),
    onState: (state) => states.push(state),
  });
  /** Lets the next that waits go on; answers how long it would have waited. */
  const goOn = (): number | undefined => {
    const next = waiting.shift();
    next?.go();
    return next?.ms;
  };
  return { ...connection, live, events, states, hellos, waiting, goOn };
}

const event = (number: number) => ({ number, at: '2026-11-20T15:30:00.000Z', data: { n: number } });

describe('live events', () => {
  it('live events live events resume from the last number seen', async () => {
    const { emit, saysAtConnect, events } = follow();
    expect(await saysAtConnect()).toEqual({ token: 'token 1' });
    emit('hello', { epoch: 'e1', last: 10, resumed: false });
    emit('call.updated', event(11));
    emit('session.updated', event(12));
    emit('disconnect', 'transport close');
    expect(await saysAtConnect()).toEqual({ token: 'token 2', epoch: 'e1', last: 12 });

    emit('hello', { epoch: 'e1', last: 14, resumed: true });
    emit('call.updated', event(13));
    emit('call.updated', event(14));
    emit('call.updated', event(15));
    expect(events.map((e) => e.number)).toEqual([11, 12, 13, 14, 15]);
    expect(events.map((e) => e.missed)).toEqual([false, false, true, true, false]);
  });

  it('the live connection names the agent of its page, if there is one', async () => {
    expect(await follow({ agentId: 'ada' }).saysAtConnect()).toMatchObject({ agent_id: 'ada' });
    expect(await follow({ agentId: null }).saysAtConnect()).toMatchObject({ agent_id: null });
    const { emit, saysAtConnect } = follow({ agentId: 'ada' });
    emit('hello', { epoch: 'e1', last: 10, resumed: false });
    expect(await saysAtConnect()).toMatchObject({ epoch: 'e1', last: 10, agent_id: 'ada' });
  });

  it('an event that arrives twice is passed on once', () => {
    const { emit, events } = follow();
    emit('hello', { epoch: 'e1', last: 0, resumed: false });
    emit('agent.updated', event(1));
    emit('agent.updated', event(1));
    expect(events).toHaveLength(1);
  });

  it('the client starts over when the server no longer has the missed events', async () => {
    const { emit, saysAtConnect, events, hellos } = follow();
    emit('hello', { epoch: 'e1', last: 500, resumed: false });
    emit('hello', { epoch: 'e2', last: 3, resumed: false });
    expect(await saysAtConnect()).toMatchObject({ epoch: 'e2', last: 3 });
    emit('queue.updated', event(4));
    expect(events.map((e) => e.number)).toEqual([4]);
    expect(hellos).toEqual([false, false]);
  });

  it('the client reports when the connection is lost and when it is back', () => {
    const { emit, states, live, socket } = follow();
    emit('connect');
    emit('disconnect', 'ping timeout');
    emit('connect');
    live.close();
    expect(states).toEqual(['connected', 'lost', 'connected', 'closed']);
    expect(socket.disconnect).toHaveBeenCalled();
  });

  it('the client reconnects after the server closed the connection', () => {
    const { emit, socket, goOn } = follow();
    emit('disconnect', 'io server disconnect');
    expect(goOn()).toBe(1_000);
    expect(socket.connect).toHaveBeenCalledOnce();
  });

  it('events with gaps in their numbers are passed on: the missing ones belong to other clients', async () => {
    const { emit, saysAtConnect, events } = follow();
    emit('hello', { epoch: 'e1', last: 10, resumed: false });
    emit('call.updated', event(13));
    emit('call.updated', event(20));
    expect(events.map((e) => e.number)).toEqual([13, 20]);
    expect(await saysAtConnect()).toMatchObject({ last: 20 });
  });

  it('live events after a quiet hour the client resumes from the number in up_to', async () => {
    const { emit, saysAtConnect } = follow();
    emit('up_to', { epoch: 'e1', number: 9 });
    emit('hello', { epoch: 'e1', last: 10, resumed: false });
    emit('up_to', { epoch: 'e1', number: 90_000 });
    expect(await saysAtConnect()).toMatchObject({ last: 90_000 });
    emit('up_to', { epoch: 'another', number: 95_000 });
    emit('up_to', { epoch: 'e1', number: 50_000 });
    expect(await saysAtConnect()).toMatchObject({ last: 90_000 });
  });

  it('the client sends a new token before the old one expires, while the page is open', async () => {
    const { emit, socket, waiting, goOn, saysAtConnect } = follow();
    await saysAtConnect();
    emit('connect');
    emit('hello', { epoch: 'e1', last: 0, resumed: false, token_seconds: 600 });
    expect(goOn()).toBe(570_000);
    await vi.waitFor(() => expect(socket.emit).toHaveBeenCalledOnce());
    const [name, message, answer] = socket.emit.mock.calls[0] ?? [];
    expect([name, message]).toEqual(['authenticate', { token: 'token 2' }]);
    answer({ ok: true, token_seconds: 600 });
    expect(waiting.map(({ ms }) => ms)).toEqual([570_000]);
    // A token that expires too soon is renewed after a short wait, and not immediately.
    answer({ ok: true, token_seconds: 20 });
    expect(waiting.map(({ ms }) => ms)).toEqual([5_000]);
    emit('hello', { epoch: 'e1', last: 0, resumed: false });
    expect(waiting).toHaveLength(1);
  });

  it('a live connection with an API key has no time limit', () => {
    const { emit, waiting } = follow();
    emit('hello', { epoch: 'e1', last: 0, resumed: false, token_seconds: null });
    expect(waiting).toEqual([]);
  });

  it('a refused live connection is retried, less and less often', () => {
    const { emit, states, socket, goOn } = follow();
    const waits: unknown[] = [];
    for (let each = 0; each < 7; each += 1) {
      emit('connect_error', Object.assign(new Error('No.'), { data: { code: 'unauthorized' } }));
      waits.push(goOn());
    }
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    expect(socket.connect).toHaveBeenCalledTimes(7);
    emit('connect');
    emit('connect_error', Object.assign(new Error('Wait.'), { data: { code: 'not_ready' } }));
    expect(goOn()).toBe(1_000);
    expect(states).toEqual(['refused', 'connected', 'lost']);
  });

  it('the live connection of a signed-out user waits until there is a token again', async () => {
    const { opens, socket, states, goOn } = follow({
      token: async () => {
        throw new Error('You are not signed in.');
      },
    });
    opens();
    await vi.waitFor(() => expect(states).toEqual(['refused']));
    expect(socket.disconnect).toHaveBeenCalledOnce();
    expect(goOn()).toBe(1_000);
    expect(socket.connect).toHaveBeenCalledOnce();
  });

  it('a closed live connection leaves no timer behind', async () => {
    const { emit, live, opens, socket, waiting } = follow();
    emit('hello', { epoch: 'e1', last: 0, resumed: false, token_seconds: 600 });
    emit('disconnect', 'io server disconnect');
    live.close();
    opens();
    await Promise.resolve();
    emit('disconnect', 'io server disconnect');
    expect(waiting).toEqual([]);
    expect(socket.connect).not.toHaveBeenCalled();
  });
});
