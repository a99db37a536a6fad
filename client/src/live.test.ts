import { describe, expect, it, vi } from 'vitest';
import { type Connect, createLive, type LiveMessage, type LiveState } from './live.js';

function fakeConnection() {
  const listeners = new Map<string, (...args: unknown[]) => void>();
  let auth: (send: (auth: object) => void) => void = () => {};
  const socket = {
    on: (event: string, listener: (...args: unknown[]) => void) => listeners.set(event, listener),
    connect: vi.fn(),
    disconnect: vi.fn(),
  };
  const connect: Connect = (_url, options) => {
    auth = options.auth;
    return socket;
  };
  const emit = (event: string, ...args: unknown[]) => listeners.get(event)?.(...args);
  const saysAtConnect = () => {
    let said: object = {};
    auth((value) => {
      said = value;
    });
    return said;
  };
  return { connect, emit, saysAtConnect, socket };
}

function follow(more: { agentId?: string | null } = {}) {
  const connection = fakeConnection();
  const events: LiveMessage[] = [];
  const states: LiveState[] = [];
  const hellos: boolean[] = [];
  const live = createLive({
    baseUrl: 'http://outdial.test',
    connect: connection.connect,
    reconnectAfterMs: 1,
    ...more,
    onEvent: (message) => events.push(message),
    onHello: (hello) => hellos.push(hello.resumed),
    onState: (state) => states.push(state),
  });
  return { ...connection, live, events, states, hellos };
}

const event = (number: number) => ({ number, at: '2026-11-20T15:30:00.000Z', data: { n: number } });

describe('live events', () => {
  it('resume from the last number seen', () => {
    const { emit, saysAtConnect, events } = follow();
    expect(saysAtConnect()).toEqual({});
    emit('hello', { epoch: 'e1', last: 10, resumed: false });
    emit('call.updated', event(11));
    emit('session.updated', event(12));
    emit('disconnect', 'transport close');
    expect(saysAtConnect()).toEqual({ epoch: 'e1', last: 12 });

    emit('hello', { epoch: 'e1', last: 14, resumed: true });
    emit('call.updated', event(13));
    emit('call.updated', event(14));
    emit('call.updated', event(15));
    expect(events.map((e) => e.number)).toEqual([11, 12, 13, 14, 15]);
    expect(events.map((e) => e.missed)).toEqual([false, false, true, true, false]);
  });

  it('say whose page they are for, if it is somebody’s', () => {
    expect(follow({ agentId: 'ada' }).saysAtConnect()).toEqual({ agent_id: 'ada' });
    expect(follow({ agentId: null }).saysAtConnect()).toEqual({ agent_id: null });
    const { emit, saysAtConnect } = follow({ agentId: 'ada' });
    emit('hello', { epoch: 'e1', last: 10, resumed: false });
    expect(saysAtConnect()).toEqual({ epoch: 'e1', last: 10, agent_id: 'ada' });
  });

  it('pass an event on once, however often it comes', () => {
    const { emit, events } = follow();
    emit('hello', { epoch: 'e1', last: 0, resumed: false });
    emit('agent.updated', event(1));
    emit('agent.updated', event(1));
    expect(events).toHaveLength(1);
  });

  it('start over with a server that no longer knows what was missed', () => {
    const { emit, saysAtConnect, events, hellos } = follow();
    emit('hello', { epoch: 'e1', last: 500, resumed: false });
    emit('hello', { epoch: 'e2', last: 3, resumed: false });
    expect(saysAtConnect()).toEqual({ epoch: 'e2', last: 3 });
    emit('queue.updated', event(4));
    expect(events.map((e) => e.number)).toEqual([4]);
    expect(hellos).toEqual([false, false]);
  });

  it('say when the connection is lost and when it is back', () => {
    const { emit, states, live, socket } = follow();
    emit('connect');
    emit('disconnect', 'ping timeout');
    emit('connect');
    live.close();
    expect(states).toEqual(['connected', 'lost', 'connected', 'closed']);
    expect(socket.disconnect).toHaveBeenCalled();
  });

  it('connect again after the server itself closed the connection', async () => {
    const { emit, socket, live } = follow();
    emit('disconnect', 'io server disconnect');
    await vi.waitFor(() => expect(socket.connect).toHaveBeenCalledOnce());
    live.close();
  });
});
