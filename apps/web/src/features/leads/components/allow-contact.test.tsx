import { screen, waitFor, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { askedFor, backend, on, world } from '../../../testing/backend.js';
import { aLead } from '../../../testing/builders.js';
import { renderApp } from '../../../testing/render-app.js';

it('allows calls to a lead again only once that is confirmed', async () => {
  const lead = aLead(1, { name: 'Ada Byron' });
  world.leads = [lead];
  const path = `/api/leads/${lead.id}/allow-contact`;
  backend.use(on('post', path, () => ({ message: 'Ada Byron may be called again.', lead })));
  const { user } = renderApp(`/leads?lead=${lead.id}`);
  const ask = async () => {
    await user.click(await screen.findByRole('button', { name: 'Allow calls again' }));
    return screen.findByRole('dialog', { name: 'Allow calls to Ada Byron again?' });
  };
  await user.click(within(await ask()).getByRole('button', { name: 'Cancel' }));
  expect(askedFor(`POST ${path}`)).toEqual([]);
  await waitFor(() => expect(screen.queryByRole('dialog', { name: /Allow calls/ })).toBeNull());
  await user.click(within(await ask()).getByRole('button', { name: 'Allow calls' }));
  await waitFor(() => expect(askedFor(`POST ${path}`)).toHaveLength(1));
  expect(await screen.findByText('Ada Byron may be called again.')).toBeTruthy();
});
