import { screen, waitFor, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { askedFor, backend, on, world } from '../../../testing/backend.js';
import { aCredential, ago, id } from '../../../testing/builders.js';
import { renderApp } from '../../../testing/render-app.js';

it('sets a credential without ever showing one', async () => {
  world.credentials = [aCredential()];
  backend.use(
    on('put', '/api/credentials/aircall_api_token', () => {
      world.credentials = [
        aCredential({
          set: true,
          source: 'stored',
          updated_at: ago(0),
          updated_by: { id: id(601), name: 'Ada Moreau' },
        }),
      ];
      return { message: 'The Aircall API token is set.', credential: world.credentials[0] ?? null };
    }),
  );
  const { user } = renderApp('/settings/credentials');
  expect(await screen.findByText('Missing')).toBeTruthy();
  await user.click(screen.getByRole('button', { name: 'Set the Aircall API token' }));
  const dialog = await screen.findByRole('dialog', { name: 'Set the Aircall API token' });
  const field = within(dialog).getByLabelText('Aircall API token') as HTMLInputElement;
  expect(field.type).toBe('password');
  await user.type(field, 'a-token-of-theirs');
  await user.click(within(dialog).getByRole('button', { name: 'Save' }));
  expect(await screen.findByText(/Ada Moreau,/)).toBeTruthy();
  expect(askedFor('PUT /api/credentials/aircall_api_token')).toEqual([
    { value: 'a-token-of-theirs' },
  ]);
  await waitFor(() => expect(document.body.innerHTML).not.toContain('a-token-of-theirs'));
});

it('says of what the environment provides that it is changed there', async () => {
  world.credentials = [aCredential({ set: true, source: 'environment', editable: false })];
  renderApp('/settings/credentials');
  expect(await screen.findByText('AIRCALL_API_TOKEN')).toBeTruthy();
  expect(screen.queryByRole('button', { name: /^Replace/ })).toBeNull();
  expect(screen.queryByRole('button', { name: /^Remove/ })).toBeNull();
});
