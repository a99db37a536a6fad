import { screen, waitFor, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { askedFor, backend, on, world } from '../../../testing/backend.js';
import { aLead } from '../../../testing/builders.js';
import { renderApp } from '../../../testing/render-app.js';

it('erases a person only for who has typed their name', async () => {
  const lead = aLead(1, { name: 'Ada Byron' });
  world.leads = [lead];
  const none = {
    leads: 1,
    queue_items: 0,
    callbacks: 0,
    calls: 0,
    provider_events: 0,
    crm_records: 0,
  };
  backend.use(
    on('post', '/api/people/erase', () => ({
      message: 'The person was erased.',
      erased: { ...none, imports: 0 },
    })),
  );
  const { user } = renderApp(`/leads?lead=${lead.id}`);
  await user.click(await screen.findByRole('button', { name: 'Erase this person' }));
  const dialog = await screen.findByRole('dialog', { name: 'Erase Ada Byron?' });
  const erase = within(dialog).getByRole('button', { name: 'Erase for good' });
  expect((erase as HTMLButtonElement).disabled).toBe(true);
  await user.type(within(dialog).getByLabelText(/^Type/), 'ada byron');
  await user.click(erase);
  await waitFor(() =>
    expect(askedFor('POST /api/people/erase')).toEqual([
      { lead_id: lead.id, reason: 'person_asked' },
    ]),
  );
  expect(await screen.findByText('The person was erased.')).toBeTruthy();
});
