import { createLive, type LiveMessage } from '@outdial/client';
import { openFrontDoor } from '@outdial/lab/faults/front-door';
import { createInstallation } from '@outdial/lab/faults/installation';
import { until } from '@outdial/lab/server/until';
import type { LiveHello } from '@outdial/protocol';
import { expect, onTestFinished, test } from 'vitest';

/** A live page, and the events that it received. */
async function follow(baseUrl: string, token: () => Promise<string>) {
  const hellos: LiveHello[] = [];
  const events: LiveMessage[] = [];
  const live = createLive({
    baseUrl,
    token,
    onHello: (hello) => hellos.push(hello),
    onEvent: (event) => events.push(event),
  });
  onTestFinished(() => live.close());
  await until('the screen is greeted', () => hellos.length > 0);
  return { live, hellos, events, received: () => events.map(({ number, name }) => [number, name]) };
}

test('a page whose node is killed reconnects to the other node and misses no event', async () => {
  const installation = await createInstallation({ nodes: 2, provider: 'simulator' });
  onTestFinished(() => installation.dispose());
  for (const node of installation.nodes) await node.start();
  const [dies, lives] = installation.nodes;
  if (dies === undefined || lives === undefined) throw new Error('Two nodes were asked for.');
  // The first connection goes to the last port; after that to whichever node is there.
  const door = await openFrontDoor([lives.port, dies.port]);
  onTestFinished(() => door.close());
  const screen = await follow(door.url, installation.admin.token);
  const witness = await follow(lives.url, installation.admin.token);

  const { agents } = await lives.client.agents.list();
  const agentId = agents[0]?.id ?? '';
  const change = async (url: string, status: 'AVAILABLE' | 'DO_NOT_DISTURB') => {
    const seen = witness.events.length;
    const answer = await installation.admin.fetch(`${url}/api/agents/me/status`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', 'x-agent-id': agentId },
      body: JSON.stringify({ status }),
    });
    expect(answer.status).toBe(200);
    await until('the other screen shows it', () => witness.events.length > seen);
  };

  await change(dies.url, 'DO_NOT_DISTURB');
  await change(lives.url, 'AVAILABLE');
  await until('both screens show it', () => screen.events.length === witness.events.length);
  await dies.kill();
  await until('the screen has lost its node', () => screen.live.state === 'lost');
  await change(lives.url, 'DO_NOT_DISTURB');
  await change(lives.url, 'AVAILABLE');
  await until('the screen is back', () => screen.live.state === 'connected');
  await change(lives.url, 'DO_NOT_DISTURB');
  await until('both screens show it', () => screen.events.length === witness.events.length);

  expect(screen.received()).toEqual(witness.received());
  expect(screen.hellos.map(({ resumed }) => resumed)).toEqual([false, true]);
  expect(screen.events.some(({ missed }) => missed)).toBe(true);
});
