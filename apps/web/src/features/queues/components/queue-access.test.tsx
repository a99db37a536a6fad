import { screen, waitFor, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { askedFor, backend, on, world } from '../../../testing/backend.js';
import { ADA, aQueue } from '../../../testing/builders.js';
import { renderApp } from '../../../testing/render-app.js';

it('says who may work a queue, and keeps it to some', async () => {
  const queue = aQueue(1);
  world.queues = [queue];
  backend.use(
    on('put', `/api/queues/${queue.id}/agents`, (body: { agent_ids: string[] }) => ({
      message: 'Saved.',
      restricted: true,
      agent_ids: body.agent_ids,
      stopped_session_ids: [],
    })),
  );
  const { user } = renderApp(`/queues/${queue.id}`);
  expect(await screen.findByText('Every agent may work this queue.')).toBeTruthy();
  await user.click(screen.getByRole('button', { name: 'Change who may work it' }));
  const dialog = await screen.findByRole('dialog', { name: 'Who may work this queue' });
  await user.click(within(dialog).getByRole('radio', { name: 'Only these' }));
  await user.click(within(dialog).getByRole('combobox', { name: 'Agents' }));
  await user.click(await screen.findByRole('option', { name: ADA.name }));
  await user.click(within(dialog).getByRole('button', { name: 'Save' }));
  expect(await screen.findByText('Only Ada Moreau may work this queue.')).toBeTruthy();
  await waitFor(() =>
    expect(askedFor(`PUT /api/queues/${queue.id}/agents`)).toEqual([
      { restricted: true, agent_ids: [ADA.id] },
    ]),
  );
});
