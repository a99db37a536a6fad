import { screen, waitFor, within } from '@testing-library/react';
import { HttpResponse } from 'msw';
import { describe, expect, it } from 'vitest';
import { backend, on, problem, world } from '../../../testing/backend.js';
import { anItem, aQueue, id } from '../../../testing/builders.js';
import { renderApp } from '../../../testing/render-app.js';

const aQueueOf = (...items: ReturnType<typeof anItem>[]) => {
  const queue = aQueue(1, { name: 'Renewals' });
  world.queues = [queue];
  world.items = items;
  return `/queues/${queue.id}`;
};
const selected = async (user: ReturnType<typeof renderApp>['user'], ...names: string[]) => {
  for (const name of names) {
    await user.click(await screen.findByRole('checkbox', { name: `Select ${name}` }));
  }
  const bar = screen.getByRole('toolbar', { name: 'Selected leads of this queue' });
  await user.click(within(bar).getByRole('button', { name: 'Remove from queue' }));
};

describe('several leads of a queue', () => {
  it('several leads of a queue are removed after the question, promised callbacks by name of what is lost', async () => {
    const path = aQueueOf(anItem(1), anItem(2, { callback: true }), anItem(3));
    backend.use(on('delete', '/api/queue/:id', () => HttpResponse.json({ message: 'Taken out.' })));
    const { user } = renderApp(path);
    await selected(user, 'Lead 1', 'Lead 2');
    const question = await screen.findByRole('dialog', { name: 'Remove 2 leads from this queue?' });
    expect(within(question).getByText(/^1 promised callback will not be made\./)).toBeTruthy();
    expect(world.asked.filter(({ what }) => what.startsWith('DELETE'))).toEqual([]);
    await user.click(within(question).getByRole('button', { name: 'Remove' }));
    await screen.findByText('2 leads removed from this queue.');
    const removed = world.asked.map(({ what }) => what).filter((what) => what.startsWith('DELETE'));
    expect(removed.sort()).toEqual(
      [world.items[0]?.id, world.items[1]?.id]
        .map((itemId) => `DELETE /api/queue/${itemId}`)
        .sort(),
    );
    await waitFor(() => expect(screen.queryByRole('toolbar')).toBeNull());
  });

  it('several leads of a queue that are being called stay, and the message says how many', async () => {
    const path = aQueueOf(anItem(1), anItem(2));
    let first = true;
    backend.use(
      on('delete', '/api/queue/:id', () => {
        const answer = first
          ? problem(409, 'queue_item_claimed', 'A session is calling this lead right now.')
          : HttpResponse.json({ message: 'Taken out.' });
        first = false;
        return answer;
      }),
    );
    const { user } = renderApp(path);
    await selected(user, 'Lead 1', 'Lead 2');
    await user.click(await screen.findByRole('button', { name: 'Remove' }));
    await screen.findByText(
      '1 lead removed from this queue. 1 lead stayed: a session is calling it right now.',
    );
  });

  it('several leads of a queue cannot be selected by an agent', async () => {
    const path = aQueueOf(anItem(1));
    renderApp(path, { role: 'agent', agentId: id(1) });
    await screen.findByText('Lead 1');
    expect(screen.queryByRole('checkbox', { name: /^Select/ })).toBeNull();
  });
});
